"""The library against real FITS files, ours and others'."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits

from appliance.flats.dark_kind import DarkKind
from appliance.flats.library import MASTER, Library, read_library
from appliance.flats.needs import needs
from appliance.imaging.facts import SubFacts
from appliance.imaging.fitsfile import write_fits
from appliance.plan import Plan
from appliance.profile import CameraSection
from hardware.devices import FrameKind

PIXELS = np.full((8, 8), 200, np.uint16)
CAMERA = CameraSection.model_validate({"name": "C", "celsius": -10.0, "gain": 100, "offset": 30})


def ours(path: Path, kind: FrameKind = FrameKind.DARK, **changes: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    facts = SubFacts(
        kind=kind, started=datetime(2026, 11, 20, tzinfo=UTC),
        **{"seconds": 120.0, "gain": 100, "offset": 30, "celsius": -10.2, **changes},
    )  # fmt: skip
    write_fits(path, PIXELS, facts)


def theirs(path: Path, **cards: Any) -> None:
    """A master of another program, in floats."""
    unit = fits.PrimaryHDU(np.zeros((4, 4), np.float32))
    for name, value in cards.items():
        unit.header[name.replace("_", "-")] = value
    unit.writeto(path)


def dark(seconds: float = 120.0, **changes: Any) -> DarkKind:
    return DarkKind("dark", seconds, **{"gain": 100, "offset": 30, "celsius": -10.0, **changes})


@pytest.fixture
def library(tmp_path: Path) -> Library:
    for number in range(3):
        ours(tmp_path / f"a/dark{number}.fits")
    ours(tmp_path / "gain.fits", gain=200)
    ours(tmp_path / "warm.fits", celsius=5.0)
    ours(tmp_path / "binned.fits", binning=2)
    ours(tmp_path / "bias.fits", FrameKind.BIAS, seconds=0.0)
    ours(tmp_path / "light.fits", FrameKind.LIGHT)
    theirs(tmp_path / "m.fit", IMAGETYP="Master Dark", EXPTIME=300.0, CCD_TEMP=-10.0, GAIN=100.0, STACKCNT=25)
    theirs(tmp_path / "untold.fit", IMAGETYP="masterDark", EXPOSURE=5.0)
    (tmp_path / "torn.fits").write_bytes(b"SIMPLE  = ")
    (tmp_path / "notes.txt").write_text("no FITS")
    return read_library(tmp_path)


def test_frames_are_told_apart_by_everything_that_matters(library: Library) -> None:
    assert library.count(dark()) == 3
    assert library.count(dark(gain=200)) == 1
    assert library.count(dark(gain=None)) == 4
    assert library.count(dark(celsius=5.5)) == 1
    assert library.count(dark(celsius=None)) == 4
    assert library.count(dark(binning=2)) == 1
    assert library.count(dark(offset=31)) == 0
    assert library.count(DarkKind("bias", 0.0, gain=100, offset=30, celsius=-10.0)) == 1
    assert sorted(path.name for path in library.unread) == ["light.fits", "torn.fits"]


def test_masters_count_as_what_they_are_made_of(library: Library) -> None:
    assert library.count(dark(300.0)) == 25
    assert library.count(dark(5.0)) == MASTER
    assert library.count(dark(300.0, celsius=-15.0)) == 0


def test_a_readout_mode_that_both_tell_must_be_the_same(tmp_path: Path) -> None:
    ours(tmp_path / "a.fits", readout_mode="High Gain")
    library = read_library(tmp_path)
    assert library.count(dark(readout_mode="high gain")) == library.count(dark()) == 1
    assert library.count(dark(readout_mode="Low noise")) == 0


def test_exposures_fit_within_two_seconds_and_a_tenth(library: Library) -> None:
    assert (library.count(dark(121.9)), library.count(dark(122.1))) == (3, 0)
    assert (library.count(dark(5.4)), library.count(dark(6.0))) == (MASTER, 0)


def test_the_nearest_dark_for_a_focus_frame(library: Library) -> None:
    found = library.nearest(dark(4.0))
    assert found is not None
    assert found.path.name == "untold.fit"
    assert library.nearest(dark(2.0)) is None
    near = library.nearest(dark(119.0))
    assert near is not None
    assert near.kind.seconds == 120.0


def test_a_library_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert read_library(tmp_path / "none") == Library()


def test_what_a_plan_needs_and_what_is_missing(library: Library) -> None:
    steps = [
        {"filter": "L", "seconds": 120, "count": 9}, {"filter": "R", "seconds": 120, "count": 9},
        {"filter": "Ha", "seconds": 300, "count": 9}, {"seconds": 2, "count": 1, "frame": "flat"},
        {"filter": "L", "seconds": 10, "count": 9, "gain": 0, "binning": 2},
    ]  # fmt: skip
    plan = Plan.model_validate(
        {"name": "p", "target": [{"name": "M33", "step": steps}, {"do": "panel flats", "gain": 50}]}
    )
    found = needs(plan, CAMERA, library, 20, bias=True)
    told = [(one.kind.label(), one.missing) for one in found]
    assert told == [
        ("dark 120 s, bin 1, gain 100, offset 30, -10 °C", 17),
        ("dark 300 s, bin 1, gain 100, offset 30, -10 °C", 0),
        ("dark 10 s, bin 2, gain 0, offset 30, -10 °C", 20),
        ("bias, bin 1, gain 100, offset 30, -10 °C", 19),
        ("bias, bin 2, gain 0, offset 30, -10 °C", 20),
        ("bias, bin 1, gain 50, offset 30, -10 °C", 20),
    ]
    assert len(needs(plan, CAMERA, library, 20, bias=False)) == 3
    warm = needs(plan.model_copy(update={"cool": False}), CAMERA, library, 20, bias=False)
    assert warm[0].kind.celsius is None


def test_kinds_are_listed_with_single_frames_and_masters(library: Library) -> None:
    listed = {kind.label(): counts for kind, counts in library.kinds().items()}
    assert listed["dark 120 s, bin 1, gain 100, offset 30, -10 °C"] == (3, 0)
    assert listed["dark 300 s, bin 1, gain 100, -10 °C"] == (0, 1)
