"""The learned focus over nights: whole curves first, then few frames; each run is kept as a package."""

from pathlib import Path

import pytest
from astropy.io import fits

from appliance.focus.package import read
from appliance.focus.replay import replay
from appliance.journal import FocusRun
from tests.appliance.sequence.night_rig import box_in, plan

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.looptime,
    pytest.mark.usefixtures("patient_workers"),
]
BEST = 12_160  # of the simulated rig


async def test_two_whole_curves_teach_the_third_run(tmp_path: Path) -> None:
    steps = ("R", 1), ("G", 1), ("R", 1), ("G", 1)
    async with box_in(tmp_path, focus={"method": "learned"}) as box:
        await box.run(plan(*steps, focus_at_start=True, focus_on_filter_change="always"))
        runs = await box.journal.read(FocusRun)
        assert [run.method for run in runs] == ["sweep", "sweep", "learned", "learned"]
        assert all((run.exposures or 0) >= 8 for run in runs[:2])
        assert all((run.exposures or 0) <= 5 for run in runs[2:])
        assert all(abs((run.position or 0) - BEST) < 60 for run in runs)
        assert {run.model["binning"] for run in runs} == {1}


async def test_every_run_is_kept_and_runs_again(tmp_path: Path) -> None:
    async with box_in(tmp_path, focus={"keep_frames": True}) as box:
        await box.run(plan(("R", 1), focus_at_start=True))
        (run,) = await box.journal.read(FocusRun)
    (folder,) = (tmp_path / "focus").iterdir()
    package = read(folder)
    assert (package.filter, package.reason) == ("R", "start")
    assert package.outcome["position"] == run.position
    replayed = await replay(package)
    assert replayed.result is not None
    assert replayed.result.position == pytest.approx(run.position, abs=1)
    frames = sorted(folder.glob("*.fits"))
    assert len(frames) == len(package.frames) == run.exposures
    assert [fits.getheader(path)["FOCUSPOS"] for path in frames] == [
        taken.position for taken in package.frames
    ]


async def test_a_run_without_stars_is_kept_too(tmp_path: Path) -> None:
    async with box_in(tmp_path, focus={"min_stars": 5000}) as box:
        await box.run(plan(("R", 1), focus_at_start=True))
        (run,) = await box.journal.read(FocusRun)
    (folder,) = (tmp_path / "focus").iterdir()
    assert read(folder).failure == run.failure
