"""How the rig's devices are used: what they are in the middle of, and whether they come to an end with it.

What one is in the middle of may not be disturbed for another's sake. One that answers, and does not do its
work, is as good as lost.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection
from functools import partial
from typing import Any, TypeVar, cast

from appliance.errors import DeviceError, DeviceStuck

D = TypeVar("D")

# What must not be broken off, in words that fit after the device's name.
PRECIOUS = {
    "expose": "exposes", "slew": "slews", "park": "parks", "unpark": "unparks", "move_to": "moves",
    "move": "is moved by hand",
    "select": "changes the filter", "rotate_to": "turns", "turn_to": "turns",
    "open": "opens", "close": "closes",
}  # fmt: skip
COMMANDS = {
    "track",
    "sync",
    "locate",
    "aim",
    "off",
    "pulse",
    "light",
    "follow",
    "set_level",
    "start",
    "dither",
    "pause",
    "resume",
    *PRECIOUS,
}
QUESTIONS = {"safe", "conditions", "power", "parked", "status", "state"}
PARTS = {"cooler", "guide_port", "side_setter", "motion", "slaving"}
TWICE = 2  # once may be chance
SILENT_SECONDS = 60.0  # so long without one good answer to the questions that are asked


class Use:
    """Who does what now."""

    def __init__(self) -> None:
        self._doing: Counter[tuple[str, str]] = Counter()

    def of(self, names: Collection[str]) -> str:
        """What one of these devices is in the middle of ("Camera exposes"), "" when all of them rest."""
        return next(
            (f"{name} {PRECIOUS[what]}" for (name, what), n in self._doing.items() if n and name in names), ""
        )

    def watched(self, device: D, stuck: Callable[[], None]) -> D:
        """The same device; what it is in the middle of is known here.

        `stuck` is called when TWICE in a row a command does not come to an end, and when for SILENT_SECONDS
        no question is answered.
        """
        return cast(D, _Watched(device, device, _Record(self._doing, stuck)))


class _Record:
    """How one device has behaved lately."""

    def __init__(self, doing: "Counter[tuple[str, str]]", stuck: Callable[[], None]) -> None:
        self.doing, self._stuck = doing, stuck
        self._endless = 0
        self._silent_since: float | None = None

    def ended(self, problem: BaseException | None) -> None:
        """A command came to its end."""
        if isinstance(problem, DeviceStuck):
            self._endless += 1
            if self._endless >= TWICE:
                self._stuck()
        elif problem is None:
            self._endless = 0

    def answered(self, *, well: bool) -> None:
        """A question was answered, or not: refused, or not within the time of who asked."""
        now = asyncio.get_running_loop().time()
        if well:
            self._silent_since = None
        elif self._silent_since is None:
            self._silent_since = now
        elif now - self._silent_since >= SILENT_SECONDS:
            self._stuck()


class _Watched:
    """Passes everything on to the device, or to a `part` of it; keeps the record."""

    def __init__(self, device: Any, part: Any, record: _Record) -> None:
        self._device, self._part, self._record = device, part, record

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._part, name)
        if name in COMMANDS:
            return partial(self._command, name, found)
        if name in QUESTIONS:
            return partial(self._question, found)
        return _Watched(self._device, found, self._record) if name in PARTS and found is not None else found

    async def _command(self, what: str, call: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        key, count = (self._device.name, what), what in PRECIOUS
        self._record.doing[key] += count
        try:
            answer = await call(*args)
        except BaseException as problem:
            self._record.ended(problem)
            raise
        else:
            self._record.ended(None)
            return answer
        finally:
            self._record.doing[key] -= count

    async def _question(self, call: Callable[[], Awaitable[Any]]) -> Any:
        try:
            answer = await call()
        except (DeviceError, asyncio.CancelledError):
            self._record.answered(well=False)
            raise
        self._record.answered(well=True)
        return answer
