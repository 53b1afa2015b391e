"""A panel of simulated parts on a box that is only an api: it notes what it is asked to do."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from appliance.api import Api, Arguments, Command
from appliance.asking import Questions
from appliance.box.alone import Said as Answer
from appliance.bus import Bus, Message, Said
from appliance.errors import BadCommand
from appliance.profile import PanelSection
from appliance.sequence.beside import beside
from appliance.surfaces.panel.deeds import Overriding
from appliance.surfaces.panel.panel import Wiring, run_panel
from appliance.surfaces.panel.parts import PanelOpener
from hardware.simulator.opener import SimulatorOpener
from hardware.simulator.sky import Sky
from hardware.simulator.world import World

EVENING = 1_795_204_800.0
BUTTONS = ("start", "stop", "park", "light", "shutdown", "override", "roof_open", "roof_close")
PARTS = {
    name: {"driver": "simulator", "name": name} for name in (*BUTTONS, "status_light", "buzzer", "display")
}
BLACK = (0.0, 0.0, 0.0)


class Bench:
    """Press its buttons, look at its light; `done` is what the box was asked for."""

    def __init__(self, **section: Any) -> None:
        self.sky = Sky(World(), lambda moment: EVENING + (_now() if moment is None else moment))
        self.bus, self.done, self.said = Bus(), list[tuple[str, dict[str, object]]](), list[Said]()
        self.api = Api(self.bus, lambda: EVENING + _now())
        self.section = PanelSection.model_validate({**PARTS, **section})
        self.opener: PanelOpener = SimulatorOpener(self.sky)
        self.dark = False
        self.overriding: Overriding | None = None
        self.refused: set[str] = set()
        self.questions = Questions(self.bus.publish, self.api.now)
        for name in ("toggle", "stop", "park", "shutdown", "roof_open", "roof_close"):
            self.api.register(Command(name, name, Arguments, self._command(name)))
        self.api.register(Command("answer", "answer", Answer, self._answer))

    def _command(self, name: str) -> Callable[[Arguments], Any]:
        async def run(_: Arguments) -> None:
            self.done.append((name, {}))
            if name in self.refused:
                raise BadCommand(name, "it cannot be")

        return run

    async def _answer(self, said: Answer) -> None:
        self.done.append(("answer", {"answer": said.answer}))
        self.questions.answer(said.answer)

    @property
    def asked(self) -> list[str]:
        return [name for name, _ in self.done]

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Bench"]:
        wiring = Wiring(self.section, self.opener, self.api, lambda: self.dark, self.overriding)
        async with beside(self._hear()), beside(run_panel(wiring)):
            await asyncio.sleep(1.0)
            yield self

    async def _hear(self) -> None:
        with self.bus.subscribe(Said) as mailbox:
            async for said in mailbox:
                assert isinstance(said, Said)
                self.said.append(said)

    async def publish(self, *messages: Message) -> None:
        for message in messages:
            self.bus.publish(message)
        await asyncio.sleep(0.0)

    async def press(self, *buttons: str, seconds: float = 0.2) -> None:
        """Down for so long, and up; then a moment longer than a double press takes."""
        for button in buttons:
            self.sky.buttons.press(button)
        await asyncio.sleep(seconds)
        for button in buttons:
            self.sky.buttons.let_go(button)
        await asyncio.sleep(1.0)

    async def watch(self, seconds: float, step: float = 0.01) -> list[tuple[float, float, float]]:
        """The light's colours, one after the other."""
        seen: list[tuple[float, float, float]] = []
        for _ in range(round(seconds / step)):
            if not seen or seen[-1] != self.sky.light:
                seen.append(self.sky.light)
            await asyncio.sleep(step)
        return seen

    async def listen(self, seconds: float) -> list[float]:
        """The buzzer's tones, one after the other."""
        heard: list[float] = []
        for _ in range(round(seconds / 0.01)):
            if not heard or heard[-1] != self.sky.buzzer:
                heard.append(self.sky.buzzer)
            await asyncio.sleep(0.01)
        return heard


def _now() -> float:
    return asyncio.get_running_loop().time()
