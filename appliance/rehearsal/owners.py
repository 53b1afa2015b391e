"""Who commands what: every device of a rehearsed rig is watched for a second command while one runs."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, cast

from appliance.rehearsal.breaches import Breaches
from appliance.rig import Opener
from hardware.devices import DeviceSpec

# What moves or changes a device; asking how it is, is always allowed, and so is to stop a roof that moves.
COMMANDS = {
    "camera": {"expose"},
    "mount": {"slew", "sync", "park", "unpark", "track", "locate"},
    "focuser": {"move_to"},
    "filter_wheel": {"select"},
    "rotator": {"rotate_to"},
    # also to stop a guider, whatever it is at: whoever moves the mount does
    "guider": {"start", "dither", "pause", "resume", "flip_calibration", "forget_calibration"},
    "roof": {"open", "close"},
    "cover": {"open", "close"},
    "flat_panel": {"light"},
    "output": {"set_level"},
}
# A part of a device: whose commands are the device's own, and whose have an owner of their own.
PARTS: dict[str, dict[str, set[str]]] = {
    "mount": {"guide_port": {"pulse"}, "side_setter": {"turn_to"}, "motion": {"move"}},
    "camera": {"cooler": {"aim", "off"}},
    "roof": {"slaving": {"follow"}},
}
OWN = {"cooler", "slaving"}  # it is cooled while it exposes; a dome's shutter and its turning are two


class WatchedOpener:
    """The rig's opener; devices that can be commanded are watched, also beyond a loss and a new opening."""

    def __init__(self, opener: Opener, breaches: Breaches) -> None:
        self._opener, self._breaches = opener, breaches
        self._running: dict[tuple[str, str], list[str]] = {}

    def __getattr__(self, kind: str) -> Any:
        open_ = getattr(self._opener, kind)
        if kind not in COMMANDS:
            return open_

        async def opened(spec: DeviceSpec) -> Any:
            return self._watched(await open_(spec), kind, spec.name)

        return opened

    def _watched(self, device: Any, kind: str, name: str) -> "Watched":
        running = self._of(kind, name)
        parts = {}
        for part, commands in PARTS.get(kind, {}).items():
            its = self._of(part, name) if part in OWN else running
            parts[part] = (commands, its)
        return Watched(device, kind, COMMANDS[kind], running, self._breaches, parts)

    def _of(self, kind: str, name: str) -> list[str]:
        return self._running.setdefault((kind, name), [])


def watched(opener: Opener, breaches: Breaches) -> Opener:
    """The same opener, its devices watched."""
    return cast(Opener, WatchedOpener(opener, breaches))


class Watched:
    """One device or a part of it; the first of two overlapping commands and the second are in the breach.

    `running` are the commands under way, which it shares with whoever was opened before under its name.
    """

    def __init__(
        self, device: Any, kind: str, commands: set[str], running: list[str], breaches: Breaches,
        parts: Mapping[str, tuple[set[str], list[str]]] = {},
    ) -> None:  # fmt: skip
        self._device, self._kind, self._commands = device, kind, commands
        self._running, self._breaches, self._parts = running, breaches, parts

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._device, name)
        if name in self._parts and found is not None:
            commands, running = self._parts[name]
            return Watched(found, name.replace("_", " "), commands, running, self._breaches)
        return partial(self._command, name, found) if name in self._commands else found

    async def _command(
        self, name: str, call: Callable[..., Awaitable[Any]], *args: Any, **kwargs: Any
    ) -> Any:
        if self._running:
            self._breaches.note("owners", f"{self._kind} was told to {name} during {self._running[0]}")
        self._running.append(name)
        try:
            return await call(*args, **kwargs)
        finally:
            self._running.remove(name)
