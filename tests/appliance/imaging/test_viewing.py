"""Tiles and previews of a FITS file, as a viewer puts them together again."""

import os
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from numpy.typing import NDArray
from PIL import Image

from appliance.errors import BadInput
from appliance.imaging.facts import SubFacts
from appliance.imaging.fitsfile import write_fits
from appliance.imaging.measure import StarSettings
from appliance.imaging.preview import stretched
from appliance.imaging.viewing import PREVIEW, TILE, TILES, Level, Picture, make_pictures, read_picture
from appliance.imaging.viewing_process import main

Pixels = NDArray[np.uint16]
MUCH = 10_000_000


@pytest.fixture
def made(tmp_path: Path, pixels: Pixels, facts: SubFacts) -> tuple[Path, Picture]:
    write_fits(tmp_path / "sub.fits", pixels, facts)
    folder = tmp_path / "pictures" / "7"
    make_pictures(tmp_path / "sub.fits", folder, StarSettings(), MUCH)
    picture = read_picture(folder)
    assert picture is not None
    return folder, picture


def together(folder: Path, picture: Picture, level: Level, mode: str = "L") -> NDArray[np.uint8]:
    """The level's picture from its tiles."""
    data = (folder / TILES).read_bytes()
    colours = (3,) if mode == "RGB" else ()
    whole = np.zeros((level.height, level.width, *colours), np.uint8)
    for number in range(level.columns * level.rows):
        begin, end = picture.ends[level.first + number : level.first + number + 2]
        with Image.open(BytesIO(data[begin:end])) as image:
            tile = np.asarray(image.convert(mode))
        top, left = (TILE * part for part in divmod(number, level.columns))
        whole[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
    return whole


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as image:
        return image.size


def test_the_tiles_are_the_whole_frame_with_its_first_row_on_top(
    made: tuple[Path, Picture], pixels: Pixels
) -> None:
    folder, picture = made
    (level,) = picture.levels
    assert (level.factor, level.width, level.height, level.columns, level.rows) == (1, 640, 480, 3, 2)
    shown = together(folder, picture, level).astype(float)
    expected = stretched(pixels, 640).astype(float)
    # JPEG, and the colour pattern smoothed away: alike, not the same.
    assert np.corrcoef(shown.ravel(), expected.ravel())[0, 1] > 0.8
    x, y, _ = picture.stars[0]
    assert shown[round(y), round(x)] > 150 > shown[479 - round(y), round(x)]
    assert size_of(folder / PREVIEW) == (320, 240)  # its camera is a colour one


def test_big_frames_have_smaller_scales_too(tmp_path: Path) -> None:
    frame = np.broadcast_to(np.linspace(1000, 3000, 2700), (300, 2700)).astype(np.uint16)
    fits.PrimaryHDU(frame).writeto(tmp_path / "wide.fits")
    make_pictures(tmp_path / "wide.fits", tmp_path / "pictures" / "1", StarSettings(), MUCH)
    picture = read_picture(tmp_path / "pictures" / "1")
    assert picture is not None
    assert [(one.factor, one.width, one.height, one.first) for one in picture.levels] == [
        (1, 2700, 300, 0), (2, 1350, 150, 22),
    ]  # fmt: skip
    for level in picture.levels:
        shown = together(tmp_path / "pictures" / "1", picture, level)
        assert (np.diff(shown[:, :: level.width // 20].mean(axis=0)) > 0).all()
    assert size_of(tmp_path / "pictures" / "1" / PREVIEW) == (900, 100)
    assert picture.wcs is None


def test_a_colour_pattern_does_not_show(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    frame = rng.normal(1000, 5, (256, 256))
    frame[::2, ::2] += 400
    unit = fits.PrimaryHDU(frame.astype(np.uint16))
    unit.header["BAYERPAT"] = "RGGB"
    unit.writeto(tmp_path / "colour.fits")
    make_pictures(tmp_path / "colour.fits", tmp_path / "pictures" / "1", StarSettings(), MUCH)
    picture = read_picture(tmp_path / "pictures" / "1")
    assert picture is not None
    shown = together(tmp_path / "pictures" / "1", picture, picture.levels[0]).astype(float)
    red, others = shown[::2, ::2].mean(), shown[1::2, 1::2].mean()
    assert abs(red - others) < 0.1 * shown.mean() + 2


def test_a_colour_camera_is_shown_in_colour(tmp_path: Path) -> None:
    frame = np.random.default_rng(2).normal(1000, 5, (301, 257))
    frame[1::2, 1::2] += 300  # a blue sky
    frame[100:140:2, 120:160:2] += 3000
    unit = fits.PrimaryHDU(frame.astype(np.uint16))
    unit.header["BAYERPAT"] = "BGGR"
    unit.header["XBAYROFF"] = unit.header["YBAYROFF"] = 1
    unit.writeto(tmp_path / "colour.fits")
    folder = tmp_path / "pictures" / "1"
    make_pictures(tmp_path / "colour.fits", folder, StarSettings(), MUCH)
    picture = read_picture(folder)
    assert picture is not None
    assert (picture.levels[0].width, picture.levels[0].height) == (257, 301)
    for level in picture.levels:
        shown = together(folder, picture, level, "RGB").astype(int)
        assert np.ptp(np.median(shown, axis=(0, 1))) <= 6
        red, green, blue = shown[120 // level.factor, 140 // level.factor]
        assert red > 1.5 * max(green, blue)
    assert size_of(folder / PREVIEW) == (128, 150)


def test_stars_and_projection_are_told(made: tuple[Path, Picture], facts: SubFacts) -> None:
    _, picture = made
    assert facts.stars is not None
    assert facts.wcs is not None
    assert len(picture.stars) == len(facts.stars.x)
    assert picture.stars[0][:2] == pytest.approx((facts.stars.x[0], facts.stars.y[0]), abs=0.1)
    assert picture.hfr == pytest.approx(facts.stars.hfr_median, abs=0.01)
    assert picture.wcs is not None
    assert picture.wcs["CRVAL1"] == facts.wcs.crval.ra_deg
    assert picture.wcs["CD2_2"] == facts.wcs.cd[1][1]


def test_what_was_not_looked_at_longest_makes_room(
    tmp_path: Path, pixels: Pixels, facts: SubFacts, made: tuple[Path, Picture]
) -> None:
    first, _ = made
    size = (first / TILES).stat().st_size
    os.utime(first / TILES, (0, 0))
    for name in ("8", "9"):
        folder = first.parent / name
        make_pictures(tmp_path / "sub.fits", folder, StarSettings(), round(2.5 * size))
    assert read_picture(first) is None
    assert (first / PREVIEW).exists()
    assert read_picture(first.parent / "8") is not None
    assert read_picture(first.parent / "9") is not None


def test_the_process_says_why_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.fits").write_bytes(b"no FITS")
    assert main(str(tmp_path / "bad.fits"), str(tmp_path / "out"), "65535", "1000") == 1
    assert "bad.fits" in capsys.readouterr().out
    assert read_picture(tmp_path / "out") is None
    with pytest.raises(BadInput):
        make_pictures(tmp_path / "none.fits", tmp_path / "out", StarSettings(), MUCH)
