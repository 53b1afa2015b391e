"""Nights with a guider: on in every sub, off before anything moves, and what becomes of a lost star."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from astropy.io import fits

from appliance.errors import DeviceMissing
from appliance.journal import Sub
from appliance.sky.catalogue import find
from appliance.sky.rise_set import transit_near
from hardware.devices import J2000, DeviceSpec, GuideStatus, PierSide, Settle
from hardware.errors import DeviceError
from hardware.simulator.faults import Fault, FaultKind, Faults
from hardware.simulator.guider import SimulatedGuider
from hardware.simulator.mount import SimulatedMount
from tests.appliance.sequence.night_rig import EVENING, SITE, SUB_SECONDS, Box, Troubles, box_in, plan

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime, pytest.mark.usefixtures("patient_workers")]
TRANSIT = transit_near(find("M33").position, SITE, EVENING)
GUIDER: dict[str, Any] = {"driver": "simulator", "settle_timeout": 30.0}
CALLS = ("start", "stop", "pause", "resume", "dither", "flip_calibration", "forget_calibration")


@dataclass
class Seen:
    """What the guider was told, which subs were guided, and slews that began while it guided."""

    told: list[str] = field(default_factory=list)
    guided: list[bool] = field(default_factory=list)
    torn: int = 0

    def count(self, what: str) -> int:
        return self.told.count(what)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    record = Seen()

    def note(name: str) -> None:
        real = getattr(SimulatedGuider, name)

        async def noted(self: SimulatedGuider, *args: Any) -> None:
            record.told.append(name)
            await real(self, *args)

        monkeypatch.setattr(SimulatedGuider, name, noted)

    for name in CALLS:
        note(name)
    slew = SimulatedMount.slew

    async def slewed(self: SimulatedMount, target: J2000) -> None:
        record.torn += self.axes.guided.on
        await slew(self, target)

    monkeypatch.setattr(SimulatedMount, "slew", slewed)
    return record


@asynccontextmanager
async def guided_box(folder: Path, seen: Seen, at: float = EVENING, **guider: Any) -> AsyncIterator[Box]:
    troubles = Troubles()
    async with box_in(folder, troubles, at=at, guider={**GUIDER, **guider}) as box:

        def look(_: int) -> None:
            seen.guided.append(box.sky.axes.guided.sees(asyncio.get_running_loop().time()))

        troubles.spoil = look
        yield box


def star_lost(box: Box, begins: float, seconds: float) -> None:
    """From so many seconds after the night's begin."""
    fault = Fault(FaultKind.GUIDE_STAR_LOST, EVENING + begins, seconds)
    box.sky.guide_star.faults = Faults((fault,))


def dithering(*steps: tuple[str, int], every: int) -> Any:
    few = [{"filter": f, "seconds": SUB_SECONDS, "count": n, "dither_every": every} for f, n in steps]
    return plan(("R", 1), target=[{"name": "M33", "step": few}])


async def test_every_sub_is_guided_and_nothing_is_slewed_meanwhile(tmp_path: Path, seen: Seen) -> None:
    async with guided_box(tmp_path, seen) as box:
        assert await box.run(dithering(("R", 4), every=2)) == "complete"
        assert seen.guided == [True] * 4
        assert (seen.count("start"), seen.count("dither"), seen.torn) == (1, 1, 0)
        assert not box.sky.axes.guided.on
        assert not box.lines("warning")


async def test_how_well_it_guided_is_in_journal_and_header(tmp_path: Path, seen: Seen) -> None:
    async with guided_box(tmp_path, seen) as box:
        assert await box.run(plan(("R", 1))) == "complete"
        (sub,) = await box.journal.read(Sub)
        model = box.sky.world.guider
        assert sub.guide_arcsec == round(model.rms_px * model.arcsec_per_px, 2)
        (file,) = (tmp_path / "images").rglob("*.fits")
        assert fits.getheader(file)["GUIDERMS"] == sub.guide_arcsec


async def test_a_guider_that_does_not_tell_keeps_no_sub_from_the_disk(
    tmp_path: Path, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    status = SimulatedGuider.status

    async def silent(self: SimulatedGuider) -> GuideStatus:
        task = asyncio.current_task()
        if task is not None and "_save" in repr(task.get_coro()):
            await asyncio.Event().wait()
        return await status(self)

    monkeypatch.setattr(SimulatedGuider, "status", silent)
    async with guided_box(tmp_path, seen) as box:
        assert await box.run(plan(("R", 2))) == "complete"
        assert [sub.guide_arcsec for sub in await box.journal.read(Sub)] == [None, None]


async def test_a_guider_that_was_left_guiding_is_stopped_before_the_first_slew(
    tmp_path: Path, seen: Seen
) -> None:
    async with guided_box(tmp_path, seen) as box:
        await box.rig.mount.unpark()
        await box.rig.mount.slew(find("M45").position)
        assert box.rig.guider is not None
        await box.rig.guider.start(Settle())
        assert await box.run(plan(("R", 1))) == "complete"
        assert (seen.torn, seen.guided) == (0, [True])


@pytest.mark.parametrize("rests", [True, False])
async def test_guiding_rests_while_the_focuser_moves(tmp_path: Path, seen: Seen, rests: bool) -> None:
    async with guided_box(tmp_path, seen, pause_for_focus=rests) as box:
        assert await box.run(plan(("R", 1), ("L", 1), focus_on_filter_change=True)) == "complete"
        assert (seen.count("pause"), seen.count("resume")) == (int(rests), int(rests))
        assert (seen.guided, seen.count("start")) == ([True, True], 1)


@pytest.mark.parametrize(
    ("at_flip", "told", "others"),
    [("recalibrate", "forget_calibration", 2), ("reverse", "flip_calibration", 1)],
)
async def test_after_a_flip_the_calibration_is_the_other_sides(
    tmp_path: Path, seen: Seen, at_flip: str, told: str, others: int
) -> None:
    async with guided_box(tmp_path, seen, at=TRANSIT - 300, at_flip=at_flip) as box:
        assert await box.run(plan(("R", 50))) == "complete"
        assert seen.count(told) == others
        assert box.sky.guide.calibrated_on is PierSide.EAST
        assert (seen.count("start"), seen.torn) == (2, 0)
        assert all(seen.guided)
        assert not box.lines("warning")


async def test_a_lost_star_is_said_once_and_waited_for(tmp_path: Path, seen: Seen) -> None:
    async with guided_box(tmp_path, seen, star_seconds=120) as box:
        star_lost(box, 400, 60)
        assert await box.run(dithering(("R", 20), every=0)) == "complete"
        assert seen.guided.count(False) <= 3
        assert [line.code for line in box.lines("warning")] == ["guide.failed"]
        assert "has lost its star; waiting 120 s for it" in box.lines("warning")[0].text
        assert any(line.text == "The guide star is back." for line in box.lines())
        assert seen.count("start") == 1


async def test_a_star_that_is_lost_in_a_dither_is_waited_for_too(tmp_path: Path, seen: Seen) -> None:
    async with guided_box(tmp_path, seen, star_seconds=120) as box:
        star_lost(box, 400, 60)
        assert await box.run(plan(("R", 20))) == "complete"
        assert all(seen.guided)
        assert [line.code for line in box.lines("warning")] == ["guide.failed"]
        assert seen.count("start") == 1


async def test_a_star_that_stays_away_is_as_clouds_then_guiding_begins_anew(
    tmp_path: Path, seen: Seen
) -> None:
    async with guided_box(tmp_path, seen, star_seconds=20) as box:
        star_lost(box, 400, 300)
        assert await box.run(dithering(("R", 20), every=0)) == "complete"
        assert seen.count("start") == 3  # the second one finds no star
        assert seen.guided.count(False) == 1  # in which the star went
        assert seen.guided[-5:] == [True] * 5
        assert seen.torn == 0


async def test_where_no_star_is_ever_found_the_target_is_left_and_the_night_ends(
    tmp_path: Path, seen: Seen
) -> None:
    async with guided_box(tmp_path, seen) as box:
        star_lost(box, 0, 86400)
        assert await box.run(plan(("R", 2))) == "incomplete"
        assert "guide.failed" in box.codes("error")
        assert (await box.mount()).parked
        assert not seen.guided


async def test_or_it_goes_on_unguided_and_says_so_once(tmp_path: Path, seen: Seen) -> None:
    async with guided_box(tmp_path, seen, without="go on") as box:
        star_lost(box, 0, 600)
        assert await box.run(plan(("R", 30))) == "complete"
        assert not seen.guided[0]
        assert seen.guided[-1]
        assert box.codes("warning") == ["guide.failed"]
        assert any(line.text == "It guides again." for line in box.lines())


async def test_a_guider_that_is_away_costs_no_sub_where_the_night_goes_on(tmp_path: Path, seen: Seen) -> None:
    async with guided_box(tmp_path, seen, without="go on") as box:
        place = next(place for place in box.rig._wanted if place.kind == "guider")
        place._device = None
        real = place._open

        async def away(spec: DeviceSpec) -> Any:
            if box.observer.unix() < EVENING + 400:
                raise DeviceMissing(spec.name, "no PHD2 answers")
            return await real(spec)

        place._open = away
        assert await box.run(plan(("R", 30))) == "complete"
        assert (seen.guided[0], seen.guided[-1]) == (False, True)


async def test_a_guider_that_does_not_stop_keeps_the_mount_for_ten_seconds_at_most(
    tmp_path: Path, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def for_ever(_: SimulatedGuider) -> None:
        await asyncio.sleep(86400)

    async with guided_box(tmp_path, seen) as box:
        mount, guider = box.rig.mount, box.rig.guider
        assert guider is not None
        await mount.unpark()
        await mount.slew(find("M33").position)
        await guider.start(Settle())
        monkeypatch.setattr(SimulatedGuider, "stop", for_ever)
        clock = asyncio.get_running_loop().time
        began = clock()
        await mount.slew(find("M45").position)
        assert 10 < clock() - began < 50
        assert "guide.not_stopped" in box.codes("warning")


async def test_stopped_in_the_middle_it_guides_no_more(tmp_path: Path, seen: Seen) -> None:
    async with guided_box(tmp_path, seen) as box:
        job = await box.start(plan(("R", 30)))
        await box.until(lambda: len(seen.guided) == 2)
        assert box.sky.axes.guided.on
        job.cancel()
        await asyncio.wait({job})
        assert not box.sky.axes.guided.on


async def test_a_start_that_does_not_settle_but_guides_is_lived_with(
    tmp_path: Path, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = SimulatedGuider._settle

    async def restless(self: SimulatedGuider, settle: Settle) -> None:
        await real(self, settle)
        raise DeviceError("Guider", "not settled within 30 s")

    monkeypatch.setattr(SimulatedGuider, "_settle", restless)
    async with guided_box(tmp_path, seen) as box:
        assert await box.run(dithering(("R", 4), every=1)) == "complete"
        assert seen.guided == [True] * 4
        assert [line.text for line in box.lines("warning")] == [
            "Guider: not settled within 30 s; it guides all the same, the night goes on."
        ]
