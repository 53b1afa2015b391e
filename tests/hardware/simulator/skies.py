"""What the tests of the simulated gear share: a clock, targets by hour angle, a kill."""

import asyncio
from collections.abc import Awaitable, Callable
from math import cos, hypot, radians
from typing import Any

import pytest

from hardware.devices import J2000, DeviceSpec, PierSide
from hardware.simulator.faults import Fault, FaultKind, Faults
from hardware.simulator.mount import SimulatedMount
from hardware.simulator.opener import SimulatorOpener
from hardware.simulator.sky import Sky
from hardware.simulator.sphere import sidereal_deg
from hardware.simulator.world import MountModel, World
from hardware.virtual_time import VirtualLoop

EPOCH = 1.79e9
SPEC = DeviceSpec("simulator", "Sim")


def utc(moment: float | None) -> float:
    return EPOCH + (asyncio.get_running_loop().time() if moment is None else moment)


def up_at(sky: Sky, hour_angle_deg: float, dec_deg: float = 40.0) -> J2000:
    """What stands there now."""
    sidereal = sidereal_deg(sky.utc(None), sky.world.site.longitude_deg)
    return J2000((sidereal - hour_angle_deg) % 360, dec_deg)


def look_at(sky: Sky, target: J2000) -> None:
    """Have the mount track there, without the way and its errors; on the WEST side wherever that is."""
    axes = sky.axes
    axes.unpark()
    axes.track(on=True)
    turned, dec = axes.way_to(target, PierSide.WEST)
    axes.turned.rest_at(turned)
    axes.dec.rest_at(dec)


def apart_arcsec(a: J2000, b: J2000) -> float:
    east = (a.ra_deg - b.ra_deg + 180) % 360 - 180
    return 3600 * hypot(east * cos(radians(b.dec_deg)), a.dec_deg - b.dec_deg)


def exact(**changes: Any) -> MountModel:
    """A mount without errors, but for what is given."""
    none = {
        "ra_error_arcmin": 0.0, "dec_error_arcmin": 0.0, "scatter_arcsec": 0.0,
        "drift_ra_arcsec_min": 0.0, "drift_dec_arcsec_min": 0.0, "parked": False,
    }  # fmt: skip
    return MountModel(**{**none, **changes})


def rig_with(mount: MountModel, *faults: Fault, **world: Any) -> SimulatorOpener:
    return SimulatorOpener(Sky(World(mount=mount, **world), utc, Faults(faults)))


def fault(kind: FaultKind, begins: float, seconds: float = 1e9, amount: float = 0.0) -> Fault:
    """Moments of the loop's clock."""
    return Fault(kind, EPOCH + begins, seconds, amount=amount)


async def mount_of(rig: SimulatorOpener) -> SimulatedMount:
    return await rig.mount(SPEC)


class PowerCut(BaseException):
    """The controller is gone."""


def kill_after(
    seconds: float, sky: Sky, loop: VirtualLoop, work: Callable[[SimulatorOpener], Awaitable[Any]]
) -> tuple[Sky, VirtualLoop]:
    """Begin some work, kill it; what is left of the sky, and a loop on which time goes on."""
    end = loop.now + seconds

    def cut() -> None:
        if loop.now >= end:
            raise PowerCut

    async def begin() -> None:
        loop.call_at(end, int)
        await work(SimulatorOpener(sky))

    loop.on_step = cut
    task = loop.create_task(begin())
    with pytest.raises(PowerCut):
        loop.run_until_complete(task)
    survivor, new = sky.survivor(utc), VirtualLoop(start=loop.now)
    # The dead are swept away: what their last words stop is not the survivor.
    loop.on_step = lambda: None
    task.cancel()
    loop.run_until_complete(asyncio.wait({task}))
    loop.close()
    return survivor, new


def go_on(loop: VirtualLoop, work: Awaitable[None]) -> None:
    """The controller is started again."""
    try:
        loop.run_until_complete(work)
    finally:
        loop.close()
