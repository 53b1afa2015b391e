"""FITS files as other programs read them."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from astropy.time import Time
from astropy.wcs import WCS
from numpy.typing import NDArray

from appliance.errors import BadInput
from appliance.imaging.facts import SubFacts
from appliance.imaging.fitsfile import holds, write_fits
from appliance.imaging.header import check_keyword, sexagesimal
from hardware.devices import FrameKind, Sensor

Pixels = NDArray[np.uint16]
NEEDED = """
SIMPLE BITPIX NAXIS NAXIS1 NAXIS2 BSCALE BZERO DATE-OBS DATE-END DATE-LOC MJD-OBS EXPTIME EXPOSURE
IMAGETYP OBJECT FILTER GAIN OFFSET EGAIN READOUTM XBINNING YBINNING XPIXSZ YPIXSZ FRAMEX FRAMEY CCD-TEMP
 SET-TEMP INSTRUME TELESCOP OBSERVER ORIGIN FOCALLEN APTDIA RA DEC EQUINOX RADESYS OBJCTRA
OBJCTDEC SITELAT SITELONG SITEELEV AIRMASS CENTALT CENTAZ PIERSIDE GUIDERMS ROTATANG FOCUSPOS FOCTEMP
BAYERPAT XBAYROFF YBAYROFF ROWORDER SWCREATE CHECKSUM DATASUM CTYPE1 CTYPE2 CUNIT1 CUNIT2 CRVAL1
CRVAL2 CRPIX1 CRPIX2 CD1_1 CD1_2 CD2_1 CD2_2 HFR STARS
"""


def opened(path: Path) -> tuple[fits.Header, Pixels]:
    with fits.open(path, checksum=True) as units:  # a wrong checksum is a warning, and so an error
        units.verify("exception")
        assert len(units) == 1
        return units[0].header.copy(), np.array(units[0].data)


def test_everything_known_is_in_the_header(tmp_path: Path, pixels: Pixels, facts: SubFacts) -> None:
    write_fits(tmp_path / "sub.fits", pixels, facts)
    header, data = opened(tmp_path / "sub.fits")
    assert [word for word in NEEDED.split() if word not in header] == []
    assert data.dtype == np.uint16
    assert (data == pixels).all()
    assert header["DATE-OBS"] == "2026-01-31T22:59:58.500"
    assert header["DATE-END"] == "2026-01-31T23:01:58.500"
    assert header["DATE-LOC"] == "2026-01-31T23:59:58.500"
    assert header["MJD-OBS"] == pytest.approx(Time("2026-01-31T22:59:58.5").mjd, abs=1e-9)
    assert header["OBJECT"] == "NGC 7000 - Nord"
    assert header["OBSERVER"] == "Ana O'Neil"
    assert header["IMAGETYP"] == "Light Frame"
    assert header["OBJCTRA"] == "20 58 47.98"
    assert header["OBJCTDEC"] == "-00 00 00.4"
    assert header["PIERSIDE"] == "WEST"
    assert (header["XBAYROFF"], header["YBAYROFF"]) == (1, 0)
    assert header["HFR"] == pytest.approx(2.05, rel=0.03)
    assert (tmp_path / "sub.fits").stat().st_size % 2880 == 0


def test_every_card_is_strictly_standard(tmp_path: Path, pixels: Pixels, facts: SubFacts) -> None:
    write_fits(tmp_path / "sub.fits", pixels, replace(facts, target="'" * 200))
    header, _ = opened(tmp_path / "sub.fits")
    assert "CONTINUE" not in header
    assert all(len(str(card)) == 80 for card in header.cards)
    assert len(set(header)) == len(header)
    sky = [
        word for word in header if word in {"RADESYS", "EQUINOX"} or word.startswith(("CTYPE", "CR", "CD1"))
    ]
    assert all(header.index("WCSAXES") < header.index(word) for word in sky)


def test_the_wcs_is_the_solution(tmp_path: Path, pixels: Pixels, facts: SubFacts) -> None:
    write_fits(tmp_path / "sub.fits", pixels, facts)
    wcs = WCS(opened(tmp_path / "sub.fits")[0])
    assert facts.wcs
    at = wcs.pixel_to_world(319.5, 239.5)
    assert (at.ra.deg, at.dec.deg) == pytest.approx((314.7, -0.0001), abs=1e-9)
    assert np.allclose(wcs.pixel_scale_matrix, facts.wcs.cd)
    assert at.frame.name == "icrs"


def test_what_is_not_known_is_left_out(tmp_path: Path, pixels: Pixels) -> None:
    bare = SubFacts(
        kind=FrameKind.DARK, seconds=0.5, started=datetime(2026, 1, 1, tzinfo=UTC), airmass=float("nan")
    )
    write_fits(tmp_path / "dark.fits", pixels, bare)
    header, _ = opened(tmp_path / "dark.fits")
    for word in (
        "OBJECT",
        "FILTER",
        "GAIN",
        "RA",
        "RADESYS",
        "CTYPE1",
        "CCD-TEMP",
        "XPIXSZ",
        "AIRMASS",
        "DATE-LOC",
        "HFR",
    ):
        assert word not in header
    assert header["EXPTIME"] == 0.5


def test_binning_hides_the_colour_pattern(tmp_path: Path, pixels: Pixels, facts: SubFacts) -> None:
    write_fits(
        tmp_path / "sub.fits", pixels, replace(facts, binning=2, sensor=Sensor(1280, 960, 3.76, bayer="RGGB"))
    )
    header, _ = opened(tmp_path / "sub.fits")
    assert "BAYERPAT" not in header
    assert header["XPIXSZ"] == 7.52


@pytest.mark.parametrize("shape", [(1, 1), (1, 1441), (37, 40), (480, 640)])
def test_checksums_hold_for_every_size(tmp_path: Path, facts: SubFacts, shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(shape[1])
    for number in range(20):  # the letters of a checksum need adjusting only now and then
        pixels = rng.integers(0, 65536, shape).astype(np.uint16)
        write_fits(tmp_path / f"{number}.fits", pixels, replace(facts, gain=number))
        assert (opened(tmp_path / f"{number}.fits")[1] == pixels).all()


def test_holds_knows_its_own_pixels(tmp_path: Path, pixels: Pixels, facts: SubFacts) -> None:
    path = tmp_path / "sub.fits"
    assert not holds(path, pixels)
    write_fits(path, pixels, facts)
    assert holds(path, pixels)
    other = pixels.copy()
    other[-1, -1] += 1
    assert not holds(path, other)


@pytest.mark.parametrize(
    ("degrees", "text"),
    [(0.0, "00 00 00.0"), (59.99999999, "60 00 00.0"), (-12.5, "12 30 00.0"), (1.0001, "01 00 00.4")],
)
def test_sexagesimal_carries(degrees: float, text: Any) -> None:
    assert sexagesimal(degrees, 1) == text


def test_own_keywords_are_written_numbers_as_numbers(tmp_path: Path, pixels: Pixels, facts: SubFacts) -> None:
    own = (
        ("GRATING", "300"), ("WAVELNTH", "6562.8"), ("SLIT", "23 µm " + "wide " * 20), ("OBJECT", "mine"),
        ("COMMENT", "one"), ("COMMENT", "two"), ("HISTORY", "old"), ("ODD", "nan"), ("HEX", "0x10"),
    )  # fmt: skip
    write_fits(tmp_path / "sub.fits", pixels, replace(facts, extra=own))
    header, _ = opened(tmp_path / "sub.fits")
    assert (header["GRATING"], header["WAVELNTH"], header["OBJECT"]) == (300, 6562.8, "mine")
    assert header["SLIT"].startswith("23 m wide wide")
    assert (header["ODD"], header["HEX"]) == ("nan", "0x10")
    assert (list(header["COMMENT"]), list(header["HISTORY"])) == (["one", "two"], ["old"])


@pytest.mark.parametrize(
    "keyword", ["NAXIS1", "SIMPLE", "CHECKSUM", "CD1_1", "TOO LONG IT IS", "", "low", "END"]
)
def test_what_the_file_needs_itself_is_nobodys_keyword(keyword: str) -> None:
    with pytest.raises(BadInput):
        check_keyword(keyword)
