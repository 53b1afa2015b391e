"""The panel in the profile: the manual's own example fits, and what cannot be is refused by name."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from appliance.profile import CLEARS, MqttSection, Profile, StartupSection
from hardware.devices import DeviceSpec
from tests.appliance.rehearsal.rehearsal_rig import INDI

DOCS = Path(__file__).parents[2] / "docs"


def example(page: str = "panel.md") -> dict[str, Any]:
    (text,) = re.findall(r"```toml\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    return tomllib.loads(text)


def test_the_manuals_example_fits() -> None:
    profile = Profile.model_validate(INDI | example())
    assert profile.panel is not None
    assert profile.drivers() == {"indi", "gpio"}
    assert profile.panel.spec("start") == DeviceSpec("gpio", "panel start", {"pin": "GPIO23"})
    assert profile.panel.spec("override") is None
    assert profile.lonely is profile.startup


def test_the_reference_box_fits_with_its_panel_and_the_guardian_on_its_buzzer() -> None:
    values = INDI | example("wiring.md") | example() | {"guardian": {"buzzer_pin": "GPIO18"}}
    profile = Profile.model_validate(values)
    assert profile.guardian_buzzer_active == "high"
    values["panel"]["buzzer"]["setup"]["active"] = "low"
    assert Profile.model_validate(values).guardian_buzzer_active == "low"
    with pytest.raises(ValidationError, match=r'guardian.buzzer_active = "high" is not what panel.buzzer'):
        Profile.model_validate(values | {"guardian": {"buzzer_pin": "18", "buzzer_active": "high"}})


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        ("GPIO20", "GPIO20 is used twice: as open_pin of roof, and as buzzer_pin of guardian"),
        ("BOARD16", "GPIO23 is used twice: as pin of panel.start, and as buzzer_pin of guardian"),
        ("GPIO99", "buzzer_pin of guardian: GPIO99 is not on the header"),
        ("xyz", "buzzer_pin of guardian: 'xyz' is not a pin"),
    ],
)
def test_the_guardians_buzzer_takes_nobodys_pin(pin: str, why: str) -> None:
    values = INDI | example("wiring.md") | example() | {"guardian": {"buzzer_pin": pin}}
    with pytest.raises(ValidationError, match=re.escape(why)):
        Profile.model_validate(values)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"park_sensor": {"setup": {"pin": 6, "activ": "low"}}}, "park_sensor: it has no setting 'activ'"),
        ({"park_sensor": {"setup": {}}}, "park_sensor: its setup names no pin"),
        ({"roof": {"setup": {"open_pin": 20}}}, "roof: its setup names no close_pin"),
        ({"power": {"setup": {"pin": 26, "pull": "sideways"}}}, "power: pull = 'sideways' is not known"),
        ({"board": {"setup": {"pin": 26}}}, "board: it has no setting 'pin'"),
        ({"mount": {"setup": {}}}, 'mount has driver = "gpio"; no such device is on the header'),
    ],
)
def test_what_the_header_cannot_do_is_refused_when_it_is_read(changed: dict[str, Any], why: str) -> None:
    ((kind, table),) = changed.items()
    values = INDI | {kind: {"driver": "gpio", "name": "It"} | table}
    if kind == "roof":
        values["roof"]["clears_telescope"] = CLEARS
    with pytest.raises(ValidationError, match=re.escape(why)):
        Profile.model_validate(values)


def test_a_display_with_another_key_is_refused() -> None:
    values = example()
    values["panel"]["display"]["setup"] = {"address": 60}
    with pytest.raises(ValidationError, match=r"panel\.display: it has no setting 'address'"):
        Profile.model_validate(INDI | values)


def test_a_panel_alone_asks_for_time_and_place() -> None:
    assert Profile.model_validate(INDI).lonely is None
    assert Profile.model_validate(INDI | {"panel": {}}).lonely == StartupSection()


def test_a_pin_of_two_buttons_is_refused_with_both_places() -> None:
    values = example()
    values["panel"]["stop"]["setup"]["pin"] = 23
    with pytest.raises(
        ValidationError, match=r"GPIO23 is used twice: as pin of panel.start, and as pin of panel.stop"
    ):
        Profile.model_validate(INDI | values)


@pytest.mark.parametrize(
    ("section", "why"),
    [
        ({"override": {}}, "override needs a roof_open or a roof_close"),
        ({"start": {"driver": "indi"}}, "driver"),
        ({"brightness": 0.0}, "brightness"),
        ({"hold_seconds": 0.2}, "hold_seconds"),
        ({"strat": {}}, "strat"),
    ],
)
def test_what_cannot_be_is_refused(section: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Profile.model_validate(INDI | {"panel": section})


@pytest.mark.parametrize("topic", ["", "/a", "a/", "a/#", "+", "a b"])
def test_topics_that_no_broker_takes_are_refused(topic: str) -> None:
    with pytest.raises(ValidationError, match="topic"):
        MqttSection(host="h", topic=topic)


def test_a_topic_may_have_levels() -> None:
    assert MqttSection(host="h", topic="home/roof/nightbox").topic == "home/roof/nightbox"
    assert MqttSection(host="h", topic="n").topic == "n"
