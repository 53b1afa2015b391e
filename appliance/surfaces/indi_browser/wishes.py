"""From what a person wants of one property to INDI's words for it; what does not fit is named."""

import math
from collections.abc import Mapping

from appliance.errors import BadCommand
from appliance.surfaces.indi_browser.tree import LONGEST_TEXT, READ, Item, Shown
from hardware.indi_wire import Element, MalformedElement, Member, encode, number

Wish = str | float | bool


def wished(shown: Shown, values: Mapping[str, Wish]) -> Element:
    """A new*Vector with every item, those that nobody has named as they are; BadCommand."""
    if shown.kind in {"Light", "BLOB"} or shown.perm == READ:
        raise BadCommand("property", f"{shown.label} can only be read")
    if not values:
        raise BadCommand("values", "name an item and what it shall be")
    for name in values:
        if name not in shown.items:
            known = ", ".join(shown.items)
            raise BadCommand("values", f"{shown.label} has no item {name!r}", advice=f"It has: {known}.")
    texts = _switches(shown, values) if shown.kind == "Switch" else _others(shown, values)
    tag = f"one{shown.kind}"
    members = tuple(Member(tag, name, text) for name, text in texts.items())
    element = Element(f"new{shown.kind}Vector", {"device": shown.device, "name": shown.name}, members)
    try:
        encode(element)
    except MalformedElement as wrong:
        raise BadCommand("values", f"INDI cannot say it: {wrong}") from wrong
    return element


def _switches(shown: Shown, values: Mapping[str, Wish]) -> dict[str, str]:
    wanted = {name: _is_on(name, value) for name, value in values.items()}
    on = [name for name, is_on in wanted.items() if is_on]
    if shown.rule == "AnyOfMany":
        kept = {name: item.text == "On" for name, item in shown.items.items()}
        return {name: _on(is_on) for name, is_on in (kept | wanted).items()}
    if len(on) > 1:
        raise BadCommand("values", f"of {shown.label} at most one may be on", advice="Choose one.")
    left = {name for name, item in shown.items.items() if item.text == "On" and name not in wanted}
    if shown.rule == "OneOfMany" and not on and not left:
        raise BadCommand(
            "values", f"of {shown.label} one must be on", advice="Switch another one on instead."
        )
    return {name: _on(name in on or (not on and name in left)) for name in shown.items}


def _is_on(name: str, value: Wish) -> bool:
    if isinstance(value, bool):
        return value
    if value in {"On", "Off"}:
        return value == "On"
    raise BadCommand("values", f"{name} is a switch, and {value!r} is neither true nor false")


def _on(is_on: bool) -> str:
    return "On" if is_on else "Off"


def _others(shown: Shown, values: Mapping[str, Wish]) -> dict[str, str]:
    checked = _figure if shown.kind == "Number" else _words
    return {
        name: checked(item, values[name]) if name in values else item.text
        for name, item in shown.items.items()
    }


def _figure(item: Item, value: Wish) -> str:
    try:
        figure = float(value) if isinstance(value, int | float) else number(value)
    except MalformedElement as wrong:
        advice = "Write it as 12.5, or as degrees or hours: 12:30:00."
        raise BadCommand("values", f"{item.label}: {value!r} is no number", advice=advice) from wrong
    if isinstance(value, bool) or not math.isfinite(figure):
        raise BadCommand("values", f"{item.label}: {value!r} is no number")
    least, most = item.least, item.most
    # Equal limits are how a driver says that it has none.
    if least is not None and most is not None and least < most and not least <= figure <= most:
        raise BadCommand(
            "values", f"{item.label}: {figure:g} is not between {least:g} and {most:g}",
            advice="Choose a value within the driver's limits.",
        )  # fmt: skip
    return repr(figure)


def _words(item: Item, value: Wish) -> str:
    if not isinstance(value, str):
        raise BadCommand("values", f"{item.label}: {value!r} is no text")
    if len(value) > LONGEST_TEXT:
        raise BadCommand("values", f"{item.label} is longer than {LONGEST_TEXT} characters")
    return value
