"""A night on INDI's simulators that crosses the meridian and loses its controller before: it ends complete.

Where the box stands is chosen so that the target culminates soon after its beginning. The mount simulator
chooses the side of the pier by its own clock and site, and the camera simulator turns its picture with it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from appliance.cli.demo import SHOWPIECES, SITES, DarkSite, demo_profile, load_demo
from appliance.sky.catalogue import find
from appliance.sky.coordinates import alt_az, hour_angle_deg, separation_arcsec
from appliance.sky.twilight import sun_altitude_deg
from hardware.devices import J2000, Site
from tests.conftest import TOLD
from tests.night.box import RunningBox, exposing, none_left_behind, rows

pytestmark = [pytest.mark.indi, pytest.mark.solver, pytest.mark.timeout(1200)]
# A target is not slewed to within 3 min before the meridian, and after the crash it is slewed to once more.
SECONDS_TO_MERIDIAN = 300.0
AFTER_MINUTES, LATEST_MINUTES = 0.25, 5.25
SUBS, SUB_SECONDS, FOCUS_EVERY = 18, 10.0, 6
LEAST_DITHER_ARCSEC = 3.0  # the small night's min_step_arcsec is 4, and a solution may be off
PLAN = f"""name = "Across the meridian"
cool = false
focus_every_subs = {FOCUS_EVERY}

[[target]]
name = "@target@"

[[target.step]]
filter = "Red"
seconds = {SUB_SECONDS}
count = {SUBS}
dither_every = 1
"""
FLIP = f"\n[flip]\nafter_minutes = {AFTER_MINUTES}\nlatest_minutes = {LATEST_MINUTES}\n"
NIGHT_SECONDS = 700.0
DARK_DEG = -25.0  # well below the -18 of astronomical night, where the night would end
CLOCKS_SECONDS = 0.5  # a file's beginning is the driver's, that of the flip the controller's
DEGREES_PER_SECOND = 360.98564736629 / 86400


@dataclass(frozen=True)
class Sub:
    """A saved sub as its file has it: when it began, the mount's word, and which way up the sky is."""

    began: float
    pier_side: str
    angle_deg: float


def crossings(now: float) -> Iterator[tuple[str, Site, float]]:
    """Each target that culminates soon and well where it stays dark, the site, and how far that was moved."""
    for place, name in product(SITES, SHOWPIECES):
        position = find(name).position
        if not 30.0 < 90.0 - abs(position.dec_deg - place.site.latitude_deg) < 75.0:
            continue
        east = -SECONDS_TO_MERIDIAN * DEGREES_PER_SECOND - hour_angle_deg(position, place.site, now)
        site = replace(place.site, longitude_deg=(place.site.longitude_deg + east + 180) % 360 - 180)
        if all(sun_altitude_deg(site, when) < DARK_DEG for when in (now, now + 2 * NIGHT_SECONDS)):
            yield name, site, abs(east)


def box_before_the_meridian(folder: Path) -> tuple[str, ...]:
    """The arguments of `nightbox run`: a dark site, moved east or west by no more than it must."""
    now = datetime.now(UTC).timestamp()
    target, site = min(crossings(now), key=lambda crossing: crossing[2])[:2]
    assert alt_az(find(target).position, site, now)[0] > 25.0
    folder.mkdir()
    profile, plan = folder / "profile.toml", folder / "plan.toml"
    profile.write_text(demo_profile("indi", DarkSite("Meridian", site)) + FLIP, encoding="utf-8")
    plan.write_text(PLAN.replace("@target@", target), encoding="utf-8")
    return ("run", str(plan), "--profile", str(profile))


@pytest.fixture(scope="module")
def crossing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the whole night: killed in its second sub, begun again, flipped, complete."""
    folder = tmp_path_factory.mktemp("meridian") / "night"
    arguments = box_before_the_meridian(folder)
    boxes = [RunningBox(folder, *arguments)]
    try:
        boxes[0].wait_until("the second sub is exposed", lambda: exposing(folder, after=1))
        boxes[0].kill()
        assert none_left_behind(folder)
        boxes.append(RunningBox(folder, *arguments))
        assert boxes[1].wait(NIGHT_SECONDS) == 0, boxes[1].text()
        yield folder
    finally:
        for box in boxes:
            box.end()


def files(folder: Path) -> list[Path]:
    names = rows(folder, "SELECT file FROM sub WHERE state='saved' ORDER BY started")
    return [folder / "images" / str(name) for (name,) in names]


@pytest.fixture(scope="module")
def subs(crossing: Path) -> list[Sub]:
    return [read(path) for path in files(crossing)]


def read(path: Path) -> Sub:
    header = fits.getheader(path)
    matrix = WCS(header).pixel_scale_matrix
    began = datetime.fromisoformat(header["DATE-OBS"]).replace(tzinfo=UTC).timestamp()
    return Sub(began, str(header["PIERSIDE"]), float(np.degrees(np.arctan2(matrix[0, 1], matrix[1, 1]))))


def the_flip(folder: Path) -> tuple[float, float]:
    """When it began and ended."""
    ((began, ended, outcome),) = rows(
        folder, "SELECT started, ended, outcome FROM span WHERE name LIKE 'Meridian flip of %'"
    )
    assert outcome == "done"
    return float(str(began)), float(str(ended))


def minutes_past_the_meridian(folder: Path, unix: float) -> float:
    """Where the target stood at a moment, at the site of the profile."""
    demo = load_demo(folder)
    assert demo is not None
    site, target = demo[0].site.place(), find(demo[1].target[0].name).position
    return hour_angle_deg(target, site, unix) / DEGREES_PER_SECOND / 60


def dithers(folder: Path) -> list[str]:
    """What the log says of each."""
    said = rows(folder, "SELECT text FROM said WHERE source = 'dither' AND text LIKE 'Dithered %'")
    return [str(text) for (text,) in said]


def test_every_sub_is_saved_once_and_one_was_lost(crossing: Path) -> None:
    saved = rows(crossing, "SELECT number FROM sub WHERE state='saved' ORDER BY number")
    assert saved == [(number,) for number in range(1, SUBS + 1)]
    assert rows(crossing, "SELECT state FROM sub WHERE state != 'saved'") == [("lost",)]
    assert rows(crossing, "SELECT outcome FROM run") == [("complete",)]
    on_disk = {path for path in (crossing / "images").rglob("*") if path.is_file()}
    assert on_disk == set(files(crossing))


def test_it_flipped_once_after_the_meridian_and_between_subs(crossing: Path, subs: list[Sub]) -> None:
    began, ended = the_flip(crossing)
    assert AFTER_MINUTES <= minutes_past_the_meridian(crossing, began) < 2 * AFTER_MINUTES + SUB_SECONDS / 60
    before = [sub for sub in subs if sub.began < began]
    after = [sub for sub in subs if sub.began > ended]
    assert len(before) + len(after) == SUBS
    assert len(before) > 2  # some of them since the crash
    assert max(sub.began for sub in before) + SUB_SECONDS < began + CLOCKS_SECONDS
    assert after
    assert {sub.pier_side for sub in before} == {"WEST"}
    assert {sub.pier_side for sub in after} == {"EAST"}


def test_the_sky_is_upside_down_after_it(crossing: Path, subs: list[Sub]) -> None:
    began, _ = the_flip(crossing)
    first = subs[0].angle_deg
    for sub in subs:
        turned = abs((sub.angle_deg - first + 180) % 360 - 180)
        assert turned == pytest.approx(180.0 if sub.began > began else 0.0, abs=1.0)
    angles = rows(crossing, "SELECT pier_side FROM camera_angle ORDER BY id")
    assert angles == [("WEST",), ("EAST",)]


def test_it_focused_for_each_reason_and_found_it(crossing: Path) -> None:
    runs = rows(crossing, "SELECT reason, failure FROM focus_run ORDER BY id")
    reasons = [str(reason) for reason, _ in runs]
    assert [failure for _, failure in runs] == [None] * len(runs)
    assert reasons[:2] == ["start", "resume"]
    assert "subs" in reasons
    assert reasons.count("meridian flip") == 1


def test_it_dithered_and_stayed_on_the_target(crossing: Path) -> None:
    seen = rows(crossing, "SELECT ra_deg, dec_deg FROM sub WHERE state='saved' ORDER BY started")
    where = [J2000(float(str(ra)), float(str(dec))) for ra, dec in seen]
    moved = [separation_arcsec(one, other) for one, other in pairwise(where)]
    # The first after the crash and the first after the flip are centred instead.
    assert sum(arcsec > LEAST_DITHER_ARCSEC for arcsec in moved) >= SUBS - 3, moved
    assert len(dithers(crossing)) >= SUBS - 3
    errors = rows(crossing, "SELECT error_arcsec FROM sub WHERE state='saved'")
    assert all(float(str(error)) < 30.0 for (error,) in errors)


def test_it_is_parked_and_nothing_is_left_running(crossing: Path) -> None:
    parked = (crossing / "indi" / ".indi" / "ParkData.xml").read_text(encoding="utf-8")
    assert "true" in parked.split("<parkstatus>")[1].split("</parkstatus>")[0]
    assert none_left_behind(crossing)


def test_the_figures(crossing: Path, subs: list[Sub], record_property: Callable[[str, object], None]) -> None:
    """What a passing run shows."""
    ((started, ended),) = rows(crossing, "SELECT started, ended FROM run")
    began, flipped = the_flip(crossing)
    reasons = [str(reason) for (reason,) in rows(crossing, "SELECT reason FROM focus_run ORDER BY id")]
    before = sum(sub.began < began for sub in subs)
    past = 60 * minutes_past_the_meridian(crossing, began)
    record_property(
        TOLD,
        f"A night across the meridian on INDI's simulators: {float(str(ended)) - float(str(started)):.0f} s, "
        f"{before} subs, a flip of {flipped - began:.1f} s begun {past:.0f} s past the meridian, "
        f"{SUBS - before} subs; {len(dithers(crossing))} dithers; focus runs: {', '.join(reasons)}; "
        "a sub lost by kill -9.",
    )
