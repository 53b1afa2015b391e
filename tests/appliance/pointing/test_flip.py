"""Turning to the other side of the pier, and what proves it."""

import asyncio
from dataclasses import dataclass, field

import pytest

from appliance.errors import DeviceRefused, FlipFailed, SolveFailed
from appliance.pointing.flip import FlipSettings, Turning, flip
from appliance.pointing.pier import Pier, minutes_past
from appliance.solve.solution import Solution
from hardware.devices import J2000, GuidePort, MountStatus, PierSide, SideSetter, Site

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
EAST, WEST = PierSide.EAST, PierSide.WEST
SETTINGS = FlipSettings(after_minutes=5.0, latest_minutes=20.0)
TARGET = J2000(100.0, 20.0)


@dataclass
class Mount:
    """A German mount at the meridian; it turns round on slews that are not in `fails`."""

    fails: tuple[int, ...] = ()
    refuses: bool = False
    tells: str = "truth"
    clouded: bool = False
    side: PierSide = WEST
    tracking: bool = True
    slews: list[float] = field(default_factory=list)
    name: str = "Mount"
    lost: bool = False
    guide_port: GuidePort | None = None
    side_setter: SideSetter | None = None
    motion: None = None
    began_past: float = 6.0
    seconds: float = 20.0

    def hour_angle(self) -> float:
        minutes = self.began_past + asyncio.get_running_loop().time() / 60
        return minutes * 1.00273791 / 4

    async def slew(self, target: J2000) -> None:
        assert target == TARGET
        self.slews.append(minutes_past(self.hour_angle(), WEST))
        self.tracking = True
        await asyncio.sleep(self.seconds)
        if len(self.slews) not in self.fails:
            self.side = EAST
        elif self.refuses:
            raise DeviceRefused(self.name, "not across the meridian")

    async def status(self) -> MountStatus:
        told = {"truth": self.side, "always west": WEST, "always east": EAST, "nothing": None}[self.tells]
        return MountStatus(TARGET, self.tracking, False, False, told)

    async def track(self, on: bool) -> None:
        self.tracking = on

    async def look(self) -> Solution:
        await asyncio.sleep(10)
        if self.clouded:
            raise SolveFailed("No stars.")
        angle = 15.0 if self.side is WEST else 194.0
        return Solution(TARGET, (1, 1), TARGET, ((1, 0), (0, 1)), 1.0, angle, False, 10, 10, 10, "test", 0.1)

    async def sync(self, target: J2000) -> None: ...
    async def park(self) -> None: ...
    async def unpark(self) -> None: ...
    async def locate(self, site: Site, utc_unix: float) -> None: ...


async def flipped(mount: Mount, *, proof: bool = True) -> Pier:
    pier = Pier(WEST, (await mount.status()).pier_side, (15.0, WEST) if proof else None)
    try:
        await flip(Turning(mount, TARGET, mount.hour_angle, mount.look), pier, SETTINGS, lambda _: None)
    finally:
        assert pier.side is mount.side  # what is believed is what is true
    return pier


@pytest.mark.parametrize("tells", ["truth", "always west", "always east", "nothing"])
async def test_the_camera_s_angle_is_the_proof_whatever_the_mount_says(tells: str) -> None:
    mount = Mount(tells=tells)
    pier = await flipped(mount)
    assert pier.proof == (194.0, EAST)
    assert (len(mount.slews), mount.tracking) == (1, True)


@pytest.mark.parametrize("tells", ["truth", "always west", "always east", "nothing"])
@pytest.mark.parametrize("refuses", [False, True])
async def test_a_flip_that_did_not_happen_is_tried_once_more(tells: str, refuses: bool) -> None:
    mount = Mount(fails=(1,), refuses=refuses, tells=tells)
    await flipped(mount)
    first, second = mount.slews
    assert 1.0 < second - first < 10.0
    assert second < SETTINGS.latest_minutes


@pytest.mark.parametrize("refuses", [False, True])
async def test_a_mount_that_does_not_turn_stands_still_in_the_end(refuses: bool) -> None:
    mount = Mount(fails=(1, 2, 3), refuses=refuses)
    with pytest.raises(FlipFailed):
        await flipped(mount)
    assert (len(mount.slews), mount.tracking) == (2, False)
    assert minutes_past(mount.hour_angle(), WEST) < SETTINGS.latest_minutes


async def test_past_the_limit_it_stands_still_between_the_tries() -> None:
    mount = Mount(fails=(1,), began_past=45.0)
    seen = []

    async def watch() -> None:
        while True:
            await asyncio.sleep(1)
            seen.append(mount.tracking)

    watching = asyncio.create_task(watch())
    await flipped(mount)
    watching.cancel()
    assert seen.count(False) >= 28


@pytest.mark.parametrize("tells", ["truth", "always west", "always east", "nothing"])
@pytest.mark.parametrize("turns", [True, False])
async def test_under_clouds_nothing_counts_as_turned_until_it_is_seen(tells: str, turns: bool) -> None:
    mount = Mount(tells=tells, clouded=True, fails=() if turns else (1,))
    pier = Pier(WEST, (await mount.status()).pier_side, (15.0, WEST))
    with pytest.raises(SolveFailed):
        await flip(Turning(mount, TARGET, mount.hour_angle, mount.look), pier, SETTINGS, lambda _: None)
    assert (pier.side, len(mount.slews), mount.tracking) == (WEST, 1, True)
    mount.clouded = False
    await flip(Turning(mount, TARGET, mount.hour_angle, mount.look), pier, SETTINGS, lambda _: None)
    assert pier.side is mount.side is EAST


async def test_unseen_past_the_limit_it_does_not_track_on() -> None:
    mount = Mount(fails=(1,), clouded=True, began_past=30.0)
    with pytest.raises(SolveFailed):
        await flipped(mount)
    assert (len(mount.slews), mount.tracking) == (1, False)


@pytest.mark.parametrize(("seconds", "fails"), [(1.0, True), (4.0, False)])
async def test_a_silent_mount_never_seen_before_cannot_have_turned_in_a_moment(
    seconds: float, fails: bool
) -> None:
    mount = Mount(tells="nothing", seconds=seconds, fails=(1, 2) if fails else ())
    pier = Pier(WEST)
    turning = Turning(mount, TARGET, mount.hour_angle, mount.look)
    if fails:
        with pytest.raises(FlipFailed):
            await flip(turning, pier, SETTINGS, lambda _: None)
    else:
        await flip(turning, pier, SETTINGS, lambda _: None)
    assert (pier.side, mount.tracking) == (mount.side, not fails)


async def test_a_turn_without_end_is_given_up_and_tried_once_more() -> None:
    mount = Mount(seconds=86400.0)
    with pytest.raises(FlipFailed):
        await flipped(mount)
    assert (len(mount.slews), mount.tracking) == (2, False)
    assert asyncio.get_running_loop().time() < 1000
