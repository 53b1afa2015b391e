"""Dithering with pulses and with slews, in virtual time."""

import asyncio
import math
from random import Random

import pytest

from appliance.bus import Message, Said
from appliance.errors import DeviceRefused
from appliance.guide.dither import DitherPattern, DitherSettings, Offset, dither
from hardware.devices import J2000, Direction, GuidePort, MountStatus, Site
from hardware.errors import DeviceError

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
SETTINGS = DitherSettings(radius_arcsec=15, min_step_arcsec=5, rate_arcsec_s=7.5, settle_seconds=5)
RATE = 7.5


class FakeMount:
    """A mount whose RA axis turns by rate × time, so the sky moves by cos(dec) of it."""

    name = "fake mount"
    side_setter = None
    motion = None
    lost = False

    def __init__(self, dec_deg: float, *, pulses: bool) -> None:
        self.pointing, self.parked = J2000(100.0, dec_deg), False
        self.guide_port: GuidePort | None = self if pulses else None
        self.pulses: list[tuple[Direction, float]] = []
        self.slews: list[J2000] = []
        self.sky = [0.0, 0.0]  # arcsec east and north of the start
        self.stuck: Direction | None = None

    async def status(self) -> MountStatus:
        return MountStatus(self.pointing, tracking=True, parked=self.parked, slewing=False, pier_side=None)

    async def pulse(self, direction: Direction, seconds: float) -> None:
        if direction is self.stuck:
            raise DeviceError(self.name, "the axis is stuck")
        await asyncio.sleep(seconds)
        self.pulses.append((direction, seconds))
        sign = 1 if direction in (Direction.EAST, Direction.NORTH) else -1
        if direction in (Direction.EAST, Direction.WEST):
            self.sky[0] += sign * seconds * RATE * math.cos(math.radians(self.pointing.dec_deg))
        else:
            self.sky[1] += sign * seconds * RATE

    async def slew(self, target: J2000) -> None:
        await asyncio.sleep(2.0)
        self.slews.append(target)
        self.pointing = target

    async def sync(self, target: J2000) -> None: ...
    async def track(self, on: bool) -> None: ...
    async def park(self) -> None: ...
    async def unpark(self) -> None: ...
    async def locate(self, site: Site, utc_unix: float) -> None: ...


class Planned(DitherPattern):
    """A pattern that goes where the test says."""

    def __init__(self, *there: Offset) -> None:
        super().__init__(Random(0), SETTINGS)
        self._there = list(there)

    def propose(self) -> Offset:
        return self._there.pop(0)


@pytest.mark.parametrize(
    ("there", "directions"),
    [
        (Offset(6.0, 9.0), [Direction.EAST, Direction.NORTH]),
        (Offset(-6.0, 9.0), [Direction.WEST, Direction.NORTH]),
        (Offset(6.0, -9.0), [Direction.EAST, Direction.SOUTH]),
        (Offset(0.0, -9.0), [Direction.SOUTH]),
    ],
)
async def test_pulses_have_the_right_signs_and_durations(there: Offset, directions: list[Direction]) -> None:
    mount, pattern = FakeMount(60.0, pulses=True), Planned(there)
    assert await dither(mount, pattern, SETTINGS, lambda _: None) == there == pattern.offset
    assert [direction for direction, _ in mount.pulses] == directions
    seconds = dict(mount.pulses)
    if there.east:
        assert seconds[directions[0]] == pytest.approx(6.0 / RATE / 0.5)  # cos 60°
    assert seconds[directions[-1]] == pytest.approx(9.0 / RATE)
    assert mount.sky == pytest.approx([there.east, there.north])
    assert not mount.slews


async def test_the_sky_follows_the_pattern_through_many_dithers() -> None:
    mount, pattern = FakeMount(-35.0, pulses=True), DitherPattern(Random(3), SETTINGS)
    for _ in range(40):
        offset = await dither(mount, pattern, SETTINGS, lambda _: None)
        assert mount.sky == pytest.approx([offset.east, offset.north], abs=1e-6)
        assert math.hypot(*mount.sky) <= SETTINGS.radius_arcsec + 1e-6


async def test_it_waits_until_settled_and_says_what_it_did() -> None:
    seen: list[Message] = []
    mount = FakeMount(0.0, pulses=True)
    await dither(mount, Planned(Offset(7.5, -15.0)), SETTINGS, seen.append)
    assert asyncio.get_running_loop().time() == pytest.approx(1.0 + 2.0 + 5.0)
    assert [m.text for m in seen if isinstance(m, Said)] == ['Dithered +7.5" east, -15.0" north; settling.']


async def test_near_the_pole_the_pulse_is_cut_short_and_the_offset_is_the_true_one() -> None:
    mount, pattern = FakeMount(89.5, pulses=True), Planned(Offset(10.0, 5.0))
    offset = await dither(mount, pattern, SETTINGS, lambda _: None)
    assert mount.pulses[0] == (Direction.EAST, 10.0)
    assert mount.sky == pytest.approx([offset.east, offset.north])
    assert 0 < offset.east < 1.0


async def test_without_guide_pulses_it_slews_a_little() -> None:
    mount, pattern = FakeMount(60.0, pulses=False), Planned(Offset(7.2, 3.6), Offset(-7.2, 3.6))
    await dither(mount, pattern, SETTINGS, lambda _: None)
    assert mount.slews[0].ra_deg == pytest.approx(100.0 + 7.2 / 0.5 / 3600, abs=1e-6)
    assert mount.slews[0].dec_deg == pytest.approx(60.001, abs=1e-6)
    await dither(mount, pattern, SETTINGS, lambda _: None)
    assert mount.slews[1].ra_deg == pytest.approx(100.0 - 7.2 / 0.5 / 3600, abs=1e-6)
    assert pattern.offset == Offset(-7.2, 3.6)


@pytest.mark.parametrize("pulses", [True, False])
async def test_a_parked_mount_is_left_alone(pulses: bool) -> None:
    mount, pattern = FakeMount(0.0, pulses=pulses), Planned(Offset(5.0, 5.0))
    mount.parked = True
    with pytest.raises(DeviceRefused, match="parked"):
        await dither(mount, pattern, SETTINGS, lambda _: None)
    assert (mount.pulses, mount.slews, pattern.offset) == ([], [], Offset())


async def test_a_failure_half_way_keeps_what_was_moved() -> None:
    mount, pattern = FakeMount(0.0, pulses=True), Planned(Offset(5.0, 5.0))
    mount.stuck = Direction.NORTH
    with pytest.raises(DeviceError, match="stuck"):
        await dither(mount, pattern, SETTINGS, lambda _: None)
    assert pattern.offset == Offset(5.0, 0.0)
    assert mount.sky == pytest.approx([5.0, 0.0])


async def test_stop_ends_the_settling_at_once() -> None:
    mount, pattern = FakeMount(0.0, pulses=True), Planned(Offset(7.5, 0.0))
    job = asyncio.create_task(dither(mount, pattern, SETTINGS, lambda _: None))
    await asyncio.sleep(3.0)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert asyncio.get_running_loop().time() == pytest.approx(3.0)
    assert pattern.offset == Offset(7.5, 0.0)
