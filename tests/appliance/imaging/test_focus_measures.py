"""Widths, elongation, the sharpness of pictures without stars, the middle alone, and darks."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from numpy.typing import NDArray

from appliance.errors import BadInput
from appliance.imaging.darks import bad_pixels, calibrated, library, longest, nearest
from appliance.imaging.measure import StarSettings, measure
from appliance.imaging.measure_detail import detail_px
from appliance.imaging.measure_shapes import shapes
from appliance.imaging.work import stars as work_stars
from benchmarks.synthetic import Scene, render

SMALL = Scene(width=1280, height=1024, faintest=5_000, brightest=300_000, stars=60, hot_pixels=1000)
SHAPES = StarSettings(shapes=True)
Pixels = NDArray[np.uint16]


@pytest.mark.parametrize("hfr", [1.2, 2.0, 3.0, 6.0])
def test_the_width_of_a_gaussian_is_twice_its_half_flux_radius(hfr: float) -> None:
    field = measure(render(replace(SMALL, hfr=hfr))[0], SHAPES)
    assert field.fwhm is not None
    assert len(field.fwhm) == len(field.x)
    assert np.nanmedian(field.fwhm) == pytest.approx(2 * np.hypot(hfr, 0.3), rel=0.04)
    assert field.elongation < 1.1


def test_a_trailed_star_is_long() -> None:
    y, x = np.mgrid[:41, :41] - 20.0
    light = np.exp(-(x**2 / (2 * 3.0**2) + y**2 / (2 * 1.8**2))).astype(np.float32)[None]
    seen = shapes(light * 1000, np.array([20.0]), np.array([20.0]), np.array([2.5]))
    assert seen.elongation[0] == pytest.approx(3.0 / 1.8, rel=0.03)
    assert shapes(light[:0], np.empty(0), np.empty(0), np.empty(0)).fwhm.size == 0


def test_only_the_middle_is_looked_at() -> None:
    pixels, _ = render(SMALL)
    whole, middle = measure(pixels, StarSettings()), measure(pixels, StarSettings(crop=0.5))
    inside = [(x, y) for x, y in zip(whole.x, whole.y, strict=True) if 330 < x < 950 and 266 < y < 758]
    for x, y in inside:
        assert np.hypot(middle.x - x, middle.y - y).min() < 0.2
    assert middle.x.min() > 320
    assert middle.y.max() < 768
    assert (middle.width, middle.height) == (1280, 1024)


def test_small_and_faint_stars_can_be_left_out() -> None:
    pixels, _ = render(SMALL)
    every = measure(pixels, StarSettings())
    assert measure(pixels, StarSettings(smallest_hfr=3.0)).count <= 2
    clear = measure(pixels, StarSettings(min_snr=60.0))
    assert 0 < len(clear.x) < len(every.x)


def planet(blur: float, brightness: float = 20_000.0, *, whole: bool = False) -> Pixels:
    """A disc with bands, blurred; `whole`: a surface that fills the frame."""
    rng = np.random.default_rng(1)
    y, x = np.mgrid[:300, :400].astype(float)
    disc = np.ones_like(x) if whole else 1 / (1 + np.exp(np.hypot(y - 150, x - 200) - 50))
    disc = disc * (1 + 0.2 * np.sin(y / 5) + 0.1 * np.sin(x / 3.7 + y / 9))
    rate = np.fft.fftfreq(300)[:, None] ** 2 + np.fft.rfftfreq(400)[None] ** 2
    seen = (
        np.fft.irfft2(np.fft.rfft2(disc) * np.exp(-2 * np.pi**2 * blur**2 * rate), s=disc.shape) * brightness
    )
    seen += rng.standard_normal(seen.shape) * np.sqrt(225 + np.maximum(seen, 0) / 2) + 500
    seen.flat[rng.integers(0, seen.size, 200)] = 60_000
    return np.clip(seen, 0, 65_535).astype(np.uint16)


@pytest.mark.parametrize("whole", [False, True])
def test_detail_grows_with_blur(whole: bool) -> None:
    seen = [detail_px(planet(blur, whole=whole))[0] for blur in (1, 1.5, 2, 3, 4, 6, 8)]
    assert seen == sorted(seen)
    assert seen[-1] > 1.5 * seen[0]


def test_detail_does_not_depend_on_brightness() -> None:
    bright, dim = (detail_px(planet(2.0, brightness)) for brightness in (20_000, 2_000))
    assert dim[0] == pytest.approx(bright[0], rel=0.01)
    assert bright[1] > 5000


@pytest.mark.parametrize("pixels", [
    np.full((100, 100), 700, np.uint16), np.zeros((4, 4), np.uint16),
    np.random.default_rng(1).normal(700, 15, (300, 300)).astype(np.uint16),
])  # fmt: skip
def test_where_nothing_is_there_is_no_detail(pixels: Pixels) -> None:
    assert np.isnan(detail_px(pixels)[0])
    field = measure(pixels, StarSettings(detail=True))
    assert (field.count, field.lit) == (0, 0)


def dark_file(
    folder: Path, seconds: float, binning: int = 1, kind: str = "Dark Frame", side: int = 64
) -> Path:
    frame = np.random.default_rng(3).normal(300, 5, (side, side)).astype(np.uint16)
    frame[10, 20], frame[31, 7] = 9000, 4000
    path = folder / f"{kind[:4]}_{seconds:g}_{binning}_{side}.fits"
    unit = fits.PrimaryHDU(frame)
    unit.header.update({"EXPTIME": seconds, "XBINNING": binning, "IMAGETYP": kind})
    unit.writeto(path)
    return path


def test_the_nearest_dark_of_the_same_binning_and_size_wins(tmp_path: Path) -> None:
    for seconds in (1.0, 3.0, 5.5, 60.0):
        dark_file(tmp_path, seconds)
    dark_file(tmp_path, 4.0, binning=2)
    dark_file(tmp_path, 4.0, side=32)
    dark_file(tmp_path, 4.0, kind="Light Frame")
    (tmp_path / "broken.fits").write_bytes(b"no")
    darks = library(tmp_path)
    assert len(darks) == 6
    found = nearest(darks, 4.0, 1, (64, 64))
    assert found is not None
    assert found.seconds == 3.0
    assert nearest(darks, 8.0, 1, (64, 64)) is None
    assert nearest(darks, 7.5, 1, (64, 64)) is not None
    assert nearest(darks, 4.0, 3, (64, 64)) is None
    long_ = longest(darks, 1, (64, 64))
    assert long_ is not None
    assert long_.seconds == 60.0
    with pytest.raises(BadInput, match="no folder"):
        library(tmp_path / "nowhere")


@pytest.mark.parametrize("how", ["dark", "bad_pixels"])
def test_bad_pixels_are_gone_and_the_rest_is_as_it_was(how: str, tmp_path: Path) -> None:
    dark_file(tmp_path, 4.0)
    rng = np.random.default_rng(5)
    light = rng.normal(1000, 10, (64, 64))
    light[10, 20] += 8700
    light[31, 7] += 3700
    clean = calibrated(light.astype(np.uint16), how, tmp_path, 4.0, 1)  # type: ignore[arg-type]
    assert clean.max() < 1100
    assert np.median(clean) == pytest.approx(1000, abs=4)
    untouched = calibrated(light.astype(np.uint16), how, tmp_path, 4.0, 2)  # type: ignore[arg-type]
    assert untouched.max() > 9000


def test_a_dark_with_light_in_it_is_no_map() -> None:
    frame = np.random.default_rng(3).normal(300, 5, (64, 64)).astype(np.uint16)
    frame[:8] = 9000
    assert bad_pixels(frame).size == 0


def test_the_calculator_takes_the_dark_off(tmp_path: Path) -> None:
    dark_file(tmp_path, 4.0)
    light = np.random.default_rng(5).normal(1000, 10, (64, 64)).astype(np.uint16)
    settings = StarSettings(calibrate="dark", darks=tmp_path, seconds=4.0)
    assert work_stars(light, settings, again=False).background == pytest.approx(1000, abs=5)
