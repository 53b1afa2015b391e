"""Whoever has a mount or a roof of the rig has the interlock with it."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, cast

import pytest

from appliance.errors import Interlocked
from appliance.profile import CLEARS
from appliance.rig import Opener
from appliance.safety.gatekeeper import READ_SECONDS, Gatekeeper
from appliance.safety.guarded import GuardedMount, guarded
from appliance.safety.interlock import Verdict
from hardware.devices import DeviceSpec, Direction, Mount, PierSide, Roof, RoofState
from hardware.simulator.opener import SimulatorOpener
from hardware.simulator.sky import Sky
from hardware.simulator.world import World
from tests.appliance.safety.site import UP, TroubledOpener, Troubles, profile
from tests.appliance.sequence.night_rig import EVENING, SITE

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]

Gear = tuple[Mount, Roof, Sky]


async def gear(
    troubles: Troubles | None = None, verdict: Callable[[], Verdict] = lambda: Verdict.SAFE, **changes: Any
) -> Gear:
    """A mount parked under an open roof, and the sensor that sees it."""
    sky = Sky(
        World(site=SITE), lambda at: EVENING + (asyncio.get_running_loop().time() if at is None else at)
    )
    opener = cast(Opener, TroubledOpener(sky, troubles or Troubles()))
    every = guarded(opener, Gatekeeper(profile(**changes), verdict))
    await every.park_sensor(DeviceSpec("simulator", "Switch"))
    return (
        await every.mount(DeviceSpec("simulator", "Mount")),
        await every.roof(DeviceSpec("simulator", "Roof")),
        sky,
    )


async def moving(movement: Coroutine[Any, Any, None], seconds: float = 2.0) -> "asyncio.Task[None]":
    task = asyncio.create_task(movement)
    await asyncio.sleep(seconds)
    return task


async def test_the_roof_does_not_close_over_a_telescope_that_looks_at_the_sky() -> None:
    mount, roof, sky = await gear()
    await mount.unpark()
    await mount.slew(UP)
    with pytest.raises(Interlocked, match="the telescope is moving") as refused:
        await roof.close()
    assert refused.value.code == "safety.interlock"
    assert refused.value.advice
    await mount.track(False)
    with pytest.raises(Interlocked, match="does not see the parked telescope"):
        await roof.close()
    assert sky.roof.open


async def test_the_telescope_stays_while_the_roof_moves_and_the_roof_while_the_telescope_does() -> None:
    mount, roof, _ = await gear()
    closing = await moving(roof.close())
    for attempt in (mount.unpark(), mount.slew(UP), mount.track(True)):
        with pytest.raises(Interlocked, match="the roof is moving"):
            await attempt
    await closing
    with pytest.raises(Interlocked, match="the roof is closed"):
        await mount.unpark()
    await roof.open()
    await mount.unpark()
    slewing = await moving(mount.slew(UP))
    with pytest.raises(Interlocked, match="the telescope is moving"):
        await roof.close()
    await slewing


async def test_of_two_at_the_same_instant_only_one_moves() -> None:
    mount, roof, _ = await gear()
    await mount.unpark()
    both = await asyncio.gather(mount.slew(UP), roof.close(), return_exceptions=True)
    assert [type(one) for one in both] == [type(None), Interlocked]


async def test_a_roof_stops_when_the_telescope_moves_under_it() -> None:
    _, roof, sky = await gear()
    closing = await moving(roof.close())
    sky.axes.unpark()  # by its hand controller
    sky.axes.begin_slew(UP, PierSide.WEST)
    with pytest.raises(Interlocked, match="stopped: the telescope moved"):
        await closing
    assert await roof.state() is RoofState.UNKNOWN


async def test_a_cancelled_roof_stands_still_and_may_be_moved_again() -> None:
    _, roof, sky = await gear()
    closing = await moving(roof.close())
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert not sky.roof.moving
    await roof.close()
    assert await roof.state() is RoofState.CLOSED


async def test_the_roof_opens_for_nobody_when_it_is_not_safe_and_closes_for_everybody() -> None:
    verdicts = [Verdict.UNSAFE]
    _, roof, sky = await gear(verdict=lambda: verdicts[-1])
    await roof.close()
    for verdict in (Verdict.UNSAFE, Verdict.UNKNOWN):
        verdicts.append(verdict)
        with pytest.raises(Interlocked):
            await roof.open()
    assert sky.roof.closed


async def test_a_silent_mount_costs_seconds_not_the_roof() -> None:
    troubles = Troubles(mount_silent=True)
    _, roof, _ = await gear(troubles)
    began = asyncio.get_running_loop().time()
    await roof.close()
    assert asyncio.get_running_loop().time() - began == pytest.approx(READ_SECONDS + 20, abs=0.5)


async def test_a_roof_that_is_already_there_is_left_alone() -> None:
    mount, roof, _ = await gear()
    await mount.unpark()
    await mount.slew(UP)
    await roof.open()
    await mount.park()
    await roof.close()
    await roof.close()


async def test_a_broken_switch_keeps_the_roof_where_it_is() -> None:
    _, roof, sky = await gear(Troubles(switch_fails=True))
    with pytest.raises(Interlocked, match="park sensor does not answer"):
        await roof.close()
    assert sky.roof.open


async def test_a_dome_moves_over_any_telescope_and_any_telescope_under_it() -> None:
    clears = {"driver": "simulator", "name": "Roof", "clears_telescope": CLEARS}
    mount, roof, _ = await gear(roof=clears)
    await roof.close()
    await mount.unpark()
    await mount.slew(UP)
    await roof.open()


async def test_everything_else_passes_through() -> None:
    mount, roof, sky = await gear()
    assert isinstance(mount, GuardedMount)
    assert (mount.name, mount.lost, roof.name, roof.lost) == ("Mount", False, "Roof", False)
    assert (await mount.status()).parked
    await mount.unpark()
    await mount.slew(UP)
    await mount.sync(UP)
    before = sky.axes.shown()
    assert mount.guide_port is not None
    await mount.guide_port.pulse(Direction.NORTH, 2.0)
    assert sky.axes.shown().dec_deg > before.dec_deg
    await mount.locate(SITE, EVENING)
    await mount.park()
    assert sky.at_park


async def test_other_devices_are_the_opener_s_own() -> None:
    sky = Sky(World(site=SITE), lambda _: EVENING)
    simulator = SimulatorOpener(sky)
    spec = DeviceSpec("simulator", "Focuser")
    every = guarded(simulator, Gatekeeper(profile(), lambda: Verdict.SAFE))
    assert await every.focuser(spec) is await simulator.focuser(spec)
