"""The same stars through a run."""

import math
from dataclasses import replace
from random import Random

import numpy as np
import pytest

from appliance.focus.matching import common_size, sizes_of
from appliance.imaging.stars import StarField
from tests.appliance.focus.fake_focus import star_field


def sky(
    sizes: list[float], places: list[tuple[float, float]], shift: tuple[float, float] = (0, 0)
) -> StarField:
    hfr = np.array(sizes, np.float32)
    x, y = np.array(places, np.float32).reshape(-1, 2).T + np.array(shift, np.float32)[:, None]
    return replace(
        star_field(1.0, len(sizes)),
        x=x,
        y=y,
        hfr=hfr,
        hfr_median=float(np.nanmedian(hfr)) if sizes else math.nan,
    )


def places(count: int, seed: int = 1) -> list[tuple[float, float]]:
    random = Random(seed)
    return [(random.uniform(0, 1200), random.uniform(0, 1000)) for _ in range(count)]


def test_a_changed_set_of_stars_changes_nothing() -> None:
    """Half of the stars are twice as wide (a double, a corner); a cloud hides the others in one frame."""
    where, own = places(40), [0.0] * 20 + [2.0] * 20
    frames = [sky([math.hypot(f, one) for one in own], where) for f in (3.0, 2.0, 1.5, 2.0, 3.0)]
    frames[3] = sky([math.hypot(2.0, one) for one in own[20:]], where[20:])
    raw = [field.hfr_median for field in frames]
    assert raw[3] > 1.1 * raw[1]
    level = common_size(frames)
    assert level[3] == pytest.approx(level[1], rel=1e-3)
    assert level[0] > level[1] > level[2] < level[3] < level[4]


def test_frames_that_drift_are_matched() -> None:
    where = places(30)
    sizes = [1.0 + 0.05 * index for index in range(30)]
    frames = [sky(sizes, where), sky(sizes, where, (25.0, -12.0)), sky(sizes, where, (-31.0, 40.0))]
    table = sizes_of(frames)
    assert np.isfinite(table).all()
    assert np.allclose(table, table[0])


def test_a_third_of_wrong_partners_moves_nothing() -> None:
    where, random = places(60), Random(3)
    frames = []
    for factor in (2.5, 1.5, 1.0, 1.5, 2.5):
        sizes = [factor * (random.uniform(0.4, 3.0) if index % 4 == 0 else 1.0) for index in range(60)]
        frames.append(sky(sizes, where))
    level = common_size(frames)
    assert level / level[2] == pytest.approx([2.5, 1.5, 1.0, 1.5, 2.5], rel=0.02)


def test_a_frame_without_common_stars_counts_only_while_few_agree() -> None:
    """Two frames may differ for many reasons; one against three shows something else: hot pixels, a hole."""
    known = [sky([size] * 20, places(20)) for size in (2.0, 1.0, 1.5)]
    other = sky([1.7] * 20, places(20, seed=9))
    assert common_size([*known[:2], other])[2] == pytest.approx(1.7)
    assert math.isnan(common_size([*known, other])[3])
    assert common_size([*known, other])[:3] == pytest.approx([2.0, 1.0, 1.5])


def test_saturated_stars_and_empty_frames_are_nothing() -> None:
    where = places(10)
    frames = [sky([math.nan] * 5 + [2.0] * 5, where), sky([1.0] * 10, where), sky([], [])]
    assert not np.isfinite(sizes_of(frames)[0, :5]).any()
    assert not np.isfinite(sizes_of(frames)[2]).any()
    assert math.isnan(common_size(frames)[2])
    assert common_size([]).size == 0
