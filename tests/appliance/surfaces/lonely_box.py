"""A box in a field in virtual time: its panel, a rig under a roof, and the night's own troubles."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from gpiozero.pins.mock import MockFactory, MockPWMPin

from appliance.box.assembly import World as Given
from appliance.box.assembly import assembled, checked, opened_journal, served
from appliance.box.box import Box
from appliance.box.surfaces import surfaced
from appliance.box.tonight import tonight_told
from appliance.bus import Bus, Said
from appliance.observer import Observer
from appliance.plan import Plan
from appliance.profile import Profile
from appliance.rehearsal.sketching import FastCalculator, SketchSolver
from appliance.rig import Opener
from appliance.surfaces.panel.parts import PanelOpener
from appliance.surfaces.panel.patterns import EVERY
from hardware.gpio.opener import GpioOpener
from hardware.simulator.faults import Fault, Faults
from hardware.simulator.opener import SimulatorOpener
from hardware.simulator.sky import Sky
from hardware.simulator.world import RoofModel, World
from hardware.virtual_time import VirtualLoop
from tests.appliance.rehearsal.long_night import BEGINS, PROFILE, SITE, simulated

PANEL = {
    name: {"driver": "simulator", "name": name}
    for name in ("start", "stop", "park", "light", "shutdown", "status_light", "buzzer", "display")
}
PINS = {"start": 23, "stop": 24, "park": 25, "light": 8, "shutdown": 7}
LIGHT = (17, 27, 22)
ON_PINS = {
    **{name: {"setup": {"pin": pin}} for name, pin in PINS.items()},
    "status_light": {"setup": dict(zip(("red_pin", "green_pin", "blue_pin"), LIGHT, strict=True))},
    "buzzer": {"setup": {"pin": 18}},
    "display": PANEL["display"],
}
LOOK_SECONDS = 0.01
KNOWN = {rhythm.name: rhythm for rhythm in EVERY}


def profile(**changes: Any) -> Profile:
    quick = {"panel": PANEL, "startup": {"ask_polar": True}, "safety": {"clear_minutes": 10.0}}
    values = {**PROFILE, "roof": simulated("Roof", start="closed", seconds=30.0), **quick, **changes}
    return Profile.model_validate(values)


class Header:
    """The panel on gpiozero's mock pins, buttons to ground and all; only the display stays simulated."""

    def __init__(self, simulator: SimulatorOpener) -> None:
        self.factory = MockFactory(pin_class=MockPWMPin)
        self.opener = GpioOpener(self.factory)
        self.button, self.status_light = self.opener.button, self.opener.status_light
        self.buzzer, self.text_display = self.opener.buzzer, simulator.text_display

    def press(self, button: str) -> None:
        self.factory.pin(PINS[button]).drive_low()

    def let_go(self, button: str) -> None:
        self.factory.pin(PINS[button]).drive_high()

    def light(self) -> tuple[float, ...]:
        return tuple(float(self.factory.pin(pin).state) for pin in LIGHT)


@dataclass
class LonelyBox:
    """Press its buttons, look at its light; `off` once it has switched itself off."""

    folder: Path
    plan: Plan
    faults: tuple[Fault, ...] = ()
    profile: Profile = field(default_factory=profile)
    begins: float = BEGINS
    clock_known: bool = True
    said: list[Said] = field(default_factory=list)
    off: bool = False
    header: Header | None = None

    def __post_init__(self) -> None:
        self.loop = VirtualLoop()
        roof = RoofModel(start="closed", seconds=30.0)
        world = World(site=SITE, seed=7, fidelity="fast", heavens=True, roof=roof)
        self.sky = Sky(world, self.utc, Faults(self.faults))

    def utc(self, moment: float | None) -> float:
        return self.begins + (self.loop.now if moment is None else moment)

    def live(self, story: Callable[["LonelyBox"], Coroutine[Any, Any, None]]) -> None:
        try:
            self.loop.run_until_complete(self._life(story))
            assert not asyncio.all_tasks(self.loop)
        finally:
            self.loop.close()

    async def _life(self, story: Callable[["LonelyBox"], Coroutine[Any, Any, None]]) -> None:
        opener = SimulatorOpener(self.sky)
        async with AsyncExitStack() as stack:
            journal = await opened_journal(self.folder, stack)
            targets = checked(self.profile, self.plan, self.folder, Observer(SITE, self.begins, 0.0))
            given = Given(
                observer=Observer(SITE, self.begins, 0.0), opener=cast(Opener, opener),
                calculator=FastCalculator(), solvers=lambda _: (SketchSolver(),),
                show=lambda said, _: self.said.append(said), bus=Bus(), vitals_seconds=60.0,
                clock_known=lambda: self.clock_known,
            )  # fmt: skip
            self.box: Box = await stack.enter_async_context(
                assembled(self.profile, self.plan, targets, self.folder, journal, given)
            )
            self.api = await stack.enter_async_context(served(self.box, self._power_off))
            await stack.enter_async_context(tonight_told(self.box, self.api))
            if self.profile.drivers() >= {"gpio"}:
                self.header = Header(opener)
                await stack.enter_async_context(self.header.opener.running())
            panel = cast(PanelOpener, self.header or opener)
            await stack.enter_async_context(surfaced(self.box, self.api, panel))
            await asyncio.sleep(10.0)  # a person needs some time to find the buttons
            await story(self)

    async def _power_off(self) -> None:
        self.off = True

    @property
    def shown(self) -> tuple[float, ...]:
        """Red, green and blue of the light now."""
        return self.header.light() if self.header else tuple(self.sky.light)

    async def press(self, *buttons: str, seconds: float = 0.3) -> None:
        fingers = self.header or self.sky.buttons
        for button in buttons:
            fingers.press(button)
        await asyncio.sleep(0.1)
        assert any(self.shown), f"{buttons} was not answered within 100 ms"
        await asyncio.sleep(seconds - 0.1)
        for button in buttons:
            fingers.let_go(button)
        await asyncio.sleep(3.0)

    async def light(self) -> str:
        """What a person reads from the light within ten seconds: by its rhythm, then by its colour."""
        seen: list[tuple[float, ...]] = []
        for _ in range(round(10.0 / LOOK_SECONDS)):
            seen.append(self.shown)
            await asyncio.sleep(LOOK_SECONDS)
        on = [any(colour) for colour in seen]
        flashes = sum(not before and after for before, after in pairwise(on))
        found = [name for name, one in KNOWN.items() if _fits(one.rhythm, flashes, sum(on) / len(on))]
        assert len(found) == 1, (found, flashes, sum(on) / len(on))
        (colour,) = {tuple(round(part / max(shown), 2) for part in shown) for shown in seen if any(shown)}
        assert colour == tuple(
            round(part / max(KNOWN[found[0]].colour), 2) for part in KNOWN[found[0]].colour
        )
        return found[0]

    async def until(self, happened: Callable[[], bool], hours: float = 14.0) -> None:
        async with asyncio.timeout(hours * 3600):
            while not happened():  # noqa: ASYNC110 - what is looked at has no event
                await asyncio.sleep(1.0)

    def heard(self, words: str) -> bool:
        return any(words in said.text for said in self.said)


def _fits(rhythm: tuple[float, ...], flashes: int, share: float) -> bool:
    """About as many flashes in ten seconds, and as much light."""
    wanted = 10.0 / sum(rhythm) * len(rhythm) / 2
    return (
        abs(flashes - wanted) <= max(1.01, 0.16 * wanted)
        and abs(share - sum(rhythm[::2]) / sum(rhythm)) < 0.08
    )
