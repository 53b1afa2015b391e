"""Fast nights: stars and solutions out of sketches, files that are whole or not there, as with pixels."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.errors import SolveFailed, StorageFailed
from appliance.imaging.calculator import Holds, LocalCalculator
from appliance.imaging.facts import SubFacts
from appliance.imaging.measure import StarSettings
from appliance.rehearsal.sketching import FastCalculator, SketchSolver, complete
from appliance.sky.coordinates import offset_by, separation_arcsec
from appliance.solve.near import NearSolver
from appliance.solve.solution import Hint, Solver
from appliance.solve.wcs import Tan
from hardware.devices import J2000, DeviceSpec, Exposure
from hardware.simulator.opener import SimulatorOpener
from hardware.simulator.projection import Projection
from hardware.simulator.sky import Sky
from hardware.simulator.world import World
from hardware.stars.catalogue import stars_within
from tests.appliance.rehearsal.sketches import FACTS, STAR, TRUTH, blank, seen, sketch

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]

# stars


async def test_what_the_sketch_shows_is_measured() -> None:
    field = await seen(sketch(count=33))
    assert (field.width, field.height, field.count, field.saturated) == (640, 512, 33, 1)
    assert (field.background, field.noise, field.truth) == (300.0, 5.0, TRUTH)
    assert field.hfr_median == pytest.approx(2.0, abs=0.02)
    assert np.isnan(field.hfr[0])
    assert list(field.x[:2]) == [10.0, 40.0]


async def test_only_the_brightest_are_listed() -> None:
    field = await seen(sketch(), StarSettings(most=5))
    assert [len(column) for column in (field.x, field.y, field.flux, field.hfr)] == [5] * 4
    assert field.count == 20


async def test_faint_stars_do_not_count_for_the_size_while_there_are_clear_ones() -> None:
    hfr = np.array([2.0, 2.0, 3.0, 3.0, 3.0], STAR)
    flux = np.array([9e4, 8e4, 90.0, 80.0, 70.0], STAR)
    assert (await seen(sketch(5, hfr=hfr, flux=flux))).hfr_median == 2.0
    assert (await seen(sketch(5, hfr=hfr, flux=flux / 1e4))).hfr_median == 3.0


@pytest.mark.parametrize("stars", [0, 1])
async def test_without_a_star_of_known_size_the_hfr_is_nan(stars: int) -> None:
    field = await seen(sketch(stars))
    assert np.isnan(field.hfr_median)
    assert len(field.x) == stars


# solving


async def test_a_solution_is_the_truth_but_for_a_small_error() -> None:
    solution = await SketchSolver().solve(await seen(sketch()), Hint(TRUTH.centre, scale_arcsec=2.0))
    assert 0 < separation_arcsec(solution.centre, TRUTH.centre) < 1.0
    assert solution.rotation_deg == pytest.approx(TRUTH.rotation_deg, abs=0.1)
    assert solution.scale_arcsec == pytest.approx(2.0)
    assert not solution.mirrored
    assert (solution.width, solution.height, solution.matched) == (640, 512, 20)


@pytest.mark.parametrize("rotation", [0.0, 33.0, 190.0])
async def test_its_wcs_puts_stars_where_the_simulated_sensor_has_them(rotation: float) -> None:
    truth = Projection(J2000(83.8, -60.0), rotation, 2.0 / 3600, 319.5, 255.5)
    solution = await SketchSolver(error_arcsec=0.0).solve(await seen(sketch(truth=truth)), Hint())
    star = offset_by(truth.centre, 70.0, 0.1)
    x, y = truth.pixels(np.array([star.ra_deg]), np.array([star.dec_deg]))
    theirs = Tan(solution.crpix, solution.crval, solution.cd).pixels([star.ra_deg], [star.dec_deg])
    assert (theirs[0][0] - 1, theirs[1][0] - 1) == (
        pytest.approx(x[0], abs=1e-3),
        pytest.approx(y[0], abs=1e-3),
    )


async def test_the_error_is_the_same_for_the_same_frame_and_seed_only() -> None:
    field, other = await seen(sketch()), await seen(sketch(hfr=np.full(20, 2.5, STAR)))
    first, again, reseeded, elsewhere = [
        (await SketchSolver(seed).solve(stars, Hint())).centre
        for seed, stars in ((1, field), (1, field), (2, field), (1, other))
    ]
    assert first == again
    assert len({(place.ra_deg, place.dec_deg) for place in (first, reseeded, elsewhere)}) == 3


@pytest.mark.parametrize(
    ("stars", "hint", "said"),
    [
        (7, Hint(), "Of 7 stars"),
        (20, Hint(offset_by(TRUTH.centre, 10.0, 3.1)), "within 3°"),
        (20, Hint(scale_arcsec=2.2), '2.20" per pixel'),
    ],
)
async def test_it_solves_no_better_than_others(stars: int, hint: Hint, said: str) -> None:
    solver: Solver = SketchSolver()
    with pytest.raises(SolveFailed, match=said):
        await solver.solve(await seen(sketch(stars)), hint)


async def test_it_solves_within_the_hints_radius_and_at_its_scale() -> None:
    near = Hint(offset_by(TRUTH.centre, 10.0, 2.9), scale_arcsec=2.05)
    assert (await SketchSolver().solve(await seen(sketch(8)), near)).matched == 8


async def test_real_stars_are_beyond_it() -> None:
    async with LocalCalculator().hold(blank()) as held:
        stars = await held.stars(StarSettings())
    with pytest.raises(SolveFailed):
        await SketchSolver(fewest=0).solve(stars, Hint())


async def test_a_frame_of_the_simulated_camera_is_measured_and_solved_alike_in_both_fidelities() -> None:
    fields, solutions = [], []
    measured: list[tuple[World, Holds, Solver]] = [
        (World(fidelity="fast"), FastCalculator(), SketchSolver()),
        (World(fidelity="pixels"), LocalCalculator(), NearSolver(stars_within)),
    ]
    for world, calculator, solver in measured:
        rig = SimulatorOpener(Sky(world, lambda moment: 1.79e9 + (moment or 0.0)))
        mount = await rig.mount(DeviceSpec("simulator", "Mount", {"parked": False, "scatter_arcsec": 0.0}))
        await mount.slew(J2000(10.0, 60.0))
        camera = await rig.camera(DeviceSpec("simulator", "Camera"))
        frame = await camera.expose(Exposure(10.0))
        async with calculator.hold(frame.pixels) as held:
            fields.append(await held.stars(StarSettings()))
        solutions.append(await solver.solve(fields[-1], Hint(J2000(10.0, 60.0), scale_arcsec=2.98)))
    fast, pixels = fields
    assert fast.hfr_median == pytest.approx(pixels.hfr_median, rel=0.05)
    assert fast.count == pytest.approx(pixels.count, rel=0.15)
    assert separation_arcsec(solutions[0].centre, solutions[1].centre) < 3.0
    assert solutions[0].rotation_deg == pytest.approx(solutions[1].rotation_deg, abs=0.1)
    assert solutions[0].scale_arcsec == pytest.approx(solutions[1].scale_arcsec, rel=1e-3)


# files


@pytest.mark.parametrize(
    ("calculator", "frame"),
    [(FastCalculator(), sketch()), (LocalCalculator(), blank())],
    ids=["fast", "pixels"],
)
async def test_a_sub_is_complete_or_not_there(
    calculator: Holds, frame: NDArray[np.uint16], tmp_path: Path
) -> None:
    path = tmp_path / "M42" / "sub.fits"
    assert not complete(path)
    async with calculator.hold(frame) as held:
        stars = await held.stars(StarSettings())
        await held.save(path, SubFacts(**{**_values(FACTS), "stars": stars}))
        assert complete(path)
        with pytest.raises(StorageFailed, match="never overwritten"):
            await held.save(path, FACTS)
    whole = path.read_bytes()
    for length in (
        0,
        1,
        10,
        len(whole) // 2,
        len(whole) // 2880 // 2 * 2880,
        len(whole) - 2880,
        len(whole) - 1,
    ):
        path.write_bytes(whole[: max(0, length)])
        assert not complete(path), length
    path.write_bytes(whole)
    assert complete(path)
    assert not complete(tmp_path / "M42")
    assert [file.name for file in path.parent.iterdir()] == ["sub.fits"]


def _values(facts: SubFacts) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in facts.__slots__}


async def test_a_file_of_someone_else_is_not_ours(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("END\n")
    assert not complete(path)


async def test_a_sketched_file_says_what_was_known_and_is_the_same_twice(tmp_path: Path) -> None:
    for name in ("one", "two"):
        async with FastCalculator().hold(sketch()) as held:
            await held.save(tmp_path / name, FACTS)
    text = (tmp_path / "one").read_text()
    assert text == (tmp_path / "two").read_text()
    assert "filter = Ha\n" in text
    assert "started = 2026-11-20 22:00:00+00:00\n" in text
    assert "gain" not in text


async def test_a_preview_replaces_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "preview.jpg"
    async with FastCalculator().hold(sketch()) as held:
        await held.preview(path, 100)
        await held.preview(path, 200)
    assert b"200" in path.read_bytes()
    assert complete(path)
