"""Between the runs of a night: how far a mount may track that nobody watches."""

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest

from appliance.box.idle import IdleGuard
from appliance.errors import DeviceRefused
from appliance.observer import Observer
from appliance.pointing.flip import FlipSettings
from appliance.pointing.pier import Pier, natural_side
from appliance.rig import Rig
from appliance.sequence.limit import Limit
from appliance.sky.coordinates import observe
from hardware.devices import J2000, MountStatus, PierSide
from tests.appliance.sequence.night_rig import EVENING, SITE

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
LATEST = 20.0


class Mount:
    """It tracks, and says of its side what the hour angle lets it believe, as many do."""

    name = "Mount"

    def __init__(self, hours: float) -> None:
        self.observer = Observer(SITE, EVENING, 0.0)
        self.tracking, self.stuck = True, False
        self.point(hours)

    def point(self, hours: float) -> None:
        """To a place so many hours past the meridian."""
        here = J2000(0.0, 30.0)
        hour_angle = self.hour_angle(here)
        self.pointing = J2000((hour_angle - 15 * hours) % 360, 30.0)

    def hour_angle(self, where: J2000) -> float:
        return float(observe(where, SITE, self.observer.unix())[2])

    async def status(self) -> MountStatus:
        told = natural_side(self.hour_angle(self.pointing))
        return MountStatus(
            pointing=self.pointing, tracking=self.tracking, slewing=False, parked=False, pier_side=told
        )

    async def track(self, on: bool) -> None:
        if self.stuck:
            raise DeviceRefused("Mount", "it is stuck")
        self.tracking = on


class Bench:
    def __init__(self, hours: float, left: Pier | None = None) -> None:
        self.mount, self.running = Mount(hours), False
        self.said: list[str] = []
        limit = Limit(
            self.mount.observer, FlipSettings(True, 5.0, LATEST), lambda *one: self.said.append(one[0])
        )
        rig = cast(Rig, SimpleNamespace(has_mount=True, mount=self.mount))
        self.guard = IdleGuard(rig, limit, lambda: self.running, lambda: left)

    async def minutes_tracked(self, at_most: float) -> float | None:
        """How long it tracks, None for longer than that."""
        clock, watching = asyncio.get_running_loop().time, asyncio.create_task(self.guard.watch())
        began = clock()
        try:
            while clock() < began + 60 * at_most:
                await asyncio.sleep(10.0)
                if not self.mount.tracking:
                    return (clock() - began) / 60
            return None
        finally:
            watching.cancel()


async def test_it_stops_at_the_limit_whatever_the_mount_says_when_it_crosses() -> None:
    bench = Bench(hours=-1.0)
    tracked = await bench.minutes_tracked(at_most=240)
    assert tracked == pytest.approx(60 + LATEST, abs=2.5)
    assert "has reached its limit" in bench.said[0]


async def test_the_run_before_knew_the_side_better() -> None:
    west = Bench(hours=0.1, left=Pier(side=PierSide.WEST))
    assert await west.minutes_tracked(at_most=60) == pytest.approx(LATEST - 6, abs=2.5)
    east = Bench(hours=1.0, left=Pier(side=PierSide.EAST))
    assert await east.minutes_tracked(at_most=60) is None


async def test_a_slew_by_somebody_else_turns_it_round() -> None:
    bench = Bench(hours=-0.2)
    tracking = asyncio.create_task(bench.minutes_tracked(at_most=120))
    await asyncio.sleep(300.0)
    bench.mount.point(hours=1.0)
    assert await tracking is None
    bench.mount.point(hours=-0.5)
    assert await bench.minutes_tracked(at_most=120) == pytest.approx(30 + LATEST, abs=2.5)


async def test_while_a_run_watches_it_does_not() -> None:
    bench = Bench(hours=0.1, left=Pier(side=PierSide.WEST))
    bench.running = True
    assert await bench.minutes_tracked(at_most=60) is None


async def test_one_that_cannot_be_stopped_is_said_and_tried_again() -> None:
    bench = Bench(hours=0.1, left=Pier(side=PierSide.WEST))
    bench.mount.stuck = True
    assert await bench.minutes_tracked(at_most=20) is None
    assert "tracks on, where it must not" in bench.said[0]
    bench.mount.stuck = False
    assert await bench.minutes_tracked(at_most=2) is not None
