"""Plans in files: read, refused by name, filled in, written again."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import BadPlan
from appliance.plan import Plan, Step, Target, expanded, load_plan, read_plan, step_keys, written
from appliance.plan.keys import item_key, round_key
from appliance.sky.coordinates import separation_deg
from hardware.devices import J2000, FrameKind

M31 = '[[target]]\nname = "M31"\n[[target.step]]\nseconds = 1\ncount = 1\n'
STEP = {"filter": "L", "seconds": 60.0, "count": 5}


def plan(*items: dict[str, Any], **changes: Any) -> Plan:
    return Plan.model_validate({"name": "plan", "target": list(items), **changes})


def m31(**changes: Any) -> dict[str, Any]:
    return {"name": "M31", "step": [STEP], **changes}


def read(folder: Path, text: str) -> Plan:
    file = folder / "plan.toml"
    file.write_text(text, encoding="utf-8")
    return read_plan(file)


@pytest.mark.parametrize(
    ("text", "field", "why"),
    [
        ('[[target]]\nname = "M31"\n', "target.0", "steps"),
        ('[[target]]\nname = "M31"\ntemplate = "X"\n', "plan.toml", "no template 'X'"),
        ('[[target]]\nname = "M31"\nfoo = 1\n', "target.0.foo", "unknown key"),
        ('[[target]]\ndo = "script"\n', "target.0.file", "does not say it"),
        ('[[target]]\ndo = "script"\nfile = "x"\nfoo = 1\n', "target.0.foo", "unknown key"),
        ('[[target]]\ndo = "dance"\n', "target.0", 'do is "subs"'),
        ('[[target]]\nname = "M31"\nbegin = "noon"\n', "target.0.begin", "no moment"),
        (
            'begin = "rise"\n[[target]]\nname = "M31"\n[[target.step]]\nseconds=1\ncount=1\n',
            "begin",
            "only a target rises",
        ),
        ('[[target]]\ndo = "wait"\n', "target.0", "one of until, seconds and ask"),
        ('[[target]]\ndo = "darks"\nstep = [{seconds = 1, count = 1}]\n', "target.0", "dark"),
        (
            'version = 2\n[[target]]\nname = "M31"\n[[target.step]]\nseconds=1\ncount=1\n',
            "version",
            "does not fit",
        ),
    ],
)
def test_what_does_not_fit_is_named(tmp_path: Path, text: str, field: str, why: str) -> None:
    with pytest.raises(BadPlan) as refused:
        read(tmp_path, 'name = "plan"\n' + text)
    assert refused.value.field == field
    assert why in refused.value.sentence


def test_the_keys_known_in_an_item_are_those_of_its_kind(tmp_path: Path) -> None:
    with pytest.raises(BadPlan) as refused:
        read(tmp_path, 'name = "plan"\n[[target]]\ndo = "sky flats"\ntwilight = "dusk"\nfile = "x"\n')
    assert "shift_arcsec" in refused.value.advice
    assert "min_altitude_deg" not in refused.value.advice


def test_a_template_serves_several_targets_and_steps_of_their_own_take_its_place() -> None:
    other = {"filter": "R", "seconds": 30.0, "count": 2}
    full = expanded(
        plan(
            {"name": "M31", "template": "LRGB"}, {"name": "M33", "template": "LRGB", "step": [other]},
            template={"LRGB": {"step": [STEP]}},
        )
    )  # fmt: skip
    assert [one.step for one in full.sky] == [(Step(**STEP),), (Step(**other),)]


def test_templates_are_found_in_a_folder_beside_the_plan_with_their_age(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "Deep.toml").write_text("[[step]]\nseconds = 300\ncount = 9\n", encoding="utf-8")
    found = read(tmp_path, 'name = "plan"\n[[target]]\nname = "M31"\ntemplate = "Deep"\n')
    assert found.template["Deep"].changed == (folder / "Deep.toml").stat().st_mtime
    assert load_plan(tmp_path / "plan.toml").sky[0].step[0].count == 9
    assert "template.Deep" not in written(found)  # it stays where it is


def test_a_wrong_template_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "Deep.toml").write_text("step = []\n", encoding="utf-8")
    with pytest.raises(BadPlan) as refused:
        read(tmp_path, 'name = "plan"\n[[target]]\nname = "M31"\ntemplate = "Deep"\n')
    assert "Deep.toml" in refused.value.advice


def mosaic(**changes: Any) -> dict[str, Any]:
    grid = {"columns": 3, "rows": 2, "panel_deg": [1.5, 1.0], "overlap_percent": 20.0}
    return {"do": "mosaic", "name": "M31", "step": [STEP], **grid, **changes}


def test_a_mosaic_becomes_panels_to_and_fro() -> None:
    full = expanded(plan(mosaic(wait=True, min_altitude_deg=33.0)))
    places = ["1-1", "2-1", "3-1", "3-2", "2-2", "1-2"]
    assert [one.name for one in full.sky] == [f"M31 panel {place}" for place in places]
    assert all(one.wait and one.min_altitude_deg == 33.0 and one.mosaic == "M31" for one in full.sky)


@pytest.mark.parametrize("angle", [0.0, 37.0, 90.0, 215.0])
@pytest.mark.parametrize("dec", [-60.0, 0.0, 41.0, 84.0])
def test_neighbouring_panels_are_one_step_apart_and_the_middle_is_the_centre(
    dec: float, angle: float
) -> None:
    grid = mosaic(columns=3, rows=3, ra_deg=10.0, dec_deg=dec, position_angle_deg=angle)
    found = {one.name[-3:]: J2000(one.ra_deg or 0, one.dec_deg or 0) for one in expanded(plan(grid)).sky}
    assert separation_deg(found["2-2"], J2000(10.0, dec)) < 1e-5
    assert separation_deg(found["1-2"], found["2-2"]) == pytest.approx(1.2, rel=1e-3)
    assert separation_deg(found["2-1"], found["2-2"]) == pytest.approx(0.8, rel=1e-3)


def test_the_first_panel_is_up_and_left_as_a_camera_turned_so_shows_it() -> None:
    north_up = expanded(plan(mosaic(ra_deg=10.0, dec_deg=0.0))).sky[0]
    assert (north_up.ra_deg or 0) > 10.0  # east is left
    assert (north_up.dec_deg or 0) > 0.0
    east_up = expanded(plan(mosaic(ra_deg=10.0, dec_deg=0.0, position_angle_deg=90.0))).sky[0]
    assert (east_up.ra_deg or 0) > 10.0  # east is up
    assert (east_up.dec_deg or 0) < 0.0  # south is left


def test_panels_near_the_pole_have_position_angles_of_their_own() -> None:
    left, *_, right = sorted(
        expanded(plan(mosaic(ra_deg=0.0, dec_deg=80.0, rows=1))).sky, key=lambda one: one.name
    )
    assert left.position_angle_deg == pytest.approx(360 - (right.position_angle_deg or 0), abs=0.01)
    assert 5 < (right.position_angle_deg or 0) % 360 < 355


def test_a_centre_nobody_knows_is_named() -> None:
    with pytest.raises(BadPlan) as unknown:
        expanded(plan(mosaic(name="Nowhere")))
    assert unknown.value.field == "target.0.name"


def test_keys_tell_steps_apart_and_stay_when_counts_change() -> None:
    twice = plan(m31(step=[STEP, {**STEP, "count": 9}, {**STEP, "gain": 5}, {**STEP, "frame": "flat"}]))
    keys = step_keys(twice)[0]
    assert len(set(keys)) == 4
    more = plan(m31(step=[{**STEP, "count": 50}, STEP, {**STEP, "gain": 5, "dither_every": 9}]))
    assert step_keys(more)[0] == keys[:3]
    rounds = {round_key(keys[0], repeat, turn) for repeat in (1, 2) for turn in (1, 2)}
    assert len(rounds) == 4
    assert round_key(keys[0], 1, 1) == keys[0]


def test_items_of_the_same_kind_have_keys_of_their_own() -> None:
    several = plan({"do": "wait", "seconds": 1.0}, {"do": "wait", "seconds": 2.0}, m31())
    assert len({item_key(several, index) for index in range(3)}) == 3


def test_totals_count_repetitions() -> None:
    assert plan(m31(repeat=3), m31(), repeat=2).total == 40
    assert plan(m31(repeat=3), m31(), repeat=2, clear_on_repeat=False).total == 20
    assert plan(m31(repeat=0)).total == plan(m31(), repeat=0).total == 0


def test_steps_say_what_kind_of_frame_they_take() -> None:
    assert Step(seconds=1, count=1, frame="bias").kind is FrameKind.BIAS
    assert Step(seconds=10, count=1, stack=6).exposed_seconds == 60


def test_keeping_some_targets_keeps_what_is_no_target() -> None:
    full = plan(m31(), {"do": "wait", "seconds": 1.0}, m31(name="M33"))
    left = full.keeping({1: full.sky[1]})
    assert left is not None
    assert [item.do for item in left.target] == ["wait", "subs"]
    assert plan(m31()).keeping({}) is None


ITEMS = st.one_of(
    st.builds(
        lambda name, angle, begin, repeat: m31(
            name=name, position_angle_deg=angle, begin=begin, repeat=repeat
        ),
        st.text("ab \"'\\\n", min_size=1), st.one_of(st.none(), st.floats(0, 359)),
        st.sampled_from(["", "dusk", "21:30+01:00"]), st.integers(0, 5),
    ),
    st.builds(lambda seconds: {"do": "wait", "seconds": seconds}, st.floats(0.1, 1000)),
    st.just({"do": "script", "file": "a.sh", "arguments": ["1", "x y"], "on_failure": "ask"}),
    st.just({"do": "sky flats", "twilight": "dawn", "filters": ["L", "R"], "gain": 100}),
    st.just({"do": "panel flats", "brightness": 5}),
    st.just({"do": "darks", "step": [{"frame": "dark", "seconds": 60.0, "count": 3}]}),
    st.just(mosaic()),
    st.just({"name": "C/2026 A1", "step": [STEP], "orbit": {
        "perihelion_au": 1.0, "eccentricity": 1.0, "inclination_deg": 5.0, "node_deg": 6.0,
        "argument_deg": 7.0, "perihelion_jd": 2461000.5,
    }}),
)  # fmt: skip


@given(
    items=st.lists(ITEMS, min_size=1, max_size=4), night=st.sampled_from(["any", "civil"]), park=st.booleans()
)
def test_what_is_written_reads_back_the_same(items: list[dict[str, Any]], night: str, park: bool) -> None:
    before = plan(*items, night=night, park_at_end=park, template={"T": {"step": [STEP]}})
    assert Plan.model_validate(tomllib.loads(written(before))) == before


def test_a_moving_body_is_placed_in_one_way_only() -> None:
    for wrong in ({"ra_deg": 1.0}, {"move": False, "ra_deg": 1.0, "dec_deg": 1.0}):
        with pytest.raises(ValueError, match=r"ra_deg|coordinates"):
            Target.model_validate({"do": "subs", **m31(**wrong)})
