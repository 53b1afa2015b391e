"""Reading other programs' FITS files."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from numpy.typing import NDArray

from appliance.errors import BadInput
from appliance.imaging.facts import SubFacts
from appliance.imaging.fitsfile import write_fits
from appliance.imaging.reader import read_fits

Pixels = NDArray[np.uint16]


def test_our_own_files_come_back(tmp_path: Path, pixels: Pixels, facts: SubFacts) -> None:
    write_fits(tmp_path / "sub.fits", pixels, facts)
    image = read_fits(tmp_path / "sub.fits")
    assert image.pixels.dtype == np.uint16
    assert (image.pixels == pixels).all()
    assert image.centre == facts.pointing
    assert image.scale_arcsec == pytest.approx(206.265 * 3.76 / 500, rel=1e-5)
    assert (image.seconds, image.filter) == (120.0, "Ha")
    assert image.bayer == "GRBG"  # the frame begins in the second column of a sensor that begins with RGGB


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (np.array([[0, 255]], np.uint8), [0, 255]),
        (np.array([[0, 32767]], np.int16), [0, 32767]),
        (np.array([[-5, 32767]], np.int16), [0, 32767]),
        (np.array([[0, 2**31 - 1]], np.int32), [0, 65535]),
        (np.array([[0, 60000]], np.int32), [0, 60000]),
        (np.array([[0.0, 0.5, 1.0]], np.float32), [0, 32768, 65535]),
        (np.array([[0.0, np.nan, 60000.4]], np.float64), [0, 0, 60000]),
    ],
)
def test_every_kind_of_number(tmp_path: Path, stored: NDArray[Any], expected: list[int]) -> None:
    fits.PrimaryHDU(stored).writeto(tmp_path / "x.fit")
    assert read_fits(tmp_path / "x.fit").pixels.tolist() == [expected]


@pytest.mark.parametrize("last", [False, True])
def test_colour_planes_are_averaged(tmp_path: Path, last: bool) -> None:
    planes = np.stack([np.full((8, 9), level, np.uint16) for level in (10, 20, 60)], axis=2 if last else 0)
    fits.PrimaryHDU(planes).writeto(tmp_path / "x.fits")
    image = read_fits(tmp_path / "x.fits")
    assert image.pixels.shape == (8, 9)
    assert (image.pixels == 30).all()


def test_compressed_files(tmp_path: Path, pixels: Pixels) -> None:
    units = fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(pixels, compression_type="RICE_1")])
    units.writeto(tmp_path / "x.fits.fz")
    assert (read_fits(tmp_path / "x.fits.fz").pixels == pixels).all()


def test_sexagesimal_places(tmp_path: Path) -> None:
    unit = fits.PrimaryHDU(np.zeros((4, 4), np.uint16))
    unit.header["OBJCTRA"], unit.header["OBJCTDEC"] = "01 30 00", "-00 30 36.0"
    unit.writeto(tmp_path / "x.fits")
    centre = read_fits(tmp_path / "x.fits").centre
    assert centre
    assert (centre.ra_deg, centre.dec_deg) == pytest.approx((22.5, -0.51))


def test_a_nonsense_header_gives_no_hint(tmp_path: Path) -> None:
    unit = fits.PrimaryHDU(np.zeros((4, 4), np.uint16))
    unit.header["RA"], unit.header["DEC"], unit.header["FOCALLEN"] = "unknown", 95.0, 0
    unit.writeto(tmp_path / "x.fits")
    image = read_fits(tmp_path / "x.fits")
    assert (image.centre, image.scale_arcsec) == (None, None)


def spoil(path: Path, kind: str) -> None:
    if kind == "text":
        path.write_text("not a picture")
    elif kind == "empty":
        path.touch()
    elif kind == "cut":
        fits.PrimaryHDU(np.zeros((100, 100), np.uint16)).writeto(path)
        path.write_bytes(path.read_bytes()[:4000])
    elif kind == "table":
        fits.PrimaryHDU().writeto(path)
    elif kind == "line":
        fits.PrimaryHDU(np.zeros(100, np.uint16)).writeto(path)
    elif kind == "folder":
        path.mkdir()


@pytest.mark.parametrize("kind", ["missing", "text", "empty", "cut", "table", "line", "folder"])
def test_what_is_no_picture_is_refused_by_name(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "frame.fits"
    spoil(path, kind)
    with pytest.raises(BadInput) as caught:
        read_fits(path)
    assert str(path) in caught.value.sentence
