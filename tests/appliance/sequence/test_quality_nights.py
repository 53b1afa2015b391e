"""Nights with the gate for subs: marked, taken again, and what a flaw asks for."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits

from appliance.imaging.calculator import LocalCalculator
from appliance.imaging.stars import StarField
from appliance.journal import FocusRun, Span, Sub, SubState
from appliance.rehearsal.audit import check_files, check_saved, rows
from appliance.rehearsal.breaches import Breaches
from appliance.sequence.messages import SubSaved
from appliance.sequence.resume import settle_interrupted
from tests.appliance.sequence.night_rig import Box, box_in, plan

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime, pytest.mark.usefixtures("patient_workers")]
Spoil = Callable[[StarField], StarField]


def cloudy(stars: StarField) -> StarField:
    return replace(stars, count=stars.count // 10)


def blurred(stars: StarField) -> StarField:
    return replace(stars, hfr_median=stars.hfr_median * 2)


@dataclass
class Spoiling:
    """The calculator, which finds other stars in the subs (not the looks) of those numbers."""

    real: Any
    spoil: Spoil
    which: set[int]
    measured: int = 0

    def hold(self, pixels: Any) -> Any:
        return _Holding(self, self.real.hold(pixels))


@dataclass
class _Holding:
    owner: Spoiling
    inner: Any

    async def __aenter__(self) -> Any:
        held = await self.inner.__aenter__()
        return _Held(self.owner, held)

    async def __aexit__(self, *why: Any) -> Any:
        return await self.inner.__aexit__(*why)


@dataclass
class _Held:
    owner: Spoiling
    held: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.held, name)

    async def stars(self, settings: Any) -> StarField:
        found: StarField = await self.held.stars(settings)
        self.owner.measured += 1
        return self.owner.spoil(found) if self.owner.measured in self.owner.which else found


LOOKS = 2  # of centring, before the first sub


def spoiling(box: Box, spoil: Spoil, *subs: int) -> None:
    box.calculator = Spoiling(LocalCalculator(), spoil, {LOOKS + number for number in subs})


def whole(path: Path) -> bool:
    with fits.open(path) as opened:
        return bool(np.any(opened[0].data))


def audited(box: Box) -> None:
    """The storm's invariants over what is on disk."""
    breaches = Breaches(lambda: 0.0)
    every = rows(box.folder / "journal.sqlite")
    check_saved(every, box.images, whole, breaches)
    check_files(every, box.images, whole, breaches)
    assert not breaches.found


async def test_a_flawed_sub_is_marked_and_counts(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        spoiling(box, cloudy, 5)
        assert await box.run(plan(("L", 6))) == "complete"
        subs = await box.subs()
        assert [sub.flaws for sub in subs] == ["", "", "", "", "stars", ""]
        assert all(sub.state is SubState.SAVED and sub.background for sub in subs)
        header = fits.getheader(box.images / (subs[4].file or ""))
        assert header["QUALITY"] == "stars"
        assert "QUALITY" not in fits.getheader(box.images / (subs[3].file or ""))
        assert [
            line.text for line in box.lines() if "marked:" in line.text and "stars instead of" in line.text
        ]
        audited(box)


async def test_a_flawed_sub_is_taken_again_and_kept(tmp_path: Path) -> None:
    async with box_in(tmp_path, quality={"action": "retake"}) as box:
        spoiling(box, cloudy, 5, 6)
        assert await box.run(plan(("L", 6))) == "complete"
        rejected = await box.subs(SubState.REJECTED)
        assert [sub.flaws for sub in rejected] == ["stars", "stars"]
        assert len({sub.file for sub in rejected}) == 2
        for sub in rejected:
            assert "_rejected" in (sub.file or "")
            assert fits.getheader(box.images / (sub.file or ""))["QUALITY"] == "stars"
        saved = await box.subs(SubState.SAVED)
        assert sorted(sub.number for sub in saved) == [1, 2, 3, 4, 5, 6]
        assert len([one for one in box.said if isinstance(one, SubSaved)]) == 6
        assert len([line for line in box.lines("warning") if "is taken again" in line.text]) == 2
        audited(box)


async def test_no_more_than_so_many_are_taken_again_in_a_row(tmp_path: Path) -> None:
    async with box_in(tmp_path, quality={"action": "retake", "retakes": 2}) as box:
        spoiling(box, cloudy, *range(4, 40))
        assert await box.run(plan(("L", 6))) == "complete"
        assert len(await box.subs(SubState.REJECTED)) == 2
        assert [sub.flaws for sub in await box.subs(SubState.SAVED)].count("stars") == 3


async def test_off_looks_at_nothing(tmp_path: Path) -> None:
    async with box_in(tmp_path, quality={"action": "off"}) as box:
        spoiling(box, cloudy, 5)
        assert await box.run(plan(("L", 6))) == "complete"
        assert not any(sub.flaws for sub in await box.subs())


async def test_a_large_hfr_asks_for_a_focus_run(tmp_path: Path) -> None:
    async with box_in(tmp_path, quality={"refocus": True}) as box:
        spoiling(box, blurred, 5)
        assert await box.run(plan(("L", 8))) == "complete"
        (run,) = await box.journal.read(FocusRun)
        assert run.reason == "quality"


async def test_a_large_offset_asks_for_centring(tmp_path: Path) -> None:
    # Every sub is farther off than this: each one is marked, and centred again.
    async with box_in(tmp_path, quality={"offset_arcsec": 0.01}, centring={"recentre_arcsec": 0.0}) as box:
        assert await box.run(plan(("L", 3))) == "complete"
        assert {sub.flaws for sub in await box.subs()} == {"offset"}
        centred = [s for s in await box.journal.read(Span) if s.name.startswith("Centre on")]
        assert len(centred) > 1
    still = {"offset_arcsec": 0.01, "recentre": False}
    (tmp_path / "2").mkdir()
    async with box_in(tmp_path / "2", quality=still, centring={"recentre_arcsec": 0.0}) as box:
        assert await box.run(plan(("L", 3))) == "complete"
        assert len([s for s in await box.journal.read(Span) if s.name.startswith("Centre on")]) == 1


async def test_elongation_is_measured_where_it_is_looked_at(tmp_path: Path) -> None:
    async with box_in(tmp_path, quality={"elongation_percent": 40.0}) as box:
        spoiling(box, lambda stars: replace(stars, elongation=3.0), 5)
        assert await box.run(plan(("L", 5))) == "complete"
        subs = await box.subs()
        assert 1.0 <= (subs[0].elongation or 0.0) < 1.5
        assert [sub.flaws for sub in subs] == ["", "", "", "", "elongation"]


async def test_after_a_restart_the_night_remembers_what_is_usual(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        job = await box.start(plan(("L", 8)))
        await box.until(lambda: len([one for one in box.said if isinstance(one, SubSaved)]) == 4)
        job.cancel()
    async with box_in(tmp_path, at=1_795_204_800.0 + 1800) as box:
        spoiling(box, cloudy, *range(1, 40))
        assert await box.run(plan(("L", 8))) == "complete"
        assert "stars" in {sub.flaws for sub in await box.subs()}


async def test_a_rejected_sub_found_after_a_power_cut_does_not_count(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        night = await box.night(plan(("L", 1)))
        name = "x/M33_L_20s_0001_rejected.fits"
        (box.images / "x").mkdir(parents=True)
        (box.images / name).write_bytes(b"complete")
        await box.journal.add(
            Sub(
                run=night.run, step_key="k", number=1, target="M33", filter="L", seconds=20.0,
                state=SubState.EXPOSING, file=name, flaws="stars",
            )
        )  # fmt: skip
        await settle_interrupted(night)
        (sub,) = await box.subs()
        assert sub.state is SubState.REJECTED
        assert await box.journal.saved(night.run) == {}
