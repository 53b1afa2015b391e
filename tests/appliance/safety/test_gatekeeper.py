"""The override button, Stop, the motor's time limit, faults, daylight, battery, and the cover."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from appliance.bus import Message, Said
from appliance.errors import DeviceError, DeviceRefused, Interlocked
from appliance.rig import Opener
from appliance.safety.gatekeeper import HOLD_SECONDS, Gatekeeper
from appliance.safety.guarded import GuardedRoof, guarded
from appliance.safety.interlock import Verdict
from appliance.safety.messages import RoofMoving
from hardware.devices import Cover, CoverState, DeviceSpec, Mount, ParkSensor, Power, Roof, RoofState
from hardware.indi.link import Kind, Link, Property, State
from hardware.indi.properties import Remote, Session
from hardware.indi.sensing import IndiParkSensor
from hardware.simulator.opener import SimulatorOpener
from hardware.simulator.sky import Sky
from hardware.simulator.world import World
from tests.appliance.safety.site import UP, profile
from tests.appliance.sequence.night_rig import EVENING, SITE

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
COVER = {"driver": "simulator", "name": "Cover"}
POWER = {"driver": "simulator", "name": "UPS"}


class BothSwitches:
    """A roof whose two end switches are pressed at once; it moves all the same."""

    def __init__(self, roof: Roof) -> None:
        self._roof, self.broken = roof, True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._roof, name)

    async def state(self) -> RoofState:
        if self.broken:
            raise DeviceError("Roof", "both of its end switches are pressed")
        return await self._roof.state()


@dataclass
class Shed:
    """A roof over a parked telescope, everything asked through the gate."""

    sky: Sky
    gate: Gatekeeper
    roof: Roof
    mount: Mount
    cover: Cover
    sensor: ParkSensor
    said: list[Message] = field(default_factory=list)

    def errors(self) -> list[str]:
        return [one.text for one in self.said if isinstance(one, Said) and one.level == "error"]


async def shed(
    verdict: Verdict = Verdict.SAFE, sun: float = -30.0, wrap: Callable[[Roof], Any] = lambda roof: roof,
    *, daylight_asked: bool = False, **changes: Any,
) -> Shed:  # fmt: skip
    sky = Sky(
        World(site=SITE), lambda at: EVENING + (asyncio.get_running_loop().time() if at is None else at)
    )
    said: list[Message] = []
    rig = profile(cover=COVER, **changes)
    gate = Gatekeeper(rig, lambda: verdict, said.append, lambda: sun, daylight_asked=daylight_asked)
    every = guarded(cast(Opener, SimulatorOpener(sky)), gate)
    await every.roof(DeviceSpec("simulator", "Roof"))
    mount, cover, sensor = (
        await every.mount(DeviceSpec("simulator", "Mount")),
        await every.cover(DeviceSpec("simulator", "Cover")),
        await every.park_sensor(DeviceSpec("simulator", "Switch")),
    )  # fmt: skip
    assert gate.roof is not None
    gate.roof = wrap(gate.roof)
    roof = GuardedRoof(gate.roof, gate)
    if "power" in changes:
        await every.power_monitor(DeviceSpec("simulator", "UPS"))
    return Shed(sky, gate, roof, mount, cover, sensor, said)


async def under_way(movement: Any, seconds: float = 5.0) -> "asyncio.Task[None]":
    task = asyncio.create_task(movement)
    await asyncio.sleep(seconds)
    return task


async def test_whoever_moves_it_a_person_can_stop_it_and_it_stays_so_for_a_minute() -> None:
    one = await shed()
    closing = await under_way(one.roof.close())
    await one.gate.stop_roof()
    with pytest.raises(DeviceRefused, match="told to stop"):
        await closing
    assert not one.sky.roof.moving
    with pytest.raises(Interlocked, match="a person has stopped it"):
        await one.roof.close()
    await asyncio.sleep(HOLD_SECONDS)
    await one.roof.close()
    assert one.sky.roof.closed


async def test_everybody_hears_that_it_moves_and_that_it_has_ended() -> None:
    one = await shed()
    closing = await under_way(one.roof.close())
    assert one.said == [RoofMoving(source="safety", on=True)]
    assert await one.gate.stop_moving_roof()
    with pytest.raises(DeviceRefused, match="told to stop"):
        await closing
    assert one.said[1:] == [RoofMoving(source="safety", on=False)]
    assert not await one.gate.stop_moving_roof()


async def test_who_stopped_it_may_have_it_moved_again_at_once() -> None:
    one = await shed()
    await one.gate.stop_roof()
    one.gate.release()
    await one.roof.close()


async def test_a_roof_that_nobody_of_us_moves_is_stopped_too_and_not_reversed_before() -> None:
    one = await shed()
    one.sky.roof.begin(0.0, 1 / 20)  # by its remote control
    await asyncio.sleep(5)
    with pytest.raises(Interlocked, match="moved already"):
        await one.roof.open()
    await one.roof.stop()
    assert not one.sky.roof.moving
    await one.roof.open()


async def test_a_motor_that_runs_too_long_is_stopped() -> None:
    one = await shed(roof={"driver": "simulator", "name": "Roof", "motor_seconds": 12})
    with pytest.raises(DeviceError, match="did not arrive within 12 s and was stopped"):
        await one.roof.close()
    assert not one.sky.roof.moving
    assert asyncio.get_running_loop().time() == pytest.approx(12, abs=0.5)


async def nobody_answers(device: str, name: str) -> Property:
    raise DeviceError(device, "its driver hangs")


class CountedSensor(IndiParkSensor):
    """An INDI contact; who asks it more often than ten times in 20 ms has the loop for himself."""

    asked = 0

    async def parked(self) -> bool:
        self.asked += 1
        assert self.asked < 10_000, "the watch goes round and round"
        return await super().parked()


async def test_a_park_sensor_that_is_lost_under_way_leaves_the_loop_to_others() -> None:
    one = await shed()
    session = Session()
    session.defined(Property("Box", "CONTACT", Kind.SWITCH, State.OK, {"PARKED": True}))
    remote = Remote(session, cast(Link, None), "Box")
    one.gate.park_sensor = CountedSensor(
        DeviceSpec("indi", "Box"), {"element": "CONTACT.PARKED"}, remote, nobody_answers
    )
    closing = await under_way(one.roof.close())
    session.lost("its server has gone")
    await closing
    assert one.sky.roof.closed


async def test_both_end_switches_and_only_the_button_moves_it() -> None:
    one = await shed(wrap=BothSwitches)
    with pytest.raises(Interlocked, match="cannot be so"):
        await one.roof.close()
    async with one.gate.overriding() as held:
        await held.close()
    assert one.sky.roof.closed


async def test_the_button_moves_what_the_rules_forbid_and_says_so() -> None:
    one = await shed(Verdict.UNSAFE)
    await one.mount.park()
    await one.roof.close()
    with pytest.raises(Interlocked):
        await one.roof.open()
    async with one.gate.overriding("The button of the panel") as held:
        await held.open()
        with pytest.raises(Interlocked):
            await one.mount.unpark()  # only the roof, and only for who holds it
    assert one.gate.override is None
    assert one.sky.roof.open
    assert one.errors()[0].startswith("The button of the panel is held")
    assert one.errors()[-1] == "The button of the panel was released."


async def test_released_the_roof_stops_at_once() -> None:
    one = await shed()
    async with one.gate.overriding() as held:
        closing = await under_way(held.close())
        assert await one.roof.state() is RoofState.MOVING
    assert not one.sky.roof.moving
    with pytest.raises(DeviceRefused, match="told to stop"):
        await closing
    with pytest.raises(Interlocked, match="a person has stopped it"):
        await one.roof.close()
    with pytest.raises(DeviceRefused, match="released"):
        await held.close()


async def test_released_a_roof_that_safety_moves_by_the_rules_goes_on() -> None:
    one = await shed()
    closing = await under_way(one.roof.close())
    async with one.gate.overriding() as held:
        with pytest.raises(Interlocked, match="moved already"):
            await held.open()
    await closing
    assert one.sky.roof.closed


async def test_the_button_reverses_no_motor_but_stops_it() -> None:
    one = await shed()
    async with one.gate.overriding() as held:
        closing = await under_way(held.close())
        with pytest.raises(Interlocked, match="moved already"):
            await held.open()
        await held.stop()
        await asyncio.gather(closing, return_exceptions=True)
        await held.open()
    assert one.sky.roof.open


async def test_a_holder_that_is_cancelled_lets_the_roof_go() -> None:
    one = await shed()

    async def hold() -> None:
        async with one.gate.overriding() as held:
            await held.close()

    holding = await under_way(hold())
    holding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await holding
    assert not one.sky.roof.moving
    assert one.gate.override is None


@pytest.mark.parametrize(("sun", "opens"), [(-0.1, True), (0.1, False), (60.0, False)])
async def test_by_day_it_opens_for_nobody_who_did_not_ask(sun: float, opens: bool) -> None:
    one = await shed(sun=sun)
    await one.roof.close()
    if not opens:
        with pytest.raises(Interlocked, match="it is day"):
            await one.roof.open()
        one.gate.ask_daylight()
        await one.roof.open()
        assert one.gate.daylight_asked
        await one.roof.close()
        with pytest.raises(Interlocked, match="it is day"):
            await one.roof.open()
    else:
        await one.roof.open()


async def test_a_night_that_was_planned_by_day_opens_by_day() -> None:
    one = await shed(sun=40.0, daylight_asked=True)
    await one.roof.close()
    await one.roof.open()


@pytest.mark.parametrize(
    ("percent", "mains", "least", "opens"),
    [(39.0, False, 40, False), (41.0, False, 40, True), (5.0, True, 40, True), (39.0, None, 40, False),
     (39.0, False, 0, True), (None, False, 40, False), (None, None, 40, True)],
)  # fmt: skip
async def test_a_battery_that_may_not_close_it_again(
    percent: float | None, mains: bool | None, least: float, opens: bool
) -> None:
    roof = {"driver": "simulator", "name": "Roof", "min_battery_percent_to_open": least}
    one = await shed(power=POWER, roof=roof)

    class Supply:
        async def power(self) -> Any:
            return Power(mains, percent)

    one.gate.power_monitor = cast(Any, Supply())
    await one.roof.close()
    if opens:
        await one.roof.open()
    else:
        with pytest.raises(Interlocked, match="battery"):
            await one.roof.open()
    assert one.sky.roof.open is opens


async def test_a_supply_that_does_not_answer_opens_nothing() -> None:
    one = await shed(power=POWER)
    one.gate.power_monitor = None
    await one.roof.close()
    with pytest.raises(Interlocked, match="battery"):
        await one.roof.open()


async def test_the_cover_closes_always_and_opens_to_a_good_sky_or_under_the_roof() -> None:
    one = await shed(Verdict.UNSAFE)
    await one.cover.close()
    with pytest.raises(Interlocked, match="it is not safe"):
        await one.cover.open()
    assert await one.cover.state() is CoverState.CLOSED
    await one.roof.close()
    await one.cover.open()  # for darks
    assert await one.cover.state() is CoverState.OPEN


async def test_a_cover_that_moves_is_no_telescope_that_does() -> None:
    one = await shed()
    moving = await under_way(one.cover.close(), 0.5)
    await one.roof.close()
    await moving


async def test_a_switch_that_tells_of_its_release_stops_the_roof_without_waiting_for_the_next_look() -> None:
    one = await shed()
    told = asyncio.Event()

    class Telling:
        async def parked(self) -> bool:
            return not told.is_set()

        async def changed(self) -> None:
            await told.wait()

    one.gate.park_sensor = cast(Any, Telling())
    closing = await under_way(one.roof.close(), 5.25)
    told.set()
    before = asyncio.get_running_loop().time()
    with pytest.raises(Interlocked, match="the telescope moved"):
        await closing
    assert asyncio.get_running_loop().time() - before < 0.01


async def test_slewing_is_for_an_open_roof_only() -> None:
    one = await shed()
    one.sky.roof.rest_at(0.5)
    with pytest.raises(Interlocked, match="not known to be open"):
        await one.mount.slew(UP)
