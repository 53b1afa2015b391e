import asyncio
import time

import numpy as np
import pytest

from appliance.errors import SolveFailed
from appliance.imaging.stars import StarField
from appliance.sky.coordinates import offset_by, separation_arcsec
from appliance.solve.near import NearSolver
from appliance.solve.solution import Hint
from hardware.devices import J2000
from hardware.stars.catalogue import stars_within
from tests.appliance.solve.skies import HEIGHT, WIDTH, Scene, field_of, make_scene

SOLVER = NearSolver(stars_within)


async def test_solves_near_a_hint(scene: Scene) -> None:
    hint = Hint(offset_by(scene.centre, 50.0, 0.7), 3.0, scene.scale * 1.03)
    solution = await SOLVER.solve(scene.stars, hint)
    assert separation_arcsec(solution.centre, scene.centre) < 2.0
    assert solution.scale_arcsec == pytest.approx(scene.scale, rel=2e-3)
    assert abs((solution.rotation_deg - scene.rotation + 180) % 360 - 180) < 0.1
    assert solution.mirrored == scene.mirrored
    assert solution.matched >= 0.7 * (scene.stars.count - 5)


async def test_the_whole_frame_fits_not_only_its_middle(scene: Scene) -> None:
    solution = await SOLVER.solve(scene.stars, Hint(scene.centre, 1.0, scene.scale))
    corner = type(scene.tan)(solution.crpix, solution.crval, solution.cd)
    for x, y in ((1.0, 1.0), (1280.0, 1.0), (1.0, 1024.0)):
        ours, true = J2000(*map(float, corner.sky(x, y))), J2000(*map(float, scene.tan.sky(x, y)))
        assert separation_arcsec(ours, true) < 4.0


@pytest.mark.parametrize("seed", range(8))
async def test_false_and_missing_stars_do_not_matter(seed: int) -> None:
    scene = make_scene(J2000(300.0, 35.0), 2.5, 10.0, false=30, missing=0.3, seed=seed)
    solution = await SOLVER.solve(scene.stars, Hint(scene.centre, 2.0, scene.scale))
    assert separation_arcsec(solution.centre, scene.centre) < 2.0


async def test_the_wrong_place_is_refused(scene: Scene) -> None:
    hint = Hint(offset_by(scene.centre, 90.0, 8.0), 2.0, scene.scale)
    with pytest.raises(SolveFailed, match="fit nowhere"):
        await SOLVER.solve(scene.stars, hint)


async def test_no_sky_is_not_recognised(random_field: StarField) -> None:
    with pytest.raises(SolveFailed):
        await SOLVER.solve(random_field, Hint(J2000(300.0, 35.0), 3.0, 2.5, 0.1))


@pytest.mark.parametrize("hint", [Hint(None, scale_arcsec=2.0), Hint(J2000(1.0, 2.0))])
async def test_needs_a_place_and_a_scale(scene: Scene, hint: Hint) -> None:
    with pytest.raises(SolveFailed, match="approximate position and scale"):
        await SOLVER.solve(scene.stars, hint)


async def test_leaves_the_loop_to_others_and_can_be_stopped(random_field: StarField) -> None:
    lags: list[float] = []
    enough = asyncio.Event()

    async def watch() -> None:
        while True:
            before = time.thread_time()
            await asyncio.sleep(0)
            lags.append(time.thread_time() - before)
            if len(lags) == 20:
                enough.set()

    watching = asyncio.ensure_future(watch())
    solving = asyncio.ensure_future(SOLVER.solve(random_field, Hint(J2000(300.0, 35.0), 8.0, 1.0)))
    await enough.wait()
    solving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await solving
    watching.cancel()
    # The first step reads the catalogue; a busy machine may double any of them.
    assert float(np.median(lags)) < 0.02


@pytest.mark.parametrize("seed", range(6))
async def test_a_small_field_with_few_stars_that_the_catalogue_knows(seed: int) -> None:
    """A long telescope's: seven known stars are the brightest of many that are fainter."""
    scene = make_scene(J2000(300.0, 35.0), 1.1, 75.0, missing=0.0, false=40, faint=True, seed=seed)
    solution = await SOLVER.solve(scene.stars, Hint(offset_by(scene.centre, 20.0, 0.3), 1.0, scene.scale))
    assert separation_arcsec(solution.centre, scene.centre) < 3.0


@pytest.mark.parametrize("seed", range(12))
async def test_points_of_every_brightness_that_are_no_sky_are_refused(seed: int) -> None:
    random = np.random.default_rng(seed)
    count = int(random.integers(8, 70))
    x, y = random.uniform(0, WIDTH, count), random.uniform(0, HEIGHT, count)
    field = field_of(x, y, 10 ** random.uniform(0, 3, count))
    with pytest.raises(SolveFailed):
        await SOLVER.solve(field, Hint(J2000(30.0 * seed, 5.0 * seed - 30), 1.0, 2.0))
