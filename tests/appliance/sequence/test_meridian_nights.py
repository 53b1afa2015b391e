"""Nights across the meridian on mounts of every kind: one flip, in time, or a safe end."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from appliance.errors import DeviceRefused
from appliance.journal import FocusRun, Span, SubState
from appliance.plan import Plan
from appliance.pointing.pier import minutes_past, natural_side
from appliance.sky.catalogue import find
from appliance.sky.coordinates import hour_angle_deg
from appliance.sky.rise_set import transit_near
from hardware.devices import J2000, Mount, MountStatus, PierSide
from tests.appliance.sequence.night_rig import EVENING, SITE, Box, box_in, plan

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime, pytest.mark.usefixtures("patient_workers")]
TRANSIT = transit_near(find("M33").position, SITE, EVENING)
EAST, WEST = PierSide.EAST, PierSide.WEST
Tells = Callable[[PierSide, float], PierSide | None]

HARDEST = ["honest", "silent", "always west", "by the hour angle"]
HONEST: Tells = lambda side, _: side  # noqa: E731
TALES: dict[str, Tells] = {
    "honest": HONEST,
    "silent": lambda _side, _: None,
    "always west": lambda _side, _: WEST,
    "always east": lambda _side, _: EAST,
    "the wrong one": lambda side, _: EAST if side is WEST else WEST,
    "by the hour angle": lambda _side, hour_angle: natural_side(hour_angle),
}


@dataclass
class OddMount:
    """The simulator's mount with a tongue of its own; `stays` slews across the meridian do not happen."""

    mount: Mount
    tells: Tells = HONEST
    stays: int = 0
    refuses: bool = False
    seen: list[float] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.mount, name)

    def hour_angle(self, target: J2000) -> float:
        return hour_angle_deg(target, SITE, self.mount._sky.utc(None))  # type: ignore[attr-defined]

    async def status(self) -> MountStatus:
        true = await self.mount.status()
        assert true.pier_side
        hour_angle = self.hour_angle(true.pointing)
        if true.tracking and not true.slewing and not true.parked:
            self.seen.append(minutes_past(hour_angle, true.pier_side))
        return replace(true, pier_side=self.tells(true.pier_side, hour_angle))

    async def slew(self, target: J2000) -> None:
        true, hour_angle = await self.mount.status(), self.hour_angle(target)
        across = true.pier_side is not natural_side(hour_angle) and not self.parked_before(true)
        if across and 0 < hour_angle < 90 and self.stays:
            self.stays -= 1
            if self.refuses:
                raise DeviceRefused("Mount", "it does not cross the meridian")
            await self.mount.track(True)
            return
        await self.mount.slew(target)

    @staticmethod
    def parked_before(status: MountStatus) -> bool:
        return abs(status.pointing.dec_deg) > 80


class Night:
    """A box, its odd mount, and a look at both every 20 s."""

    def __init__(self, box: Box, mount: OddMount) -> None:
        self.box, self.mount = box, mount

    async def run(self, work: Plan) -> str:
        watching = asyncio.create_task(self._watch())
        try:
            return await self.box.run(work)
        finally:
            watching.cancel()

    async def _watch(self) -> None:
        while True:
            await self.mount.status()
            await asyncio.sleep(20)

    async def flips(self) -> list[Span]:
        return [s for s in await self.box.journal.read(Span) if s.name.startswith("Meridian flip")]

    def farthest(self) -> float:
        return max(self.mount.seen)


def subs_of(seconds: float, count: int, name: str = "M33") -> dict[str, Any]:
    return {"name": name, "step": [{"filter": "L", "seconds": seconds, "count": count}]}


async def in_night(folder: Path, work: Plan, *, at: float = EVENING, **odd: Any) -> tuple[Night, str]:
    made: list[OddMount] = []

    def wrap(mount: Mount) -> OddMount:
        made.append(OddMount(mount, **odd))
        return made[-1]

    async with box_in(folder, mount=wrap, at=at) as box:
        night = Night(box, made[0])
        return night, await night.run(work)


async def spans(folder: Path) -> list[Span]:
    async with box_in(folder) as box:
        return await box.journal.read(Span)


async def test_a_sub_that_does_not_fit_waits_for_the_flip(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        assert await box.run(plan(target=[subs_of(2400.0, 2)])) == "complete"
        first, second = await box.subs()
        (flip,) = [s for s in await box.journal.read(Span) if s.name.startswith("Meridian flip")]
        assert (first.started or 0) + 2400 < TRANSIT
        assert TRANSIT + 240 < flip.started < TRANSIT + 360  # not before the earliest minute
        assert (second.started or 0) - flip.started < 300
        (focus,) = await box.journal.read(FocusRun)
        assert focus.reason == "meridian flip"
        assert [line.text for line in box.lines()].count(
            "Focusing now: the telescope has been turned round."
        ) == 1


@pytest.mark.parametrize("tale", TALES)
async def test_one_flip_whatever_the_mount_says(tmp_path: Path, tale: str) -> None:
    work = plan(target=[subs_of(900.0, 6)], focus_after_flip=False)
    night, outcome = await in_night(tmp_path, work, tells=TALES[tale])
    assert outcome == "complete"
    assert night.farthest() < 20.0
    made = [s for s in await spans(tmp_path) if s.name.startswith("Meridian flip")]
    assert [span.outcome for span in made] == ["done"]


@pytest.mark.parametrize("tale", HARDEST)
@pytest.mark.parametrize("refuses", [False, True])
async def test_a_flip_that_fails_once_is_made_a_little_later(
    tmp_path: Path, tale: str, refuses: bool
) -> None:
    work = plan(target=[subs_of(900.0, 6)], focus_after_flip=False)
    night, outcome = await in_night(tmp_path, work, tells=TALES[tale], stays=1, refuses=refuses)
    assert outcome == "complete"
    assert night.farthest() < 20.5


@pytest.mark.parametrize("tale", HARDEST)
@pytest.mark.parametrize("refuses", [False, True])
async def test_a_mount_that_never_flips_is_stopped_in_time(tmp_path: Path, tale: str, refuses: bool) -> None:
    high = {**subs_of(900.0, 9), "min_altitude_deg": 70.0}
    work = plan(target=[high, subs_of(60.0, 1, "M45")], focus_after_flip=False)
    night, outcome = await in_night(tmp_path, work, tells=TALES[tale], stays=99, refuses=refuses)
    assert outcome == "incomplete"
    assert night.farthest() < 20.5
    box = night.box
    # After some minutes the target is tried once more, from the park position: nothing refuses that.
    assert box.codes("error") == ["pointing.flip"]
    left = "M 33 is left for 5 minutes, then tried again."
    assert [line.text for line in box.lines("warning")].count(left) == 1


async def test_a_pause_over_the_meridian_stops_the_mount_at_its_limit(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        job = await box.start(plan(target=[subs_of(300.0, 3)]))
        await box.until(lambda: len(box.troubles.begun) > 3)
        box.gate.pause()
        await asyncio.sleep(2 * 3600)
        assert not (await box.mount()).tracking
        hour_angle = hour_angle_deg((await box.mount()).pointing, SITE, box.observer.unix())
        # The sky has moved on over the mount since it stopped.
        assert hour_angle == pytest.approx(20 * 1.0027 / 4, abs=0.5)
        stops = [line for line in box.lines("warning") if "limit past the meridian" in line.text]
        assert len(stops) == 1
        box.gate.resume()
        assert await job == "complete"
        assert "Meridian flip of M 33" in [span.name for span in await box.journal.read(Span)]


async def test_a_start_just_past_the_meridian_waits_to_be_certain(tmp_path: Path) -> None:
    async with box_in(tmp_path, at=TRANSIT + 60) as box:
        assert await box.run(plan(target=[subs_of(60.0, 1)])) == "complete"
        names = [span.name for span in await box.journal.read(Span)]
        assert not [name for name in names if name.startswith("Meridian flip")]
        assert ((await box.subs())[0].started or 0) > TRANSIT + 300


async def test_a_fork_mount_goes_on(tmp_path: Path) -> None:
    async with box_in(tmp_path, flip={"enabled": False}) as box:
        assert await box.run(plan(target=[subs_of(1200.0, 4)])) == "complete"
        starts = [sub.started or 0 for sub in await box.subs(SubState.SAVED)]
        assert max(after - before for before, after in pairwise(starts)) < 1300
        assert not [s for s in await box.journal.read(Span) if s.name.startswith("Meridian flip")]


async def test_a_focus_run_that_would_meet_the_flip_comes_after_it(tmp_path: Path) -> None:
    # Due at 20:47, when a run of 35 minutes does not end before 21:07.
    slow = {"seconds": 200.0}
    work = plan(target=[subs_of(300.0, 12)], focus_every_minutes=40.0, focus_after_flip=False)
    async with box_in(tmp_path, focus=slow) as box:
        assert await box.run(work) == "complete"
        names = [span.name for span in await box.journal.read(Span)]
        flip = names.index("Meridian flip of M 33")
        assert names[flip:].count("Autofocus in L (time)") == 1
        assert "Autofocus in L (time)" not in names[:flip]
        flips = [s for s in await box.journal.read(Span) if s.name.startswith("Meridian flip")]
        assert flips[0].started < TRANSIT + 400
