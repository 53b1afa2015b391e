"""Files a person writes: every mistake is named with its remedy before anything moves."""

from pathlib import Path

import pytest

from appliance.errors import BadPlan, BadProfile
from appliance.plan import load_plan, step_keys
from appliance.profile import DeviceSection, Section, load_profile
from appliance.profile.pins import check_pins

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
        ("[mount]", "[flip]\nafter_minutes = 18\n[mount]", "flip", "at least 5 more"),
    ],
)
def test_mistakes_in_a_profile_are_named(tmp_path: Path, change: str, to: str, field: str, said: str) -> None:
    with pytest.raises(BadProfile) as refused:
        load_profile(written(tmp_path, PROFILE.replace(change, to)))
    assert refused.value.field.endswith(field)
    assert said in refused.value.sentence
    assert refused.value.advice


ROOF = """
[park_sensor]
driver = "simulator"
name = "Switch"
[roof]
driver = "gpio"
name = "Roof"
[roof.setup]
open_pin = "GPIO5"
close_pin = 6
open_limit_pin = "BOARD11"
closed_limit_pin = "GPIO27"
"""
RAIN = """
[[safety_monitor]]
driver = "gpio"
name = "Rain"
setup = { pin = 22 }
[[safety_monitor]]
driver = "simulator"
name = "Clouds"
setup = { pin = 22 }
"""


@pytest.mark.parametrize(
    ("change", "to", "said"),
    [
        ('"BOARD11"', '"GPIO5"', "GPIO5 is used twice: as open_pin of roof, and as open_limit_pin of roof"),
        ("{ pin = 22 }", '{ pin = "BCM17" }', "open_limit_pin of roof, and as pin of safety_monitor 'Rain'"),
        ("close_pin = 6", "close_pin = 28", "close_pin of roof: GPIO28 is not on the header"),
        ("close_pin = 6", 'close_pin = "BOARD2"', "BOARD2 is not a GPIO"),
        ("close_pin = 6", "close_pin = 1", "GPIO1 (ID_SC) is kept for the ID memory"),
        ("close_pin = 6", 'close_pin = "D7"', "'D7' is not a pin; write GPIO17"),
        ("close_pin = 6", "close_pin = true", "True is not a pin"),
    ],
)  # fmt: skip
def test_pins_are_checked_over_the_whole_profile(tmp_path: Path, change: str, to: str, said: str) -> None:
    text = PROFILE + ROOF + RAIN
    assert load_profile(written(tmp_path, text)).drivers() >= {"gpio"}
    with pytest.raises(BadProfile) as wrong:
        load_profile(written(tmp_path, text.replace(change, to, 1)))
    assert said in wrong.value.sentence
    assert len(wrong.value.sentence) < 200, "it names the pin, it does not quote the file"


def test_pins_are_found_in_tables_within_tables_and_a_display_has_two() -> None:
    class Panel(Section):
        start: DeviceSection
        display: DeviceSection | None = None

    class Rig(Section):
        roof: DeviceSection
        panel: Panel

    def rig(start: int, **more: DeviceSection) -> Rig:
        roof, button = (DeviceSection(driver="gpio", name="x", setup={"pin": pin}) for pin in (17, start))
        return Rig(roof=roof, panel=Panel(start=button, **more))

    check_pins(rig(18))
    with pytest.raises(ValueError, match=r"GPIO17 .* as pin of roof, and as pin of panel\.start"):
        check_pins(rig(17))
    display = DeviceSection(driver="gpio", name="OLED")
    check_pins(rig(18, display=display))
    with pytest.raises(ValueError, match=r"GPIO3 .* as pin of panel\.start, and as .* of panel\.display"):
        check_pins(rig(3, display=display))
    check_pins(rig(3, display=DeviceSection(driver="gpio", name="OLED", setup={"i2c_port": 3})))


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
