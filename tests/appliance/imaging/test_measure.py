"""Star measurement against frames whose truth is known."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.imaging.measure import StarSettings, measure
from appliance.imaging.stars import StarField
from benchmarks.synthetic import Scene, Truth, render

SETTINGS = StarSettings()
SMALL = Scene(width=1280, height=1024, faintest=5_000, brightest=300_000)


def off_by(field: StarField, truth: Truth) -> NDArray[np.float64]:
    """How far each measured star is from the nearest true one, pixels."""
    return np.array([np.hypot(truth.x - x, truth.y - y).min() for x, y in zip(field.x, field.y, strict=True)])


@pytest.mark.parametrize("hfr", [1.2, 2.0, 3.0, 4.0])
def test_sharp_stars_are_measured_within_3_percent_and_hot_pixels_ignored(hfr: float) -> None:
    pixels, truth = render(replace(SMALL, stars=60, hot_pixels=1000, hfr=hfr))
    field = measure(pixels, SETTINGS)
    # A star is never narrower than the pixels that sample it.
    assert field.hfr_median == pytest.approx(np.hypot(hfr, 0.34), rel=0.03)
    assert len(field.x) >= 45
    assert (off_by(field, truth) > 3).sum() <= 2
    assert np.median(off_by(field, truth)[:20]) < 0.05


@pytest.mark.parametrize("hfr", [6.0, 12.0, 20.0, 30.0])
def test_donuts_far_out_of_focus_are_measured(hfr: float) -> None:
    scene = replace(SMALL, faintest=3e5, brightest=1e7, stars=12, hot_pixels=300, hfr=hfr, donut=True)
    pixels, truth = render(scene)
    field = measure(pixels, SETTINGS)
    assert field.hfr_median == pytest.approx(hfr, rel=0.03)
    assert 5 <= len(field.x) <= 12
    assert np.median(off_by(field, truth)) < 0.1 * hfr


def test_a_big_frame_is_measured_at_full_resolution() -> None:
    pixels, truth = render(Scene(width=4000, height=3000, stars=800, hot_pixels=3000))
    field = measure(pixels, SETTINGS)
    assert field.hfr_median == pytest.approx(2.02, rel=0.03)
    assert np.median(off_by(field, truth)[:100]) < 0.03
    assert len(field.x) > 390
    assert field.count > 700
    assert (field.width, field.height) == (4000, 3000)
    assert field.background == pytest.approx(900, abs=30)
    assert field.noise == pytest.approx(18, rel=0.05)
    assert (np.diff(field.flux) <= 0).all()


def test_three_stars_are_enough() -> None:
    pixels, truth = render(replace(SMALL, stars=3, hot_pixels=500))
    field = measure(pixels, SETTINGS)
    assert len(field.x) == 3
    assert off_by(field, truth).max() < 0.3
    assert field.hfr_median == pytest.approx(2.05, rel=0.05)


def test_saturated_stars_keep_their_place_but_give_no_size() -> None:
    pixels, truth = render(replace(SMALL, brightest=3e7, stars=100, hot_pixels=0))
    field = measure(pixels, SETTINGS)
    assert field.saturated == np.isnan(field.hfr).sum() > 0
    assert np.isnan(field.hfr[0])
    assert off_by(field, truth)[0] < 0.5
    assert field.hfr_median == pytest.approx(2.05, rel=0.03)


def test_a_clip_below_the_full_well_is_recognised() -> None:
    pixels, _ = render(replace(SMALL, stars=100, hot_pixels=0))
    assert measure(pixels, SETTINGS).saturated == 0
    assert measure(np.minimum(pixels, 4095), SETTINGS).saturated > 0
    assert measure(pixels, StarSettings(full_well=4095)).saturated > 0


def test_stars_at_the_edge_are_left_out() -> None:
    pixels, _ = render(replace(SMALL, stars=400, hot_pixels=0))
    field = measure(pixels, SETTINGS)
    assert field.x.min() >= 3
    assert field.x.max() <= 1276
    assert field.y.min() >= 3
    assert field.y.max() <= 1020


def test_a_colour_sensor_gives_the_same_size() -> None:
    pixels, _ = render(replace(SMALL, stars=100, hot_pixels=300))
    coloured = pixels.astype(float)
    coloured[0::2, 0::2] *= 0.6
    coloured[1::2, 1::2] *= 0.5
    field = measure(coloured.astype(np.uint16), SETTINGS)
    assert field.hfr_median == pytest.approx(2.05, rel=0.05)
    assert len(field.x) <= 110


def test_a_bright_nebula_does_not_pass_for_stars() -> None:
    pixels, _ = render(replace(SMALL, stars=100, hot_pixels=0))
    y, x = np.mgrid[:1024, :1280]
    glow = 8000 * np.exp(-((x - 600) ** 2 + (y - 500) ** 2) / (2 * 120**2))
    field = measure(np.clip(pixels + glow, 0, 65535).astype(np.uint16), SETTINGS)
    assert field.hfr_median == pytest.approx(2.05, rel=0.05)
    assert 60 <= len(field.x) <= 105


@pytest.mark.parametrize(
    "shape", [(0, 0), (1, 1), (15, 15), (16, 16), (20, 40), (33, 1000), (100, 100), (1024, 1280)]
)
@pytest.mark.parametrize("level", [0, 1000, 65535])
def test_frames_without_stars_give_an_empty_field(shape: tuple[int, int], level: int) -> None:
    constant = np.full(shape, level, np.uint16)
    noisy = np.random.default_rng(1).normal(1000, 20, shape).astype(np.uint16)
    for field in (measure(constant, SETTINGS), measure(noisy, SETTINGS)):
        assert len(field.x) == field.count == 0
        assert np.isnan(field.hfr_median)


def test_hot_pixels_alone_give_an_empty_field() -> None:
    pixels, _ = render(replace(SMALL, stars=0, hot_pixels=2000))
    assert measure(pixels, SETTINGS).count <= 2


def test_views_of_a_frame_are_measured_alike() -> None:
    pixels, _ = render(replace(SMALL, stars=60, hot_pixels=0))
    whole = measure(pixels, SETTINGS)
    assert measure(np.asfortranarray(pixels), SETTINGS).hfr_median == whole.hfr_median
    assert measure(pixels[1:, 3:], SETTINGS).hfr_median == pytest.approx(whole.hfr_median, rel=0.01)
