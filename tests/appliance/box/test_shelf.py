"""Stored plans and templates through the api: chosen, kept, judged, imported."""

from pathlib import Path
from typing import Any

import pytest

from appliance.box.last import chosen_plan
from appliance.box.planning import PlanState
from appliance.errors import BadCommand, BadPlan
from appliance.plan import Plan, load_plan
from tests.appliance.box.open_field import field
from tests.appliance.box.test_planning import STEP, TWO, Story, until_sub
from tests.appliance.surfaces.lonely_box import LonelyBox

OTHER: dict[str, Any] = {"name": "Other night", "cool": False, "target": [{"name": "M81", "step": [STEP]}]}
TELESCOPIUS = (
    "Catalogue Entry,Familiar Name,Right Ascension (j2000),Declination (j2000),Position Angle (East)\n"
    'M 31,Andromeda,00h 42m 44s,"+41° 16\' 08""",35\n'
)


def live(folder: Path, story: Story) -> LonelyBox:
    box = field(folder)
    box.plan = TWO
    box.live(story)
    return box


def plan_state(box: LonelyBox) -> PlanState:
    return next(state for state in box.box.bus.states() if isinstance(state, PlanState))


def test_plans_are_kept_listed_taken_and_deleted(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        call = box.api.call
        assert await call("plans", {}) == {"plans": [], "used": "", "plan": "two"}
        assert await call("plan_save", {}) == "two"
        assert await call("plan_save", {"plan": OTHER}) == "Other_night"
        with pytest.raises(BadCommand, match="already"):
            await call("plan_save", {"plan": OTHER})
        changed = {**OTHER, "night": "civil"}
        assert await call("plan_save", {"plan": changed, "replace": True}) == "Other_night"
        before, now = (tmp_path / "plans" / f"Other_night{end}" for end in (".before", ".toml"))
        assert (load_plan(before).night, load_plan(now).night) == ("nautical", "civil")
        assert await call("plan_save", {"plan": OTHER, "name": "Third"}) == "Third"
        assert await call("plan_use", {"stored": "Other_night"}) == 30
        assert (box.box.plan.name, plan_state(box).stored) == ("Other night", "Other_night")
        told: Any = await call("plans", {})
        assert [(one["stored"], one["plan"], one["subs"]) for one in told["plans"]] == [
            ("Other_night", "Other night", 30), ("Third", "Third", 30), ("two", "two", 60),
        ]  # fmt: skip
        assert told["used"] == "Other_night"
        with pytest.raises(BadCommand, match="the box's plan now"):
            await call("plan_drop", {"stored": "Other_night"})
        await call("plan_drop", {"stored": "Third"})
        read: Any = await call("plan_read", {"stored": "two"})
        assert Plan.model_validate(read["plan"]) == TWO

    live(tmp_path, story)
    assert chosen_plan(tmp_path, tmp_path / "profile.toml", None) == tmp_path / "plans" / "Other_night.toml"


def test_a_stored_plan_is_changed_in_its_place(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await box.api.call("plan_save", {"plan": OTHER})
        await box.api.call("plan_use", {"stored": "Other_night"})
        fewer = {**OTHER, "target": [{"name": "M81", "step": [{**STEP, "count": 3}]}]}
        edition = plan_state(box).edition
        assert await box.api.call("plan_change", {"plan": fewer, "edition": edition}) == 3
        assert plan_state(box).edition == edition + 1
        with pytest.raises(BadCommand, match="not as it was"):
            await box.api.call("plan_change", {"plan": OTHER, "edition": edition})

    live(tmp_path, story)
    assert load_plan(tmp_path / "plans" / "Other_night.toml").total == 3


@pytest.mark.parametrize(
    "name", ["../two", "..", "/etc/passwd", "two.toml", "templates/x", "no such", "two\x00"]
)
def test_only_names_of_the_list_are_files(tmp_path: Path, name: str) -> None:
    async def story(box: LonelyBox) -> None:
        await box.api.call("plan_save", {})
        for command in ("plan_read", "plan_use", "plan_drop"):
            with pytest.raises(BadCommand, match="no stored plan"):
                await box.api.call(command, {"stored": name})
        with pytest.raises(BadCommand, match="no stored template"):
            await box.api.call("template_drop", {"name": name})

    (tmp_path / "two.toml").write_text("name = 'outside'")
    live(tmp_path, story)
    assert (tmp_path / "two.toml").exists()


def test_a_name_with_a_path_in_it_stays_on_the_shelf(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        assert await box.api.call("plan_save", {"name": "../../evil/plan"}) == "evil_plan"
        step = [{"filter": "L", "seconds": 60, "count": 2}]
        assert await box.api.call("template_save", {"name": "../x", "step": step}) == "x"

    live(tmp_path, story)
    shelf = tmp_path / "plans"
    assert sorted(path.relative_to(shelf).as_posix() for path in shelf.rglob("*.toml")) == [
        "evil_plan.toml", "templates/x.toml",
    ]  # fmt: skip


def test_a_running_plan_is_not_taken_away(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await box.api.call("plan_save", {"plan": OTHER})
        await box.api.call("start", {})
        await until_sub(box, 1)
        with pytest.raises(BadCommand, match="running"):
            await box.api.call("plan_use", {"stored": "Other_night"})
        assert box.box.plan == TWO

    live(tmp_path, story)


def test_who_edits_is_told(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await box.api.call("plan_edit", {"who": "phone"})
        now = box.box.observer.unix()
        assert plan_state(box).editing == "phone"
        assert plan_state(box).editing_until == pytest.approx(now + 300)
        await box.api.call("plan_leave", {"who": "phone"})
        assert (plan_state(box).editing, plan_state(box).editing_until) == ("", None)

    live(tmp_path, story)


def flawed(**changes: Any) -> dict[str, Any]:
    return {**OTHER, "target": [{"name": "M81", "step": [{**STEP, **changes}]}]}


FLAWS: list[tuple[dict[str, Any], list[str]]] = [
        (OTHER, []),
        (flawed(seconds=-1, count=0), ["target.0.step.0.seconds", "target.0.step.0.count"]),
        (flawed(filter="Foo"), ["target.0.step.0.filter"]),
        ({**OTHER, "target": [OTHER["target"][0], {"name": "Nowhere", "step": [STEP]}]}, ["target.1.name"]),
        ({**OTHER, "target": []}, ["target"]),
        ({**OTHER, "target": [{"name": "M1", "template": "none"}]}, ["plan.changed.toml"]),
        ({**OTHER, "begin": "soon", "wrong": 1}, ["begin", "wrong"]),
]  # fmt: skip


def test_every_flaw_is_told_beside_its_field(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await box.api.call("connect", {})
        for plan, fields in FLAWS:
            told: Any = await box.api.call("plan_check", {"plan": plan})
            assert sorted(flaw["field"] for flaw in told["flaws"]) == sorted(fields)
            assert all(flaw["problem"] for flaw in told["flaws"])
            assert told["total"] == (None if fields else 30)
        assert box.box.plan == TWO

    live(tmp_path, story)


def test_what_would_not_count_any_more_is_told(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await box.api.call("start", {})
        await until_sub(box, 3)
        await box.api.call("pause", {})
        same = {**TWO.model_dump(mode="json"), "target": [{"name": "M31", "step": [STEP]}]}
        told: Any = await box.api.call("plan_check", {"plan": same})
        assert (told["dropped"], told["running"], told["total"]) == ([], True, 30)
        longer = {**same, "target": [{"name": "M31", "step": [{**STEP, "seconds": 90.0}]}]}
        told = await box.api.call("plan_check", {"plan": longer})
        saved = len(await box.box.journal.saved(1))
        assert saved
        assert [(one["step"], one["fewer"]) for one in told["dropped"]] == [("M31: L 60s bin1", False)]
        assert told["dropped"][0]["saved"] >= 3
        fewer = {**same, "target": [{"name": "M31", "step": [{**STEP, "count": 2}]}]}
        told = await box.api.call("plan_check", {"plan": fewer})
        assert [one["fewer"] for one in told["dropped"]] == [True]
        told = await box.api.call("plan_check", {"plan": {**same, "name": "new"}})
        assert told["flaws"][0]["field"] == "name"

    live(tmp_path, story)


def test_another_programs_file_becomes_a_plan(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        file: dict[str, object] = {"name": "list.csv", "text": TELESCOPIUS}
        told: Any = await box.api.call("plan_import", file)
        plan = Plan.model_validate(told["plan"])
        assert (plan.name, [one.name for one in plan.sky]) == ("list", ["Andromeda"])
        assert any("Exposures" in line for line in told["left_out"])
        assert not (tmp_path / "plans").exists()

    live(tmp_path, story)


def test_templates_of_the_plan_and_the_box(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        call = box.api.call
        step = {"filter": "R", "seconds": 30.0, "count": 5}
        await call("template_save", {"name": "Red", "description": "warm", "step": [step]})
        with pytest.raises(BadPlan, match=r"step\.0\.seconds"):
            await call("template_save", {"name": "Red", "step": [{**step, "seconds": 0}]})
        told: Any = await call("templates", {})
        assert [(one["name"], one["description"], one["stored"]) for one in told] == [("Red", "warm", True)]
        with_own = {**OTHER, "template": {"Own": {"step": [step]}}}
        await call("plan_change", {"plan": with_own})
        told = await call("templates", {})
        assert [(one["name"], one["stored"]) for one in told] == [("Red", True), ("Own", False)]
        await call("template_drop", {"name": "Red"})
        assert [one["name"] for one in await call("templates", {})] == ["Own"]  # type: ignore[attr-defined]

    live(tmp_path, story)
