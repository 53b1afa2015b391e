"""What the witness sees of a mount that tracks to where it must not."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.rehearsal.breaches import Breaches
from appliance.rehearsal.physics import Physics
from hardware.devices import J2000
from hardware.simulator.heavens import altitude_deg
from hardware.simulator.mount import SimulatedMount
from hardware.simulator.sky import Sky
from hardware.virtual_time import VirtualLoop
from tests.appliance.rehearsal.long_night import BEGINS, long_night


@pytest.fixture
def seen(tmp_path: Path) -> Callable[[J2000, float], set[str]]:
    """What is seen of a mount that tracks a direction for some hours, with nobody to watch it."""

    def track(where: J2000, hours: float) -> set[str]:
        scenario = long_night(tmp_path)
        world = replace(scenario.world, mount=replace(scenario.world.mount, limit_past_meridian_deg=170.0))
        loop = VirtualLoop()
        sky = Sky(world, lambda moment: BEGINS + (loop.now if moment is None else moment))
        breaches = Breaches(lambda: BEGINS + loop.now)
        physics = Physics(scenario, sky, lambda: BEGINS + loop.now, breaches)
        loop.on_pass = physics.look

        async def night() -> None:
            mount = SimulatedMount("Mount", sky)
            await mount.unpark()
            await mount.slew(where)
            await mount.track(True)
            for _ in range(round(60 * hours)):
                await asyncio.sleep(60)

        loop.run_until_complete(night())
        loop.close()
        return {breach.seen for breach in breaches.found.values()}

    return track


def test_below_the_horizon(seen: Callable[[J2000, float], set[str]]) -> None:
    low = J2000(279.2, 38.8)  # Vega, setting
    assert altitude_deg(long_night(Path()).world.site, BEGINS, low) > 30
    assert not seen(low, 3)
    assert any("below the horizon" in one for one in seen(low, 11))


def test_past_the_meridian(seen: Callable[[J2000, float], set[str]]) -> None:
    high = J2000(10.7, 41.3)  # M31, before the meridian
    assert not seen(high, 1.5)
    assert seen(high, 4) == {"it tracks 30 minutes past the meridian"}
