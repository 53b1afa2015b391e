"""Names of subs and their folders."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from appliance.errors import BadInput
from appliance.imaging.naming import (
    DEFAULT_PATTERN,
    NameFacts,
    check_pattern,
    free_path,
    night_of,
    safe,
    sub_path,
)

STARTED = datetime(2026, 2, 1, 0, 30, 15, tzinfo=UTC)


def named(**changes: Any) -> NameFacts:
    known: dict[str, Any] = {
        "started": STARTED, "longitude_deg": 11.6, "target": "NGC 7000", "filter": "Ha",
        "kind": "Light Frame", "seconds": 120.0, "number": 7,
    }  # fmt: skip
    return NameFacts(**known | changes)


def test_the_default_pattern() -> None:
    assert str(sub_path(DEFAULT_PATTERN, named())) == "2026-01-31/NGC_7000/Ha/NGC_7000_Ha_120s_0007.fits"


def test_every_token() -> None:
    pattern = (
        "{kind}-{date}-{time}-{gain}-{offset}-{binning}-{celsius}-{camera}-{telescope}-{seconds}-{number:3}"
    )
    facts = named(gain=100, celsius=-9.6, camera="Cam", telescope="A/B", seconds=0.25)
    assert str(sub_path(pattern, facts)) == "Light-2026-02-01-00-30-15-100-none-1--10-Cam-A_B-0.25-  7.fits"


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("{target}_{colour}", "no token {colour}"),
        ("{target.__class__}", "no token {target.__class__}"),
        ("{}", "no token {}"),
        ("{target", "do not pair"),
        ("target}", "do not pair"),
        ("{target:04}", "is not understood"),
        ("{number:0999}", "is not understood"),
        ("/tmp/{target}", "leaves the folder"),
        ("../{target}", "leaves the folder"),
        ("{night}/", "no file name"),
        ("", "no file name"),
    ],
)
def test_bad_patterns_are_refused_by_name(pattern: str, says: str) -> None:
    with pytest.raises(BadInput) as caught:
        check_pattern(pattern, "images.pattern")
    assert says in caught.value.sentence
    assert caught.value.field == "images.pattern"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("M 31", "M_31"),
        ("../../etc/passwd", "etc_passwd"),
        ('a<b>:"|?*\\c', "a_b_c"),
        ("Étoile", "Étoile"),
        ("...", "none"),
        ("", "none"),
        ("CON", "CON_"),
        ("com1.txt", "com1.txt_"),
        ("x" * 300, "x" * 64),
        ("é" * 300, "é" * 32),
        ("a\x00b\nc", "a_b_c"),
    ],
)
def test_unsafe_names_are_made_safe(text: str, name: str) -> None:
    assert safe(text) == name


def test_a_value_never_adds_a_folder() -> None:
    path = sub_path("{target}/{filter}", named(target="..", filter="a/b/../c"))
    assert path.parts == ("none", "a_b_.._c.fits")


@pytest.mark.parametrize(
    ("moment", "longitude", "night"),
    [
        (datetime(2026, 1, 31, 11, 59, tzinfo=UTC), 0.0, date(2026, 1, 30)),
        (datetime(2026, 1, 31, 12, 1, tzinfo=UTC), 0.0, date(2026, 1, 31)),
        (datetime(2026, 2, 1, 5, 0, tzinfo=UTC), 0.0, date(2026, 1, 31)),
        (datetime(2026, 2, 1, 9, 0, tzinfo=UTC), -155.5, date(2026, 1, 31)),  # evening on Hawaii
        (datetime(2026, 1, 31, 13, 0, tzinfo=UTC), 149.1, date(2026, 1, 31)),  # evening in Australia
    ],
)
def test_the_night_changes_at_noon_where_the_telescope_is(
    moment: datetime, longitude: float, night: date
) -> None:
    assert night_of(moment, longitude) == night


def test_free_path_never_names_an_existing_file(tmp_path: Path) -> None:
    wanted = tmp_path / "sub.fits"
    assert free_path(wanted) == wanted
    wanted.touch()
    assert free_path(wanted) == tmp_path / "sub_2.fits"
    (tmp_path / "sub_2.fits").touch()
    assert free_path(wanted) == tmp_path / "sub_3.fits"
