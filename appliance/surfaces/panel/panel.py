"""The panel at work: its parts side by side, each on its own."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

from appliance.api import Api
from appliance.bus import State
from appliance.profile import PanelSection
from appliance.profile.panel import BUTTONS
from appliance.surfaces.panel.buttons import Presses
from appliance.surfaces.panel.deeds import Deeds, Overriding, holds
from appliance.surfaces.panel.face import Face
from appliance.surfaces.panel.parts import PanelOpener, feel, kept, shine, sing, write
from appliance.surfaces.panel.words import lines

ROWS, COLUMNS = 4, 20  # of what a person reads on the page
NIGHT_SECONDS = 60.0  # how often it is looked whether it is dark outside


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the panel is connected to. `dark` tells whether it is night outside: dimmed and quiet.

    `overriding` gives the roof into a person's hands for as long as its block lasts; None without one.
    """

    section: PanelSection
    opener: PanelOpener
    api: Api
    dark: Callable[[], bool]
    overriding: Overriding | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelState(State):
    """The panel as it is now: `parts` of the profile, `working` those that are open, `down` what is pressed.

    `light` is the pattern that is shown, `mode` what the light is for, `sound` the tune, "" for none; `lines`
    stand on the display.
    """

    parts: tuple[str, ...] = ()
    working: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    light: str = ""
    mode: str = ""
    sound: str = ""
    lines: tuple[str, ...] = ()


async def run_panel(wiring: Wiring) -> None:
    """For as long as the box lives. Nothing that fails here reaches the night."""
    panel = _Panel(wiring)
    try:
        async with asyncio.TaskGroup() as parts:
            for work in panel.work():
                parts.create_task(work)
    finally:
        await panel.close()


class _Panel:
    def __init__(self, wiring: Wiring) -> None:
        self._wiring, self._dark = wiring, wiring.dark()
        self._face = Face(self._brightness, lambda: self._dark)
        self._presses = Presses(holds(wiring.section))
        self._deeds = Deeds(wiring.api, self._face, wiring.overriding)
        self._timer: asyncio.TimerHandle | None = None
        self._working: set[str] = set()
        self._shown: PanelState | None = None

    def work(self) -> list[Coroutine[Any, Any, None]]:
        """Everything that runs side by side."""
        opener, face, api = self._wiring.opener, self._face, self._wiring.api
        found = [self._hear(), self._look_outside(), self._tell()]
        for place in BUTTONS:
            found += self._kept(place, opener.button, partial(feel, place=place, edge=self._edge))
        found += self._kept("status_light", opener.status_light, partial(shine, face=face))
        found += self._kept("buzzer", opener.buzzer, partial(sing, face=face))
        # The code is for who stands here: it is on no bus, and no other surface shows it.
        words = partial(write, face=face, unix=api.now, code=self._code)
        found += self._kept("display", opener.text_display, words)
        return found

    def _code(self) -> str:
        """Asked anew each time: the page is opened after the panel."""
        return self._wiring.api.pairing_code()

    def _kept(self, place: str, open_: Any, use: Any) -> list[Coroutine[Any, Any, None]]:
        spec = self._wiring.section.spec(place)
        if spec is None:
            return []

        async def used(part: Any) -> None:
            self._working.add(place)
            self._show()
            try:
                await use(part)
            finally:
                self._working.discard(place)
                self._show()

        return [kept(spec, open_, used, self._wiring.api.bus.publish)]

    async def _tell(self) -> None:
        """The page shows the panel as it is."""
        while True:
            seen = self._face.version
            self._show()
            await self._face.news(seen, None)

    def _show(self) -> None:
        face, section = self._face, self._wiring.section
        now = PanelState(
            source="panel", parts=tuple(section.parts()), working=tuple(sorted(self._working)),
            down=tuple(sorted(self._presses.down)), light=face.light, mode=face.mode.value,
            sound=face.tune.name if face.tune else "",
            lines=tuple(lines(face.facts, self._wiring.api.now(), ROWS, COLUMNS)),
        )  # fmt: skip
        if now != self._shown:
            self._shown = now
            self._wiring.api.bus.publish(now)

    async def _hear(self) -> None:
        bus = self._wiring.api.bus
        with bus.subscribe(State) as mailbox:
            async for _ in mailbox:
                self._face.hear(bus.states())

    async def _look_outside(self) -> None:
        while True:
            self._dark = self._wiring.dark()
            await asyncio.sleep(NIGHT_SECONDS)

    def _brightness(self) -> float:
        section = self._wiring.section
        return section.night_brightness if self._dark else section.brightness

    def _edge(self, place: str, pressed: bool) -> None:
        self._mean(self._presses.edge(place, pressed, _now()))
        self._show()

    def _due(self) -> None:
        self._mean(self._presses.due(_now()))

    def _mean(self, gestures: list[Any]) -> None:
        for gesture in gestures:
            self._deeds.do(gesture)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if (alarm := self._presses.alarm) is not None:
            self._timer = asyncio.get_running_loop().call_at(alarm, self._due)

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        await self._deeds.close()


def _now() -> float:
    return asyncio.get_running_loop().time()
