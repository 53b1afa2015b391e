"""The controller is killed in the middle of a motion; the hardware knows nothing of it."""

import asyncio
from dataclasses import replace

import pytest

from hardware.devices import CoverState, Exposure, RoofState
from hardware.errors import DeviceRefused
from hardware.simulator.faults import FaultKind, Faults
from hardware.simulator.opener import SimulatorOpener
from hardware.simulator.sky import Sky
from hardware.simulator.world import World
from hardware.virtual_time import VirtualLoop
from tests.hardware.simulator.skies import (
    SPEC,
    apart_arcsec,
    exact,
    fault,
    go_on,
    kill_after,
    mount_of,
    up_at,
    utc,
)


def sky_at_500() -> tuple[Sky, VirtualLoop]:
    return Sky(World(mount=exact()), utc), VirtualLoop(start=500.0)


def test_a_slew_goes_on_to_its_end() -> None:
    old, loop = sky_at_500()

    async def slew(rig: SimulatorOpener) -> None:
        await (await mount_of(rig)).slew(up_at(rig.sky, -30))

    sky, loop = kill_after(8.0, old, loop, slew)

    async def look() -> None:
        mount = await mount_of(SimulatorOpener(sky))
        target = up_at(sky, -30 + 8 * 15.041 / 3600)
        began = await mount.status()
        assert (began.slewing, began.tracking, began.parked) == (True, True, False)
        assert began.pointing.dec_deg == pytest.approx(90 - 8 * 3)
        await asyncio.sleep(15)
        ended = await mount.status()
        assert (ended.slewing, ended.tracking) == (False, True)
        assert apart_arcsec(ended.pointing, target) < 1
        assert apart_arcsec(sky.axes.truth(), target) < 1

    go_on(loop, look())


def test_a_park_ends_parked_and_is_not_what_the_old_process_believes() -> None:
    old, loop = sky_at_500()

    async def park(rig: SimulatorOpener) -> None:
        mount = await mount_of(rig)
        await mount.slew(up_at(rig.sky, -30))
        await mount.park()

    sky, loop = kill_after(30.0, old, loop, park)

    async def look() -> None:
        mount = await mount_of(SimulatorOpener(sky))
        with pytest.raises(DeviceRefused, match="parking"):
            await mount.slew(up_at(sky, -30))
        assert ((await mount.status()).parked, sky.at_park) == (False, False)
        await asyncio.sleep(20)
        status = await mount.status()
        assert (status.parked, status.tracking, status.slewing) == (True, False, False)
        assert sky.at_park
        assert not old.axes.parked  # its process was swept away, which stopped it

    go_on(loop, look())


def test_who_comes_after_may_take_over() -> None:
    old, loop = sky_at_500()

    async def slew(rig: SimulatorOpener) -> None:
        await (await mount_of(rig)).slew(up_at(rig.sky, 60, 20.0))

    sky, loop = kill_after(8.0, old, loop, slew)

    async def look() -> None:
        mount = await mount_of(SimulatorOpener(sky))
        await mount.park()
        assert (await mount.status()).parked
        await asyncio.sleep(300)
        assert sky.at_park

    go_on(loop, look())


@pytest.mark.parametrize("start", ["open", "closed"])
def test_a_roof_goes_on_and_can_be_joined(start: str) -> None:
    old, loop = sky_at_500()

    async def move(rig: SimulatorOpener) -> None:
        roof = await rig.roof(SPEC)
        await (roof.close() if start == "open" else roof.open())

    if start == "closed":
        world = old.world
        old = Sky(replace(world, roof=replace(world.roof, start=start)), utc)
    sky, loop = kill_after(5.0, old, loop, move)

    async def look() -> None:
        roof = await SimulatorOpener(sky).roof(SPEC)
        assert await roof.state() is RoofState.MOVING
        back, on = (roof.open, roof.close) if start == "open" else (roof.close, roof.open)
        with pytest.raises(DeviceRefused, match="other way"):
            await back()
        began = loop.now
        await on()
        assert loop.now - began == pytest.approx(15.0)
        assert await roof.state() is (RoofState.CLOSED if start == "open" else RoofState.OPEN)
        await back()

    go_on(loop, look())


def test_everything_else_that_moves_goes_on_too() -> None:
    old, loop = sky_at_500()

    async def move(rig: SimulatorOpener) -> None:
        await (await rig.flat_panel(SPEC)).light(51)
        await asyncio.gather(
            (await rig.focuser(SPEC)).move_to(20_000),
            (await rig.filter_wheel(SPEC)).select("G"),
            (await rig.rotator(SPEC)).rotate_to(90.0),
            (await rig.cover(SPEC)).close(),
        )

    sky, loop = kill_after(1.5, old, loop, move)

    async def look() -> None:
        rig = SimulatorOpener(sky)
        focuser, cover = await rig.focuser(SPEC), await rig.cover(SPEC)
        assert await focuser.position() == 12_600
        assert sky.drawtube.place() == pytest.approx(12_560)
        assert await cover.state() is CoverState.MOVING
        await asyncio.sleep(30)
        assert await focuser.position() == 20_000
        assert await (await rig.filter_wheel(SPEC)).selected() == "G"
        assert await (await rig.rotator(SPEC)).angle() == 90.0
        assert await cover.state() is CoverState.CLOSED
        assert sky.panel == pytest.approx(0.2)
        assert not (await (await rig.camera(SPEC)).expose(Exposure(1.0))).pixels.max() > 60_000

    go_on(loop, look())


def test_old_and_new_share_the_world_and_the_faults_and_nothing_that_changes() -> None:
    faults = Faults((fault(FaultKind.RAIN, 0.0),))
    old = Sky(World(), utc, faults)
    new = old.survivor(lambda moment: 5.0 + (moment or 0.0))
    assert new.world is old.world
    assert new.faults is faults
    assert new.utc(1.0) == 6.0

    async def change() -> None:
        rig = SimulatorOpener(old)
        mount = await mount_of(rig)
        await mount.unpark()
        await asyncio.gather(mount.slew(up_at(old, -10)), (await rig.roof(SPEC)).close())
        await (await rig.flat_panel(SPEC)).light(9)
        assert new.axes.parked
        assert new.roof.open
        assert new.panel_level == 0
        assert new.at_park
        assert new.axes.truth() != old.axes.truth()

    go_on(VirtualLoop(), change())


def test_a_commander_that_vanishes_without_being_cancelled_stops_nothing() -> None:
    sky, loop = sky_at_500()

    async def vanish() -> None:
        rig = SimulatorOpener(sky)
        mount, roof = await mount_of(rig), await rig.roof(SPEC)
        await mount.slew(up_at(sky, -30))
        for gone in (mount.park(), roof.close()):
            gone.send(None)
            gone.close()
        assert ((await mount.status()).slewing, await roof.state()) == (True, RoofState.MOVING)
        await asyncio.sleep(60)
        assert ((await mount.status()).parked, await roof.state()) == (True, RoofState.CLOSED)

    go_on(loop, vanish())
