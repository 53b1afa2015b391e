import asyncio
import os
from pathlib import Path

import psutil
import pytest

from appliance.errors import SolveFailed
from appliance.imaging.stars import StarField
from appliance.sky.coordinates import offset_by, separation_arcsec
from appliance.solve.engine import EngineSolver
from appliance.solve.indexes import indexes_in, useful
from appliance.solve.solution import Hint
from appliance.solve.solve_field import SolveFieldSolver
from tests.appliance.solve.skies import Scene

pytestmark = pytest.mark.solver


@pytest.fixture(autouse=True)
def solver_is_installed() -> None:
    assert EngineSolver().missing() is None, "`make test` installs astrometry.net and its indexes"


def near(scene: Scene) -> Hint:
    return Hint(offset_by(scene.centre, 40.0, 0.5), 3.0, scene.scale * 1.02)


def blind(scene: Scene) -> Hint:
    return Hint(None, scale_arcsec=scene.scale * 0.98)


@pytest.mark.parametrize("hint", [near, blind])
async def test_solves(scene: Scene, hint: type[Hint]) -> None:
    solution = await EngineSolver().solve(scene.stars, hint(scene))  # type: ignore[arg-type]
    assert separation_arcsec(solution.centre, scene.centre) < 2.0
    assert solution.scale_arcsec == pytest.approx(scene.scale, rel=2e-3)
    assert abs((solution.rotation_deg - scene.rotation + 180) % 360 - 180) < 0.1
    assert solution.mirrored == scene.mirrored
    assert solution.crpix == ((scene.stars.width + 1) / 2, (scene.stars.height + 1) / 2)
    assert solution.matched > 5


async def test_solve_field_gives_the_same(scene: Scene) -> None:
    solution = await SolveFieldSolver().solve(scene.stars, near(scene))
    assert separation_arcsec(solution.centre, scene.centre) < 2.0
    assert solution.mirrored == scene.mirrored
    assert solution.matched > 5


async def test_the_wrong_place_fails(scene: Scene) -> None:
    wrong = Hint(offset_by(scene.centre, 90.0, 40.0), 3.0, scene.scale)
    with pytest.raises(SolveFailed, match=r"none of .* fits"):
        await EngineSolver(within=250.0).solve(scene.stars, wrong)


async def test_a_time_limit_ends_it(random_field: StarField) -> None:
    with pytest.raises(SolveFailed, match="no answer within"):
        await EngineSolver(within=0.2).solve(random_field, Hint())
    assert not children()


@pytest.mark.parametrize("solver", [EngineSolver(), SolveFieldSolver()])
async def test_stop_leaves_no_process_and_no_file(
    solver: EngineSolver | SolveFieldSolver,
    random_field: StarField,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    solving = asyncio.ensure_future(solver.solve(random_field, Hint()))
    while not any("astrometry-engine" in name for name in children()):
        assert not solving.done()
        await asyncio.sleep(0)
    solving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await solving
    assert not children()
    assert not os.listdir(tmp_path)  # noqa: PTH208 - a path's own method is for synchronous code


def children() -> list[str]:
    names = []
    for child in psutil.Process().children(recursive=True):
        try:
            names.append(" ".join(child.cmdline()))
        except psutil.Error:
            continue
    return names


async def test_warming_reads_the_files_that_fit(scene: Scene) -> None:
    # Very wide fields need only the small files of large patterns.
    hint = Hint(None, scale_arcsec=200.0, scale_tolerance=0.01)
    chosen = useful(indexes_in(), 1280, 1024, (198.0, 202.0))
    assert 0 < len(chosen) < len(indexes_in())
    count = await EngineSolver().warm(1280, 1024, hint)
    assert count == sum(index.path.stat().st_size for index in chosen)
