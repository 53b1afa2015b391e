"""The questions about the sky that the Align screen asks, and the framing that goes into the plan."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from appliance.errors import BadCommand, BadInput, BadPlan
from appliance.sky.coordinates import separation_arcsec, separation_deg
from hardware.devices import J2000
from tests.appliance.box.open_field import M31, field
from tests.appliance.surfaces.lonely_box import LonelyBox

Story = Callable[[LonelyBox], Coroutine[Any, Any, None]]
FRAMING: dict[str, object] = {"name": "M 31 core", **M31, "position_angle_deg": 35.0}


def at_night(folder: Path, story: Story, **changes: Any) -> None:
    field(folder, **changes).live(story)


def test_the_search_tells_how_each_stands(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        told: Any = await box.api.call("catalogue_search", {"text": "horshead"})
        first = told["objects"][0]
        assert (first["name"], first["called"], first["kind"]) == ("B 33", "Horsehead Nebula", "dark nebula")
        assert first["ra"].startswith("05h4")
        assert told["night"]["dark"]
        assert told["night"]["begins"] <= first["best_at"] <= told["night"]["ends"]
        assert first["best_deg"] > 35
        assert not first["sun_danger"]
        assert (await box.api.call("catalogue_search", {"text": "qqqqq"}))["objects"] == []  # type: ignore[index]

    at_night(tmp_path, story)


def test_coordinates_and_bodies_are_found_too(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        places: Any = await box.api.call("catalogue_search", {"text": "00 42 44 +41 16 09"})
        (place,) = places["objects"]
        assert place["kind"] == "coordinates"
        assert separation_arcsec(J2000(place["ra_deg"], place["dec_deg"]), J2000(**M31)) < 30
        sun: Any = await box.api.call("catalogue_search", {"text": "sun"})
        assert sun["objects"][0]["sun_danger"]
        moon: Any = await box.api.call("catalogue_search", {"text": "Moon"})
        assert moon["objects"][0]["moon_deg"] == pytest.approx(0, abs=0.01)
        assert moon["objects"][0]["moves"]

    at_night(tmp_path, story)


def test_typed_coordinates_of_date_differ_by_precession(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        read = {}
        for equinox in ("J2000", "JNow"):
            told: Any = await box.api.call(
                "sky_coordinates", {"text": "10 00 00 +20 00 00", "equinox": equinox}
            )
            read[equinox] = J2000(told["objects"][0]["ra_deg"], told["objects"][0]["dec_deg"])
        assert separation_deg(read["J2000"], read["JNow"]) == pytest.approx(0.37, abs=0.03)
        with pytest.raises(BadInput, match="more than 59"):
            await box.api.call("sky_coordinates", {"text": "10 75 00 +20 00 00"})

    at_night(tmp_path, story)


def test_the_best_come_in_their_group(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        told: Any = await box.api.call("sky_best", {"group": "clusters", "limit": 5})
        assert len(told["objects"]) == 5
        assert {one["group"] for one in told["objects"]} == {"clusters"}

    at_night(tmp_path, story)


def test_one_object_has_its_curve_through_the_night(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        told: Any = await box.api.call("sky_object", {"name": "m31"})
        night, curve = told["night"], told["curve"]
        assert (curve[0][0], curve[-1][0]) == (round(night["begins"]), round(night["ends"]))
        assert max(alt for _, alt, _ in curve) == pytest.approx(told["objects"][0]["best_deg"], abs=0.5)
        assert told["jnow"]["ra"] != told["objects"][0]["ra"]
        with pytest.raises(BadInput, match="nothing called"):
            await box.api.call("sky_object", {"name": "M 999"})
        with pytest.raises(BadCommand, match="give a name"):
            await box.api.call("sky_object", {})

    at_night(tmp_path, story)


def test_questions_drive_nothing(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        asking = {name for name, command in box.api.commands.items() if command.asks}
        assert asking >= {
            "catalogue_search", "sky_best", "sky_object", "sky_coordinates", "sky_chart", "align_facts",
        }  # fmt: skip

    at_night(tmp_path, story)


def test_the_chart_is_plain_numbers(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        told: Any = await box.api.call("sky_chart", {**M31, "radius_deg": 2.0, "stars": 50})
        assert len(told["stars"]) == 50
        assert all(len(star) == 3 for star in told["stars"])
        assert told["shapes"][0]["name"] == "M 31"

    at_night(tmp_path, story)


def test_a_framing_becomes_a_target_with_the_steps_of_the_newest(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        steps = box.box.written.target[0].step  # type: ignore[union-attr]
        told: Any = await box.api.call("framing_add", FRAMING)
        assert told == {"name": "M 31 core", "subs": 8, "position_angle_kept": True}
        added: Any = box.box.written.target[-1]
        assert (added.ra_deg, added.position_angle_deg, added.step) == (10.684, 35.0, steps)
        again: Any = await box.api.call("framing_add", FRAMING)
        assert again["name"] == "M 31 core 2"

    at_night(tmp_path, story)


def test_without_a_rotator_no_night_looks_for_the_angle(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        told: Any = await box.api.call("framing_add", FRAMING)
        assert not told["position_angle_kept"]
        assert box.box.written.target[-1].position_angle_deg is None  # type: ignore[union-attr]

    at_night(tmp_path, story, rotator=None)


def test_a_mosaic_knows_the_field_of_the_camera(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        with pytest.raises(BadCommand, match="camera is not connected"):
            await box.api.call("framing_add", {**FRAMING, "columns": 2})
        await box.api.call("connect", {})
        facts: Any = await box.api.call("align_facts", {})
        await box.api.call("framing_add", {**FRAMING, "columns": 2, "rows": 3, "overlap_percent": 20.0})
        added: Any = box.box.written.target[-1]
        assert (added.do, added.columns, added.rows, added.overlap_percent) == ("mosaic", 2, 3, 20.0)
        assert added.panel_deg == pytest.approx(
            (facts["field"]["width_deg"], facts["field"]["height_deg"]), abs=1e-4
        )
        assert len(box.box.plan.sky) == 1 + 6

    at_night(tmp_path, story)


def test_who_changes_the_plan_is_not_disturbed(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await box.api.call("plan_edit", {"who": "another phone"})
        with pytest.raises(BadCommand, match="another phone is changing the plan"):
            await box.api.call("framing_add", {**FRAMING, "who": "this phone"})
        with pytest.raises(BadPlan, match="no template"):
            await box.api.call("framing_add", {**FRAMING, "who": "another phone", "template": "nowhere"})
        await asyncio.sleep(1.0)
        assert len(box.box.written.target) == 1

    at_night(tmp_path, story)
