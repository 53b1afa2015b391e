"""The whole small night on INDI's simulators, as `make night` runs it, and proof that it is real."""

import subprocess
import warnings
from pathlib import Path

import pytest
from astropy.io import fits
from astropy.wcs import WCS

from appliance.cli.demo import load_demo
from appliance.sky.catalogue import find
from appliance.sky.coordinates import separation_arcsec
from hardware.devices import J2000
from tests.night.box import none_left_behind, rows

pytestmark = [pytest.mark.indi, pytest.mark.solver, pytest.mark.timeout(900)]
# The focuser simulator's truth: FWHM" = 3.5 + 0.5625 ((position - 36700) / 5000)², which grows by
# 2.5 % of 3.5" within 1972 steps.
BEST_FOCUS, DEPTH = 36700, 1972


def files(night: Path) -> list[Path]:
    names = rows(night, "SELECT file FROM sub WHERE state='saved' ORDER BY id")
    return [night / "images" / str(name) for (name,) in names]


def target(night: Path) -> J2000:
    demo = load_demo(night)
    assert demo is not None
    return find(demo[1].target[0].name).position


def centre_of(header: fits.Header) -> J2000:
    middle = ((header["NAXIS1"] - 1) / 2, (header["NAXIS2"] - 1) / 2)
    ra, dec = WCS(header).all_pix2world(*middle, 0)
    return J2000(float(ra), float(dec))


def test_at_least_six_subs_in_two_filters(night: Path) -> None:
    saved = rows(night, "SELECT filter, COUNT(*) FROM sub WHERE state='saved' GROUP BY filter")
    assert len(saved) == 2
    assert sum(int(str(count)) for _, count in saved) >= 6
    assert rows(night, "SELECT COUNT(*) FROM sub WHERE state != 'saved'") == [(0,)]
    assert all(path.is_file() for path in files(night))
    assert not list((night / "images").rglob("*.part*"))


def test_every_sub_points_at_the_target_and_reads_without_warnings(night: Path) -> None:
    for path in files(night):
        with warnings.catch_warnings(), fits.open(path) as units:
            warnings.simplefilter("error")
            units.verify("exception")
            assert separation_arcsec(centre_of(units[0].header), target(night)) < 30.0
            assert units[0].data.shape == (1200, 1600)


@pytest.mark.parametrize("place", [0, -1], ids=["first", "last"])
def test_the_wcs_agrees_with_an_independent_solution(night: Path, place: int, tmp_path: Path) -> None:
    """solve-field measures the file by itself; it must put the centre where our header does."""
    path = files(night)[place]
    header = fits.getheader(path)
    subprocess.run(
        ["solve-field", "--no-plots", "--overwrite", "--dir", tmp_path, "--scale-units", "arcsecperpix",
         "--scale-low", "1.8", "--scale-high", "2.1", "--wcs", tmp_path / "own.wcs", "--crpix-center",
         "--no-verify", path],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    independent = fits.getheader(tmp_path / "own.wcs")
    for keyword in ("NAXIS", "NAXIS1", "NAXIS2"):  # solve-field writes the WCS alone
        independent[keyword] = header[keyword]
    assert separation_arcsec(centre_of(header), centre_of(independent)) < 3.0


def test_focus_is_found_within_its_depth(night: Path) -> None:
    runs = rows(night, "SELECT reason, position FROM focus_run ORDER BY id")
    assert [reason for reason, _ in runs] == ["start", "filter change"]
    for _, position in runs:
        assert abs(int(str(position)) - BEST_FOCUS) < DEPTH


def test_centring_reached_its_tolerance(night: Path) -> None:
    errors = rows(night, "SELECT error_arcsec FROM pointing ORDER BY id")
    assert float(str(errors[-1][0])) < 30.0


def test_it_dithered_between_subs(night: Path) -> None:
    pointings = rows(night, "SELECT ra_deg, dec_deg FROM sub")
    places = {(round(float(str(ra)), 4), round(float(str(dec)), 4)) for ra, dec in pointings}
    assert len(places) >= 6


def test_the_mount_is_parked_and_nothing_is_left_running(night: Path) -> None:
    parked = (night / "indi" / ".indi" / "ParkData.xml").read_text(encoding="utf-8")
    assert "true" in parked.split("<parkstatus>")[1].split("</parkstatus>")[0]
    assert none_left_behind(night)


def test_the_report_opens_in_a_browser(night: Path, tmp_path: Path) -> None:
    page = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         f"--user-data-dir={tmp_path}", "--dump-dom", f"file://{night}/report.html"],
        check=True, capture_output=True, text=True, timeout=60,
    ).stdout  # fmt: skip
    assert "complete" in page
    assert page.count("<svg") >= 4
    assert "Autofocus" in page


def test_the_log_says_where_everything_is(night: Path) -> None:
    log = (night / "nightbox.log").read_text(encoding="utf-8")
    for path in ("images", "journal.sqlite", "report.html"):
        assert str(night / path) in log
    assert "✗" not in log
