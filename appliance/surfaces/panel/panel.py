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

    def work(self) -> list[Coroutine[Any, Any, None]]:
        """Everything that runs side by side."""
        opener, face, api = self._wiring.opener, self._face, self._wiring.api
        found = [self._hear(), self._look_outside()]
        for place in BUTTONS:
            found += self._kept(place, opener.button, partial(feel, place=place, edge=self._edge))
        found += self._kept("status_light", opener.status_light, partial(shine, face=face))
        found += self._kept("buzzer", opener.buzzer, partial(sing, face=face))
        found += self._kept("display", opener.text_display, partial(write, face=face, unix=api.now))
        return found

    def _kept(self, place: str, open_: Any, use: Any) -> list[Coroutine[Any, Any, None]]:
        spec = self._wiring.section.spec(place)
        return [] if spec is None else [kept(spec, open_, use, self._wiring.api.bus.publish)]

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
