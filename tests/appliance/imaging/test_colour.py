"""Colour cameras: patterns, their pixels in colour, a grey sky."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from appliance.imaging.colour import pattern_at, pattern_of, sky_tint, superpixels
from appliance.imaging.preview import BACKGROUND, stretched, write_preview
from hardware.devices import Sensor

Pixels = NDArray[np.uint16]
SKY = {"R": 1400.0, "G": 2200.0, "B": 900.0}


def frame(pattern: str, shape: tuple[int, int] = (120, 160)) -> Pixels:
    """A tinted sky with noise, and one red nebula in its middle."""
    rng = np.random.default_rng(3)
    made = rng.normal(0, 12, shape)
    for place, colour in enumerate(pattern):
        made[place // 2 :: 2, place % 2 :: 2] += SKY[colour]
        if colour == "R":
            made[place // 2 :: 2, place % 2 :: 2][20:30, 30:50] += 3000
    return made.astype(np.uint16)


@pytest.mark.parametrize(
    ("bayer", "x", "y", "seen"),
    [
        ("RGGB", 0, 0, "RGGB"), ("RGGB", 1, 0, "GRBG"), ("RGGB", 0, 1, "GBRG"), ("RGGB", 3, 1, "BGGR"),
        (" bggr", 0, 0, "BGGR"), (None, 0, 0, None), ("", 1, 1, None), ("RGBW", 0, 0, None),
    ],
)  # fmt: skip
def test_the_pattern_as_it_is_seen(bayer: str | None, x: int, y: int, seen: str | None) -> None:
    assert pattern_at(bayer, x, y) == seen


def test_binning_mixes_the_colours() -> None:
    sensor = Sensor(100, 100, 3.8, bayer="RGGB")
    assert pattern_of(sensor, 1) == "RGGB"
    assert pattern_of(sensor, 2) is None


@pytest.mark.parametrize("pattern", ["RGGB", "BGGR", "GRBG", "GBRG"])
@pytest.mark.parametrize("factor", [1, 3])
def test_each_block_is_a_pixel(pattern: str, factor: int) -> None:
    made = superpixels(frame(pattern), pattern, factor)
    assert made.shape == (60 // factor, 80 // factor, 3)
    assert made[2, 2] == pytest.approx(list(SKY.values()), abs=60)
    assert made[25 // factor, 40 // factor, 0] > 4000
    assert np.median(made - sky_tint(made), axis=(0, 1)) == pytest.approx([1500] * 3, abs=20)


def test_the_sky_is_grey_and_what_is_red_is_red() -> None:
    shown = stretched(frame("GRBG"), 1000, "GRBG")
    assert shown.shape == (60, 80, 3)
    assert np.median(shown, axis=(0, 1)) == pytest.approx([255 * BACKGROUND] * 3, abs=6)
    red, green, blue = shown[25, 40].astype(int)
    assert red > 2 * max(green, blue)


def test_mono_is_as_it_was(tmp_path: Path) -> None:
    pixels = frame("RGGB")
    assert stretched(pixels, 1000).shape == pixels.shape
    write_preview(tmp_path / "mono.jpg", pixels, 100)
    write_preview(tmp_path / "colour.jpg", pixels, 100, "RGGB")
    with Image.open(tmp_path / "mono.jpg") as mono, Image.open(tmp_path / "colour.jpg") as colour:
        assert (mono.mode, colour.mode) == ("L", "RGB")
        assert colour.size == (80, 60)


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (2, 2), (3, 5)])
def test_frames_with_hardly_a_pixel(shape: tuple[int, int]) -> None:
    assert stretched(np.full(shape, 900, np.uint16), 64, "RGGB").size > 0
