"""What is known of INDI's properties, and what a person's wish becomes."""

import pytest

from appliance.errors import BadCommand
from appliance.surfaces.indi_browser import tree as tree_module
from appliance.surfaces.indi_browser.tree import LONGEST_TEXT, MOST_GONE, Shown, Tree
from appliance.surfaces.indi_browser.wishes import Wish, wished
from hardware.indi_wire import Element, Member

MOUNT = "Mount"


def defined(kind: str, name: str, *members: Member, **attributes: str) -> Element:
    given = {"device": MOUNT, "name": name, "state": "Idle", "perm": "rw", "label": f"The {name}"}
    return Element(f"def{kind}Vector", given | attributes, members)


def switches(name: str, rule: str, first: str, second: str) -> Element:
    """The first is on."""
    members = Member("defSwitch", first, "On"), Member("defSwitch", second, "Off")
    return defined("Switch", name, *members, rule=rule)


def figure(name: str, text: str, **attributes: str) -> Member:
    return Member("defNumber", name, text, {"name": name, "label": f"{name}!", **attributes})


RATE = defined("Number", "RATE", figure("RA", "1", min="0", max="2", step="0.1", format="%.2f"), group="Main")
COORD = defined("Number", "COORD", figure("RA", "1.5", format="%10.6m"), figure("DEC", "20"))
TRACK = switches("TRACK", "OneOfMany", "ON", "OFF")
MOVE = switches("MOVE", "AtMostOne", "N", "S")
ANY = switches("ANY", "AnyOfMany", "A", "B")
PORT = defined("Text", "PORT", Member("defText", "PORT", "/dev/ttyUSB0"))
INFO = defined("Text", "INFO", Member("defText", "NAME", "x"), perm="ro")
LIGHTS = defined("Light", "LIGHTS", Member("defLight", "ONE", "Ok"))
EVERY = (RATE, COORD, TRACK, MOVE, ANY, PORT, INFO, LIGHTS)


def filled() -> Tree:
    tree = Tree()
    for element in EVERY:
        tree.take(element)
    return tree


def told(name: str) -> Shown:
    shown = filled().find(MOUNT, name)
    assert shown is not None
    return shown


def test_a_property_is_kept_as_its_driver_tells_it() -> None:
    rate = told("RATE")
    assert (rate.label, rate.group, rate.kind, rate.perm) == ("The RATE", "Main", "Number", "rw")
    item = rate.items["RA"]
    assert (item.label, item.text, item.form) == ("RA!", "1", "%.2f")
    assert (item.least, item.most, item.step) == (0.0, 2.0, 0.1)
    assert told("TRACK").rule == "OneOfMany"
    assert told("LIGHTS").perm == "ro"


def test_only_what_is_new_is_told() -> None:
    tree = filled()
    seen = tree.revision
    assert tree.changed(MOUNT, seen) == (False, (), ())
    attributes = {"device": MOUNT, "name": "RATE", "state": "Busy", "message": "It goes."}
    member = Member("oneNumber", "RA", "1.2", {"name": "RA", "max": "3"})
    news = Element("setNumberVector", attributes, (member,))
    tree.take(news)
    whole, changed, gone = tree.changed(MOUNT, seen)
    assert (whole, [one.name for one in changed], gone) == (False, ["RATE"], ())
    assert (changed[0].state, changed[0].said, changed[0].items["RA"].text) == ("Busy", "It goes.", "1.2")
    assert changed[0].items["RA"].most == 3.0
    assert tree.lines(MOUNT) == ("It goes.",)
    tree.take(Element("delProperty", {"device": MOUNT, "name": "PORT"}))
    assert tree.changed(MOUNT, seen)[2] == ("PORT",)
    assert tree.changed(MOUNT, 0)[0]


def test_who_was_away_for_too_long_is_told_everything() -> None:
    tree = filled()
    seen = tree.revision
    for _ in range(MOST_GONE):
        tree.take(PORT)
        tree.take(Element("delProperty", {"device": MOUNT, "name": "PORT"}))
    assert tree.changed(MOUNT, seen)[0]
    tree.clear()
    tree.take(PORT)
    assert tree.changed(MOUNT, tree.revision - 2)[0]


def test_a_driver_without_end_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree_module, "MOST_PROPERTIES", 10)
    tree = Tree()
    for number in range(50):
        tree.take(defined("Text", f"P{number}", Member("defText", "T", "x" * 10_000)))
    assert len(tree.of(MOUNT)) == 10
    assert len(tree.of(MOUNT)[0].items["T"].text) == LONGEST_TEXT


@pytest.mark.parametrize(
    ("name", "values", "sent"),
    [
        ("RATE", {"RA": 1.5}, {"RA": "1.5"}),
        ("COORD", {"RA": "12:30:00"}, {"RA": "12.5", "DEC": "20"}),
        ("TRACK", {"OFF": True}, {"ON": "Off", "OFF": "On"}),
        ("TRACK", {"OFF": False}, {"ON": "On", "OFF": "Off"}),
        ("MOVE", {"N": False}, {"N": "Off", "S": "Off"}),
        ("MOVE", {"S": "On"}, {"N": "Off", "S": "On"}),
        ("ANY", {"B": True}, {"A": "On", "B": "On"}),
        ("PORT", {"PORT": "/dev/ttyACM0"}, {"PORT": "/dev/ttyACM0"}),
    ],
)
def test_a_wish_has_every_item(name: str, values: dict[str, Wish], sent: dict[str, str]) -> None:
    element = wished(told(name), values)
    assert element.tag == f"new{told(name).kind}Vector"
    assert dict(element.values()) == sent


@pytest.mark.parametrize(
    ("name", "values", "why"),
    [
        ("RATE", {"RA": 2.5}, "RA!: 2.5 is not between 0 and 2"),
        ("RATE", {"RA": "fast"}, "'fast' is no number"),
        ("RATE", {"RA": "nan"}, "'nan' is no number"),
        ("RATE", {"DEC": 1.0}, "no item 'DEC'"),
        ("RATE", {}, "name an item"),
        ("TRACK", {"ON": False}, "one must be on"),
        ("TRACK", {"ON": True, "OFF": True}, "at most one may be on"),
        ("TRACK", {"ON": 1.0}, "neither true nor false"),
        ("PORT", {"PORT": 5.0}, "is no text"),
        ("PORT", {"PORT": "x" * 5000}, "longer than"),
        ("PORT", {"PORT": "a\x00b"}, "INDI cannot say it"),
        ("INFO", {"NAME": "y"}, "can only be read"),
        ("LIGHTS", {"ONE": "Ok"}, "can only be read"),
    ],
)
def test_a_wish_that_does_not_fit_is_refused_by_name(name: str, values: dict[str, Wish], why: str) -> None:
    with pytest.raises(BadCommand, match=why):
        wished(told(name), values)
