"""The lists of the profile: the usual ones, their limits, and those that are refused by name."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from appliance.errors import BadProfile
from appliance.profile import CLEARS, ListName, Profile, load_profile, longest_seconds
from tests.appliance.sequence.night_rig import PROFILE

ROOF = {"driver": "simulator", "name": "Roof"}
SWITCH = {"driver": "simulator", "name": "Park sensor"}
RIG: dict[str, Any] = {
    **PROFILE, "roof": ROOF, "park_sensor": SWITCH,
    "output": [{"driver": "simulator", "name": "Siren"}],
}  # fmt: skip
COVER = {"cover": {"driver": "simulator", "name": "Cover"}}
NO_ROOF = {"roof": None, "park_sensor": None}
STOP, PARK, CLOSE, OPEN = ({"do": do} for do in ("stop work", "park", "close roof", "open roof"))


def profile(**changes: Any) -> Profile:
    values = {**RIG, **changes}
    return Profile.model_validate({name: value for name, value in values.items() if value is not None})


def dos(rig: Profile, name: ListName) -> list[str]:
    return [step.do for step in rig.steps(name)]


def test_the_usual_lists_of_a_roof() -> None:
    rig = profile(**COVER)
    assert dos(rig, "unsafe") == ["stop work", "park", "close roof", "close cover"]
    assert dos(rig, "roof_close") == ["park", "close roof"]
    assert dos(rig, "roof_open") == ["open roof"]
    assert dos(rig, "end") == ["park", "close roof", "close cover", "warm camera"]
    assert {step.on_failure for step in rig.steps("unsafe")} == {"go on"}


def test_the_usual_lists_without_one_and_with_one_that_clears_the_telescope() -> None:
    bare = profile(**NO_ROOF)
    assert dos(bare, "unsafe") == ["stop work", "park"]
    assert dos(bare, "roof_close") == dos(bare, "roof_open") == []
    assert dos(bare, "end") == ["park", "warm camera"]
    dome = profile(roof={**ROOF, "clears_telescope": CLEARS}, park_sensor=None)
    assert dos(dome, "unsafe") == ["stop work", "close roof", "park"]
    assert dos(dome, "roof_close") == ["close roof"]


def test_every_action_has_a_limit_and_the_longest_time_counts_delays() -> None:
    rig = profile(
        safety={"roof_within_seconds": 200},
        actions={"unsafe": [STOP, {**PARK, "delay_seconds": 7}, {**CLOSE, "within_seconds": 50}]},
    )
    assert [step.limit for step in rig.steps("unsafe")] == [15, 100, 50]
    assert longest_seconds(rig.steps("unsafe")) == 172
    slow = profile(roof={**ROOF, "motor_seconds": 600})
    assert slow.steps("roof_close")[-1].limit > 600
    assert slow.steps("end")[1].limit == slow.steps("roof_close")[-1].limit


NOTIFY = {"do": "notify", "text": "It rains"}
PROMPT = {"do": "prompt", "text": "Shall I?"}


@pytest.mark.parametrize(
    ("actions", "why"),
    [
        ({"unsafe": [STOP, CLOSE]}, '[[actions.unsafe]] has no "park"'),
        ({"unsafe": [STOP, PARK]}, '[[actions.unsafe]] has no "close roof"'),
        ({"unsafe": [PARK, CLOSE]}, '[[actions.unsafe]] has no "stop work"'),
        ({"unsafe": [PARK, STOP, CLOSE]}, 'must "stop work" before anything is moved'),
        ({"unsafe": [STOP, CLOSE, PARK]}, 'must "park" before it can "close roof"'),
        ({"unsafe": [STOP, PARK, CLOSE, OPEN]}, 'must not "open roof"'),
        ({"unsafe": [STOP, PARK, PROMPT, CLOSE]}, "may wait 300 s for other things"),
        ({"unsafe": [STOP, {**PARK, "delay_seconds": 151}, CLOSE]}, "may wait 151 s"),
        ({"unsafe": [STOP, PARK, CLOSE], "roof_close": [PARK, {**CLOSE, "delay_seconds": 151}]}, "may wait"),
        ({"end": [CLOSE]}, '[[actions.end]] has no "park"'),
        ({"end": [PARK]}, '[[actions.end]] has no "close roof"'),
        ({"end": [STOP, PARK, CLOSE]}, '[[actions.end]] must not "stop work"'),
        ({"roof_close": [CLOSE]}, 'must "park" before it can "close roof"'),
        ({"roof_close": [PARK]}, '[[actions.roof_close]] has no "close roof"'),
        ({"roof_close": [PARK, PROMPT, CLOSE]}, 'must not "prompt"'),
        ({"roof_open": [NOTIFY]}, '[[actions.roof_open]] has no "open roof"'),
        ({"roof_open": [OPEN, PARK]}, 'must not "park"'),
        ({"end": [PARK, CLOSE, {"do": "close cover"}]}, '"close cover" and there is none'),
        ({"end": [PARK, CLOSE, {"do": "switch", "output": "Fan", "level": 1}]}, "are: Siren"),
        ({"end": [{"do": "switch", "output": "Siren"}]}, 'do = "switch" needs level'),
        ({"end": [{**PARK, "text": "please"}]}, 'do = "park" has no text'),
        ({"end": [{"do": "run"}]}, 'do = "run" needs command'),
    ],
)
def test_what_cannot_be_safe_or_done_is_refused_by_name(actions: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError) as refused:
        profile(actions=actions)
    assert why in str(refused.value)


def test_lists_about_a_roof_that_is_not_there() -> None:
    for actions in ({"roof_open": [OPEN]}, {"unsafe": [STOP, PARK, CLOSE]}):
        with pytest.raises(ValidationError, match="is about a roof and there is none"):
            profile(**NO_ROOF, actions=actions)


def test_what_comes_after_the_roof_is_closed_may_take_its_time() -> None:
    rig = profile(actions={"unsafe": [STOP, PARK, CLOSE, PROMPT, {"do": "warm camera"}, NOTIFY]})
    assert longest_seconds(rig.steps("unsafe")) > 1000


def test_a_roof_needs_the_switch_or_the_sentence() -> None:
    with pytest.raises(ValidationError, match=r"\[roof\] needs \[park_sensor\]"):
        profile(park_sensor=None)
    for wrong in (True, "yes", CLEARS.lower()):
        with pytest.raises(ValidationError, match="this takes a sentence"):
            profile(roof={**ROOF, "clears_telescope": wrong})
    assert not profile(roof={**ROOF, "clears_telescope": False}).roof.clears  # type: ignore[union-attr]


def test_the_file_is_named_and_not_printed_whole(tmp_path: Path) -> None:
    text = (
        'name = "x"\nsite = {latitude_deg = 1, longitude_deg = 1}\nmount = {name = "M"}\n'
        'roof = {name = "R"}\n'
        'telescope = {focal_length_mm = 400, aperture_mm = 80}\ncamera = {name = "C"}\n'
    )
    path = tmp_path / "rig.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadProfile) as refused:
        load_profile(path)
    assert refused.value.sentence.startswith("rig.toml: [roof] needs [park_sensor]")
    assert "latitude" not in refused.value.sentence
    path.write_text(text.replace('"R"', '"R", clears_telescope = true'), encoding="utf-8")
    with pytest.raises(BadProfile, match=r"roof\.clears_telescope: True does not fit: this takes a sentence"):
        load_profile(path)
