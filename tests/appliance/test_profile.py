"""Files a person writes: every mistake is named with its remedy before anything moves."""

from pathlib import Path

import pytest

from appliance.errors import BadPlan, BadProfile
from appliance.profile import load_profile
from appliance.sequence.plan import load_plan, step_keys

PROFILE = """
name = "Backyard"
[site]
latitude_deg = 48.1
longitude_deg = 11.6
[telescope]
focal_length_mm = 400.0
aperture_mm = 80.0
[camera]
name = "CCD Simulator"
celsius = -10.0
[mount]
name = "Telescope Simulator"
"""
PLAN = """
name = "First light"
[[target]]
name = "M31"
[[target.step]]
filter = "L"
seconds = 60
count = 10
[[target.step]]
filter = "L"
seconds = 60
count = 3
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "file.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_short_profile_is_enough(tmp_path: Path) -> None:
    profile = load_profile(written(tmp_path, PROFILE))
    assert profile.camera.spec().driver == "indi"
    assert profile.focuser is None
    assert profile.centring.tolerance_arcsec == 30.0


@pytest.mark.parametrize(
    ("change", "to", "field", "said"),
    [
        ("[mount]", "[mount]\ncolour = 1", "mount.colour", "unknown key"),
        ("latitude_deg = 48.1", "latitude_deg = 148.1", "site.latitude_deg", "148.1"),
        ("latitude_deg = 48.1", "", "site.latitude_deg", "does not say"),
        ('[mount]\nname = "Telescope Simulator"', "", "mount", "does not say"),
        ("[site]", "[site", "file.toml", "not TOML"),
        ('name = "CCD Simulator"', 'name = "CCD"\ndriver = "ascom"', "camera.driver", "ascom"),
    ],
)
def test_mistakes_in_a_profile_are_named(tmp_path: Path, change: str, to: str, field: str, said: str) -> None:
    with pytest.raises(BadProfile) as refused:
        load_profile(written(tmp_path, PROFILE.replace(change, to)))
    assert refused.value.field.endswith(field)
    assert said in refused.value.sentence
    assert refused.value.advice


def test_an_unknown_key_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(BadProfile) as refused:
        load_profile(written(tmp_path, PROFILE.replace("celsius", "temperature")))
    assert refused.value.field == "camera.temperature"
    assert "celsius" in refused.value.advice


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadProfile, match="no such file"):
        load_profile(tmp_path / "nowhere.toml")


def test_a_plan_counts_its_subs_and_tells_equal_steps_apart(tmp_path: Path) -> None:
    plan = load_plan(written(tmp_path, PLAN))
    assert plan.total == 13
    assert step_keys(plan) == [["M31: L 60s bin1", "M31: L 60s bin1 (2)"]]


@pytest.mark.parametrize(
    ("change", "to", "field"),
    [
        ("count = 10", "count = 0", "target.0.step.0.count"),
        ("count = 3", "cuont = 3", "target.0.step.1.c"),
        ('name = "M31"', 'name = "M31"\nra_deg = 10.0', "target.0"),
    ],
)
def test_mistakes_in_a_plan_are_named(tmp_path: Path, change: str, to: str, field: str) -> None:
    with pytest.raises(BadPlan) as refused:
        load_plan(written(tmp_path, PLAN.replace(change, to)))
    assert refused.value.field.startswith(field)
