"""The roof on its relays: what the motor and the switches see of it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from hardware.devices import RoofState
from hardware.errors import DeviceError, DeviceRefused, DeviceUnsupported, LimitsContradict
from hardware.gpio.opener import GpioOpener
from hardware.gpio.roof import GpioRoof
from tests.electrics import CLOSE, CLOSED_LIMIT, OPEN, OPEN_LIMIT, ROOF, STOP, Electrics, spec

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]


@pytest.fixture
async def bench() -> Electrics:
    return Electrics()


@pytest.fixture
async def opener(bench: Electrics) -> AsyncIterator[GpioOpener]:
    async with GpioOpener(bench.factory).running() as opener:
        yield opener
    assert not bench.both_on


async def roof_on(opener: GpioOpener, **setup: Any) -> GpioRoof:
    return await opener.roof(spec("Roof", **{**ROOF, **setup}))


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_it_runs_to_its_switch_and_no_further(bench: Electrics, opener: GpioOpener) -> None:
    roof = await roof_on(opener)
    await roof.open()
    assert await roof.state() is RoofState.OPEN
    assert bench.place == pytest.approx(1 - bench.reach, abs=1e-3)
    await roof.open()
    await roof.close()
    assert await roof.state() is RoofState.CLOSED
    assert [direction for _, direction in bench.log] == [1, 0, -1, 0]


async def test_it_turns_round_only_after_a_pause(bench: Electrics, opener: GpioOpener) -> None:
    roof = await roof_on(opener, reverse_pause_seconds=3.0)
    opening = asyncio.create_task(roof.open())
    await asyncio.sleep(10.0)
    with pytest.raises(DeviceRefused, match="other way"):
        await roof.close()
    await roof.stop()
    with pytest.raises(DeviceError, match="was stopped"):
        await opening
    stopped = now()
    await roof.close()
    assert [direction for _, direction in bench.log] == [1, 0, -1, 0]
    assert bench.log[2][0] - bench.log[1][0] == pytest.approx(3.0, abs=0.25)
    assert bench.log[1][0] == pytest.approx(stopped, abs=0.01)


async def test_it_goes_on_the_same_way_without_one(bench: Electrics, opener: GpioOpener) -> None:
    roof = await roof_on(opener)
    opening = asyncio.create_task(roof.open())
    await asyncio.sleep(10.0)
    await roof.stop()
    await asyncio.gather(opening, return_exceptions=True)
    await roof.open()
    assert bench.log[2][0] - bench.log[1][0] < 0.01


async def test_nobody_knows_who_moved_it_last_so_the_first_movement_waits_too(
    bench: Electrics, opener: GpioOpener
) -> None:
    roof = await roof_on(opener, reverse_pause_seconds=2.0)
    began = now()
    await roof.open()
    assert bench.log[0][0] - began == pytest.approx(2.0, abs=0.25)


async def test_a_stop_is_at_once(bench: Electrics, opener: GpioOpener) -> None:
    roof = await roof_on(opener)
    opening = asyncio.create_task(roof.open())
    await asyncio.sleep(10.0)
    stopped = now()
    opening.cancel()
    await asyncio.sleep(0)
    assert bench.relays() == (False, False)
    assert bench.log[-1] == (stopped, 0)
    assert await roof.state() is RoofState.UNKNOWN


async def test_two_who_open_it_wait_for_the_same_movement_and_either_stops_it(
    bench: Electrics, opener: GpioOpener
) -> None:
    roof = await roof_on(opener)
    first = asyncio.create_task(roof.open())
    await asyncio.sleep(5.0)
    second = asyncio.create_task(roof.open())
    await asyncio.gather(first, second)
    assert await roof.state() is RoofState.OPEN
    first = asyncio.create_task(roof.close())
    await asyncio.sleep(5.0)
    second = asyncio.create_task(roof.close())
    await asyncio.sleep(1.0)
    second.cancel()
    with pytest.raises(DeviceError, match="stopped"):
        await first
    assert bench.relays() == (False, False)
    await asyncio.sleep(5.0)
    assert await roof.state() is RoofState.UNKNOWN


async def test_a_motor_that_runs_for_too_long_is_switched_off(bench: Electrics, opener: GpioOpener) -> None:
    bench.seconds = 1000.0
    roof = await roof_on(opener, motor_seconds=30.0, leave_seconds=25.0)
    with pytest.raises(DeviceError, match="for too long") as late:
        await roof.open()
    assert bench.relays() == (False, False)
    assert bench.log[1][0] - bench.log[0][0] == pytest.approx(30.0, abs=0.25)
    assert "motor_seconds" in late.value.advice
    assert await roof.state() is RoofState.UNKNOWN


async def test_a_roof_that_does_not_leave_its_end_is_not_pulled_at(
    bench: Electrics, opener: GpioOpener
) -> None:
    bench.jammed = True
    roof = await roof_on(opener, leave_seconds=4.0)
    opening = asyncio.create_task(roof.open())
    await asyncio.sleep(3.0)
    assert await roof.state() is RoofState.MOVING, "one that sets out is not closed any more"
    with pytest.raises(DeviceError, match="did not leave"):
        await opening
    assert bench.log[1][0] - bench.log[0][0] == pytest.approx(4.0, abs=0.25)
    assert await roof.state() is RoofState.CLOSED


async def test_two_limits_at_once_are_a_contradiction_until_they_agree(
    bench: Electrics, opener: GpioOpener
) -> None:
    roof = await roof_on(opener)
    bench.factory.pin(OPEN_LIMIT).drive_low()
    for asked in (roof.open, roof.close, roof.state):
        with pytest.raises(LimitsContradict):
            await asked()
    assert bench.log == []
    bench.factory.pin(OPEN_LIMIT).drive_high()
    await asyncio.sleep(0.1)
    assert await roof.state() is RoofState.CLOSED
    await roof.open()


async def test_limits_that_contradict_each_other_on_the_way_stop_it(
    bench: Electrics, opener: GpioOpener
) -> None:
    bench.stuck_closed_switch = True
    roof = await roof_on(opener, leave_seconds=60.0)
    with pytest.raises(LimitsContradict):
        await roof.open()
    assert bench.relays() == (False, False)


async def test_a_switch_that_cannot_be_read_stops_it_and_the_roof_is_lost(
    bench: Electrics, opener: GpioOpener, monkeypatch: pytest.MonkeyPatch
) -> None:
    roof = await roof_on(opener)
    opening = asyncio.create_task(roof.open())
    await asyncio.sleep(10.0)

    def broken() -> bool:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(bench.limits[1.0], "_get_state", broken)
    with pytest.raises(DeviceError, match="does not answer"):
        await opening
    assert bench.relays() == (False, False)
    assert roof.lost
    monkeypatch.undo()
    assert not (await roof_on(opener)).lost, "opened again it gets its pins back"


async def test_the_relays_are_off_once_it_is_opened_and_after_it_is_closed(bench: Electrics) -> None:
    async with GpioOpener(bench.factory).running() as opener:
        roof = await roof_on(opener, relay_active="low")
        assert [bench.factory.pin(n).state for n in (OPEN, CLOSE)] == [True, True]
        opening = asyncio.create_task(roof.open())
        await asyncio.sleep(5.0)
        assert [bench.factory.pin(n).state for n in (OPEN, CLOSE)] == [False, True]
    assert [bench.factory.pin(n).function for n in (OPEN, CLOSE)] == ["input", "input"]
    opening.cancel()
    await asyncio.gather(opening, return_exceptions=True)


async def test_a_controller_is_pushed_and_stops_by_itself(bench: Electrics, opener: GpioOpener) -> None:
    bench.hold = False
    roof = await roof_on(opener, mode="pulse", pulse_seconds=0.4, stop_pin=STOP)
    opening = asyncio.create_task(roof.open())
    await asyncio.sleep(2.3)
    assert bench.relays() == (True, False)
    await asyncio.sleep(0.4)
    assert bench.relays() == (False, False)
    assert await roof.state() is RoofState.MOVING
    opening.cancel()
    await asyncio.sleep(0)
    assert bench.direction == 0
    assert await roof.state() is RoofState.UNKNOWN
    await roof.open()
    await asyncio.sleep(2.0)
    assert bench.place == 1.0, "it runs on to its own end"
    assert not bench.factory.pin(STOP).state


async def test_a_controller_without_a_stop_button_is_believed_to_run_until_it_is_seen_at_an_end(
    bench: Electrics, opener: GpioOpener
) -> None:
    bench.hold = False
    roof = await roof_on(opener, mode="pulse")
    opening = asyncio.create_task(roof.open())
    await asyncio.sleep(5.0)
    with pytest.raises(DeviceUnsupported, match="cannot be stopped"):
        await roof.stop()
    with pytest.raises(DeviceError, match="stopped"):
        await opening
    assert await roof.state() is RoofState.MOVING
    closing = asyncio.create_task(roof.close())
    await asyncio.sleep(5.0)
    assert [direction for _, direction in bench.log] == [1], "it is not turned round while it may run"
    await closing
    assert await roof.state() is RoofState.CLOSED


async def test_a_stop_pin_belongs_to_a_controller(opener: GpioOpener) -> None:
    with pytest.raises(DeviceRefused, match="stop_pin"):
        await roof_on(opener, stop_pin=STOP)
    await roof_on(opener)


async def test_a_pin_that_is_taken_gives_the_others_back(bench: Electrics, opener: GpioOpener) -> None:
    await opener.park_sensor(spec("Park", pin=CLOSED_LIMIT))
    with pytest.raises(DeviceRefused, match="GPIO27 is in use"):
        await roof_on(opener)
    await opener.output(spec("Heater", pin=OPEN))
