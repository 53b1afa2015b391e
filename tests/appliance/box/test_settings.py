"""The settings' form, and changing them: the file whole, checked, and the one before it kept."""

import asyncio
import tomllib
from pathlib import Path
from typing import Any

import pytest

from appliance.api import Command
from appliance.box.settings.commands import settings_commands
from appliance.box.settings.form import Table, profile_form
from appliance.box.settings.saving import BEFORE, BY_HAND, every_problem, save, stored
from appliance.box.settings.words import label_of, unit_of
from appliance.errors import BadProfile
from appliance.profile import Profile, Section, load_profile
from hardware.worker import Worker
from tests.appliance.box.open_field import field
from tests.appliance.surfaces.lonely_box import LonelyBox
from tests.test_guide import sections

TEXT = """
# My rig.
name = "test rig"
[site]
latitude_deg = 48.1
longitude_deg = 11.6
[telescope]
focal_length_mm = 200.0
aperture_mm = 50.0
[camera]
driver = "simulator"
name = "Camera"
setup = { width = 640 }
[mount]
driver = "simulator"
name = "Mount"
[focus]
step = 120  # found in May
"""


def written(folder: Path) -> Path:
    file = folder / "profile.toml"
    file.write_text(TEXT, encoding="utf-8")
    return file


def table(path: str) -> Table:
    return next(one for one in profile_form() if one.path == path)


def test_every_key_of_a_profile_is_in_the_form() -> None:
    inner = {kind for model in sections(Profile) for kind in model.model_fields}
    shown = {part for one in profile_form() for part in one.path.split(".")}
    assert inner - {field.key for one in profile_form() for field in one.fields} <= shown
    models = {model.__name__ for model in sections(Profile)}
    assert len(profile_form()) >= len(models) > 40


def test_fields_have_their_words_units_limits_and_choices() -> None:
    fields = {field.key: field for field in table("focus").fields}
    assert fields["method"].choices[:2] == ("sweep", "sgp")
    assert (fields["points"].least, fields["points"].most, fields["points"].kind) == (3, 31, "integer")
    assert fields["seconds"].above == 0
    assert fields["step"].unit == "steps"
    camera = {field.key: field for field in table("camera").fields}
    assert camera["driver"].choices == ("indi", "alpaca", "gpio", "simulator")
    assert camera["celsius"].optional
    assert "`power_output` names the [[output]]" in camera["power_output"].help
    assert camera["name"].required
    assert not table("camera").optional
    assert table("focuser").optional
    assert table("output").many


@pytest.mark.parametrize(
    ("key", "label", "unit"),
    [
        ("focal_length_mm", "Focal length", "mm"),
        ("settle_timeout", "Settle timeout", "s"),
        ("max_wind_m_s", "Max wind", "m/s"),
        ("celsius", "Celsius", "°C"),
        ("min_snr", "Min SNR", ""),
        ("steps_per_celsius", "Steps per celsius", "steps/°C"),
    ],
)
def test_labels_and_units(key: str, label: str, unit: str) -> None:
    assert (label_of(key), unit_of(key)) == (label, unit)


def test_every_table_of_the_form_has_help() -> None:
    assert not [one.path for one in profile_form() if not one.help]
    assert all(isinstance(one, type) and issubclass(one, Section) for one in sections(Profile))


def test_a_change_is_saved_and_the_file_before_it_kept(tmp_path: Path) -> None:
    file = written(tmp_path)
    changes = {"focus.step": 150, "focuser": {"driver": "simulator", "name": "F"}, "camera.celsius": -10.0}
    now = save(file, changes, stored(file).version)
    profile = load_profile(file)
    assert (profile.focus.step, profile.camera.celsius) == (150, -10.0)
    assert profile.focuser is not None
    assert profile.camera.setup == {"width": 640}
    assert now.version == stored(file).version
    assert (tmp_path / f"profile.toml{BEFORE}").read_text(encoding="utf-8") == TEXT
    save(file, {"focuser": None, "focus.step": None}, now.version)
    profile = load_profile(file)
    assert profile.focuser is None
    assert profile.focus.step == 100
    # What a person wrote outlives the page's own versions.
    assert (tmp_path / f"profile.toml{BY_HAND}").read_text(encoding="utf-8") == TEXT
    assert "focuser" in tomllib.loads((tmp_path / f"profile.toml{BEFORE}").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"focus.points": 2}, "focus.points", "must be at least 3"),
        ({"site.latitude_deg": 91}, "site.latitude_deg", "must be at most 90 °"),
        ({"telescope.focal_length_mm": 0}, "telescope.focal_length_mm", "must be more than 0 mm"),
        ({"focus.method": "magic"}, "focus.method", "must be 'sweep'"),
        ({"focus.step": 1.5}, "focus.step", "must be a whole number"),
        ({"focus.seconds": "long"}, "focus.seconds", "must be a number"),
        ({"mount": None}, "mount", "must be filled in"),
        ({"focus.colour": "blue"}, "focus.colour", "is not known here"),
        ({"focus.points": 8}, "focus.points", "it must be odd"),
        ({"storage.pattern": "{colour}"}, "storage.pattern", "there is no token"),
        ({"roof": {"name": "R"}}, "", "[park_sensor]"),
        ({"output": [{"name": "a", "percent": 200}]}, "output.0.percent", "must be at most 100 %"),
        ({"focus.stars": 3}, "focus.stars", ""),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(
    tmp_path: Path, changes: dict[str, Any], field: str, words: str
) -> None:
    file = written(tmp_path)
    with pytest.raises(BadProfile) as refused:
        save(file, changes, stored(file).version)
    assert refused.value.field == field
    assert words in refused.value.problem
    assert file.read_text(encoding="utf-8") == TEXT
    assert [path.name for path in tmp_path.iterdir()] == ["profile.toml"]


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    values = {**tomllib.loads(TEXT), "focus": {"points": 2, "seconds": 0}}
    assert [one.field for one in every_problem(values, written(tmp_path))] == [
        "focus.points",
        "focus.seconds",
    ]


def test_a_place_inside_a_value_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path)
    with pytest.raises(BadProfile, match="name is no table"):
        save(file, {"name.first": "x"}, stored(file).version)


def test_two_phones_do_not_overwrite_each_other(tmp_path: Path) -> None:
    file = written(tmp_path)
    old = stored(file).version
    save(file, {"focus.step": 150}, old)
    with pytest.raises(BadProfile, match="changed by somebody else"):
        save(file, {"focus.step": 90}, old)
    assert load_profile(file).focus.step == 150


def commands(box: LonelyBox, file: Path) -> dict[str, Command]:
    for command in settings_commands(box.box, file, Worker("settings")):
        box.api.register(command)
    return box.api.commands


def test_the_commands_say_what_waits_for_the_next_start(tmp_path: Path) -> None:
    file = written(tmp_path)

    async def story(box: LonelyBox) -> None:
        commands(box, file)
        form: Any = await box.api.call("profile_schema", {})
        assert form[0]["path"] == ""
        before: Any = await box.api.call("profile_values", {})
        assert before["values"]["focus"] == {"step": 120}
        assert not before["waits"]
        assert not before["night"]
        wrong: Any = await box.api.call("profile_check", {"values": {"focus.points": 2}})
        assert [(one["field"], one["problem"]) for one in wrong] == [("focus.points", "must be at least 3")]
        assert await box.api.call("profile_check", {"values": {"focus.points": 5}}) == []
        await box.api.call("start", {})
        changed: Any = await box.api.call(
            "profile_change", {"values": {"focus.points": 5}, "version": before["version"]}
        )
        assert changed["waits"]
        assert changed["night"]
        await asyncio.sleep(1.0)
        (told,) = [one.text for one in box.said if "focus.points" in one.text]
        assert "This night goes on as it began." in told

    field(tmp_path).live(story)
    assert load_profile(file).focus.points == 5
