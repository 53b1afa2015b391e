"""The panel at work: every press is answered at once and reaches the box, and nothing of it stops a night."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from appliance.bus import Alarm, NeedsPerson
from appliance.safety.messages import RoofMoving, SafetyState
from appliance.sequence.messages import SequenceState
from appliance.surfaces.messages import Leaving
from appliance.surfaces.panel import patterns
from appliance.surfaces.panel.panel import PanelState
from hardware.devices import Button, DeviceSpec, StatusLight
from hardware.errors import DeviceError, DeviceMissing
from tests.appliance.surfaces.panel.bench import BLACK, Bench

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]

RUNNING = SequenceState(source="sequence", phase="running", doing="Exposing", target="M 33", total=9)
IDLE = SequenceState(source="sequence", phase="idle", plan="Autumn")
RAIN = SafetyState(source="safety", safe=False, reasons=("rain",))


@pytest.mark.parametrize("button", ["start", "stop", "park", "light", "shutdown", "roof_open"])
@pytest.mark.parametrize("state", [IDLE, RUNNING], ids=lambda state: state.phase)
async def test_the_light_answers_every_press_within_100_ms(button: str, state: SequenceState) -> None:
    async with Bench().running() as bench:
        await bench.publish(state)
        await asyncio.sleep(3.0)
        bench.sky.buttons.press(button)
        await asyncio.sleep(0.1)
        assert bench.sky.light == patterns.WHITE


@pytest.mark.parametrize(
    ("button", "command"),
    [
        ("start", "toggle"),
        ("stop", "stop"),
        ("park", "park"),
        ("roof_open", "roof_open"),
        ("roof_close", "roof_close"),
    ],
)
async def test_a_press_reaches_the_box(button: str, command: str) -> None:
    async with Bench().running() as bench:
        await bench.press(button)
        assert bench.asked == [command]


async def test_the_panel_is_told_as_it_is() -> None:
    async with Bench().running() as bench:
        await bench.publish(RAIN)
        await asyncio.sleep(1.0)
        now = told(bench)
        assert now.light == "unsafe"
        assert set(now.parts) == set(now.working)
        assert now.lines[0].startswith("UNSAFE")
        assert "rain" in now.lines[1]
        bench.sky.buttons.press("light")
        await asyncio.sleep(0.1)
        assert told(bench).down == ("light",)
        bench.sky.buttons.let_go("light")
        await asyncio.sleep(2.0)
        assert (told(bench).down, told(bench).mode) == ((), "dark")


def told(bench: Bench) -> PanelState:
    return next(state for state in bench.bus.states() if isinstance(state, PanelState))


async def test_what_is_refused_is_shown_and_said() -> None:
    bench = Bench()
    bench.refused.add("park")
    async with bench.running():
        bench.sky.buttons.press("park")
        seen = await bench.watch(1.0)
        assert seen.count(patterns.RED) >= 2
        assert [said.text for said in bench.said] == ["park: it cannot be"]
        assert bench.said[0].level == "warning"


async def test_park_must_be_held_while_a_night_runs() -> None:
    async with Bench().running() as bench:
        await bench.publish(RUNNING)
        await bench.press("park", seconds=0.9)
        assert bench.asked == []
        await bench.press("park", seconds=1.1)
        assert bench.asked == ["stop", "park"]


async def test_park_held_when_nothing_runs_parks_once() -> None:
    async with Bench().running() as bench:
        await bench.press("park", seconds=5.0)
        assert bench.asked == ["park"]


@pytest.mark.parametrize("buttons", [("shutdown",), ("stop", "park")])
async def test_shutdown_is_held_for_three_seconds(buttons: tuple[str, ...]) -> None:
    async with Bench().running() as bench:
        await bench.publish(RUNNING)
        await bench.press(*buttons, seconds=2.9)
        assert "shutdown" not in bench.asked
        await bench.press(*buttons, seconds=3.1)
        assert bench.asked[-1] == "shutdown"


async def test_start_says_yes_and_stop_says_no_while_something_is_asked() -> None:
    async with Bench().running() as bench:
        for button, answer in (("start", "yes"), ("stop", "no")):
            asking = asyncio.create_task(bench.questions.ask("startup", "Polar aligned?"))
            await asyncio.sleep(0.1)
            await bench.press(button)
            assert await asking == answer
        assert bench.asked == ["answer", "answer"]
        await bench.press("start")
        assert bench.asked[-1] == "toggle"


async def test_stop_pressed_twice_stops_whatever_is_asked() -> None:
    async with Bench().running() as bench:
        await bench.publish(RUNNING, NeedsPerson(source="x", text="Cover it?", answers=("yes", "no")))
        bench.sky.buttons.press("stop")
        bench.sky.buttons.let_go("stop")
        await asyncio.sleep(0.3)
        await bench.press("stop")
        assert bench.asked == ["answer", "stop"]


async def test_stop_stops_a_roof_on_its_way_whatever_is_asked() -> None:
    async with Bench().running() as bench:
        asking = NeedsPerson(source="x", text="Cover it?", answers=("yes", "no"))
        await bench.publish(RUNNING, asking, RoofMoving(source="safety", on=True))
        await bench.press("stop")
        assert bench.asked == ["stop"]
        await bench.publish(RoofMoving(source="safety", on=False))
        await bench.press("stop")
        assert bench.asked == ["stop", "answer"]


async def test_a_button_that_is_down_from_the_start_was_not_pressed() -> None:
    bench = Bench()
    bench.sky.buttons.press("shutdown")
    async with bench.running():
        await asyncio.sleep(10.0)
        assert bench.asked == []
        await bench.press("shutdown", seconds=3.5)  # it is let go by this, and no more
        await bench.press("shutdown", seconds=3.5)
        assert bench.asked == ["shutdown"]


async def test_light_goes_from_normal_to_dark_to_a_red_lamp() -> None:
    async with Bench().running() as bench:
        await bench.publish(RUNNING)
        await bench.press("light")
        assert set(await bench.watch(10.0)) == {BLACK}
        await bench.publish(RAIN)  # this one must be seen
        assert patterns.AMBER in await bench.watch(4.0)
        await bench.publish(SafetyState(source="safety", safe=True))
        await bench.press("light")
        assert await bench.watch(20.0) == [patterns.RED]
        await bench.press("light")
        assert await bench.watch(20.0) == [patterns.GREEN, BLACK, patterns.GREEN, BLACK, patterns.GREEN]


async def test_the_light_is_dim_and_routine_sounds_are_silent_at_night() -> None:
    async with Bench(night_brightness=0.25, brightness=0.5).running() as bench:
        await bench.publish(RUNNING)
        await asyncio.sleep(70.0)
        assert (0.0, 0.5, 0.0) in await bench.watch(10.0)
        await bench.press("light", seconds=0.0)
        await bench.press("light", seconds=0.0)
        bench.sky.buttons.press("light")
        assert max(await bench.listen(0.5)) > 0
        bench.dark = True
        await asyncio.sleep(70.0)
        assert (0.0, 0.25, 0.0) in await bench.watch(10.0)
        bench.sky.buttons.let_go("light")
        bench.sky.buttons.press("light")
        assert await bench.listen(0.5) == [0.0]
        await bench.publish(SequenceState(source="sequence", phase="ended", doing="complete"))
        assert await bench.listen(2.0) == [0.0]


async def test_the_end_of_the_night_is_sounded_by_day() -> None:
    async with Bench().running() as bench:
        await bench.publish(RUNNING)
        await bench.publish(SequenceState(source="sequence", phase="ended", doing="complete"))
        assert await bench.listen(2.0) == [0.0, 1000.0, 1500.0, 2000.0, 0.0]


async def test_an_alarm_sounds_also_at_night_until_somebody_presses() -> None:
    bench = Bench()
    bench.dark = True
    async with bench.running():
        await bench.publish(RUNNING, Alarm(source="safety", text="the roof is not closed"))
        assert len(await bench.listen(5.0)) > 10
        await bench.press("light")
        assert await bench.listen(60.0) == [0.0]
        assert patterns.FAULT.colour[0] * 0.1 in {red for red, _, _ in await bench.watch(1.0)}
        await bench.publish(Alarm(source="safety", text="and nobody has confirmed"))
        assert len(await bench.listen(5.0)) > 10, "another one is new, though it sounds the same"
        await bench.press("light")
        await bench.publish(Alarm(source="safety"))
        await bench.publish(Alarm(source="safety", text="again"))
        assert len(await bench.listen(5.0)) > 10
        await bench.publish(Alarm(source="safety"))
        await asyncio.sleep(1.0)
        assert await bench.listen(60.0) == [0.0]


async def test_a_failed_night_sounds_until_somebody_presses() -> None:
    async with Bench().running() as bench:
        await bench.publish(replace(RUNNING, phase="failed"))
        assert len(await bench.listen(5.0)) > 10
        await bench.press("light")
        assert await bench.listen(60.0) == [0.0]


async def test_the_display_follows() -> None:
    async with Bench().running() as bench:
        await bench.publish(RUNNING)
        await asyncio.sleep(0.1)
        assert bench.sky.display[0].startswith("RUNNING")
        await bench.publish(Leaving(source="box", on=True))
        await asyncio.sleep(0.1)
        assert bench.sky.display[0].startswith("SHUTTING DOWN")


async def test_the_pages_code_is_on_the_display_and_nowhere_else() -> None:
    bench = Bench()
    bench.api.pairing_code = lambda: "012345"
    async with bench.running():
        await asyncio.sleep(1.0)
        assert bench.sky.display[1] == "Page code 012345"
        bench.api.pairing_code = lambda: ""
        await asyncio.sleep(11.0)
        assert "code" not in "".join(bench.sky.display)
        await asyncio.sleep(1.0)
    assert "012345" not in repr([*bench.bus.states(), *bench.said])


async def test_light_held_for_ten_seconds_forgets_the_pages_password() -> None:
    bench, forgotten = Bench(), list[float]()

    async def forget() -> None:
        forgotten.append(asyncio.get_running_loop().time())

    bench.api.forget_password = forget
    async with bench.running():
        await bench.publish(RUNNING)
        await bench.press("light", seconds=9.9)
        assert forgotten == []
        await bench.press("light", seconds=10.1)
        assert len(forgotten) == 1
        assert [said.code for said in bench.said] == ["page.forgotten"]
        assert bench.asked == []  # the night goes on
        bench.api.forget_password = None
        await bench.press("light", seconds=10.1)
        assert bench.said[-1].level == "warning"
        assert "no page" in bench.said[-1].text


async def test_everything_is_dark_and_silent_after_the_end() -> None:
    bench = Bench()
    async with bench.running():
        await bench.publish(RUNNING, Alarm(source="safety", text="x"))
        await asyncio.sleep(3.0)
    assert (bench.sky.light, bench.sky.buzzer, bench.sky.display) == (BLACK, 0.0, ())


class Roof:
    """In a person's hands."""

    def __init__(self) -> None:
        self.history: list[str] = []

    async def open(self) -> None:
        await self._move("open")

    async def close(self) -> None:
        await self._move("close")

    async def _move(self, what: str) -> None:
        self.history.append(what)
        await asyncio.sleep(30.0)
        self.history.append(f"{what} ended")

    @asynccontextmanager
    async def overriding(self) -> AsyncIterator["Roof"]:
        self.history.append("held")
        try:
            yield self
        finally:
            self.history.append("released")


async def test_the_roof_moves_by_hand_only_while_override_is_held() -> None:
    bench, roof = Bench(), Roof()
    bench.overriding = roof.overriding
    async with bench.running():
        bench.sky.buttons.press("override")
        await asyncio.sleep(1.0)
        await bench.press("roof_close")
        assert roof.history == ["held", "close"]
        bench.sky.buttons.let_go("override")
        await asyncio.sleep(0.05)
        assert roof.history == ["held", "close", "released"]
        await asyncio.sleep(60.0)
        assert roof.history == ["held", "close", "released"]
        await bench.press("roof_close")
        assert bench.asked == ["roof_close"]  # again by the interlock


async def test_without_a_roof_there_is_nothing_to_override() -> None:
    async with Bench().running() as bench:
        await bench.press("override")
        assert "there is no roof to move" in bench.said[0].text


class Weak:
    """An opener whose parts fail: the light breaks, a button is missing until it is plugged in."""

    def __init__(self, opener: object) -> None:
        self._opener, self.plugged, self.broken, self.lights = opener, False, True, 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._opener, name)

    async def button(self, spec: DeviceSpec) -> Button:
        if spec.name == "start" and not self.plugged:
            raise DeviceMissing(spec.name, "no such pin")
        return await self._opener.button(spec)  # type: ignore[attr-defined,no-any-return]

    async def status_light(self, spec: DeviceSpec) -> StatusLight:
        self.lights += 1
        if self.broken:
            return _Broken()
        return await self._opener.status_light(spec)  # type: ignore[attr-defined,no-any-return]


class _Broken:
    name, lost = "light", False

    async def show(self, red: float, green: float, blue: float) -> None:
        raise ZeroDivisionError("a bug of a driver")


async def test_a_part_that_fails_is_said_once_tried_again_and_disturbs_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = Bench()
    weak = Weak(bench.opener)
    bench.opener = weak  # type: ignore[assignment]
    async with bench.running():
        await bench.press("stop")
        assert bench.asked == ["stop"]
        await asyncio.sleep(3600.0)
        assert len([said for said in bench.said if "start: no such pin" in said.text]) == 1
        assert len([said for said in bench.said if "ZeroDivisionError" in said.text]) == 1
        assert weak.lights < 20  # not in a hurry
        weak.plugged, weak.broken = True, False
        await asyncio.sleep(600.0)
        await bench.press("start")
        assert bench.asked == ["stop", "toggle"]
        assert {said.text for said in bench.said if "back" in said.text} == {
            "start is back.",
            "status_light is back.",
        }
    assert "ZeroDivisionError" in caplog.text


async def test_a_button_that_is_lost_while_held_is_let_go() -> None:
    class Losing:
        name, lost, pressed = "override", False, False

        def __init__(self) -> None:
            self.news = asyncio.Queue[bool]()

        async def changed(self) -> bool:
            if not (pressed := await self.news.get()):
                raise DeviceError(self.name, "the wire is broken")
            return pressed

    bench, roof, button = Bench(), Roof(), Losing()
    bench.overriding = roof.overriding
    weak = Weak(bench.opener)

    async def open_button(spec: DeviceSpec) -> Button:
        return button if spec.name == "override" else await weak._opener.button(spec)  # type: ignore[attr-defined]

    weak.button = open_button  # type: ignore[method-assign]
    weak.broken = False
    bench.opener = weak  # type: ignore[assignment]
    async with bench.running():
        button.news.put_nowait(True)
        await asyncio.sleep(1.0)
        assert roof.history == ["held"]
        button.news.put_nowait(False)
        await asyncio.sleep(0.05)
        assert roof.history == ["held", "released"]
