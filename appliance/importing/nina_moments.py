"""Moments in NINA's sequences: a clock time, or what a provider finds in the sky, with minutes after it."""

from appliance.importing.left import Fields
from appliance.importing.reading import Reading, offset

PROVIDERS = {
    "DuskProvider": "dusk", "NauticalDuskProvider": "dusk", "CivilDuskProvider": "dusk",
    "SunsetProvider": "dusk", "DawnProvider": "dawn", "NauticalDawnProvider": "dawn",
    "CivilDawnProvider": "dawn", "SunriseProvider": "dawn", "MeridianProvider": "meridian",
}  # fmt: skip


def moment_text(fields: Fields, reading: Reading) -> str:
    """The moment of a wait or of an end; "" when a plan cannot say it, which is then listed."""
    provider = str(fields.node("SelectedProvider").get("$type", "TimeProvider"))
    word = provider.split(",", maxsplit=1)[0].rsplit(".", 1)[-1]
    if word == "TimeProvider":
        hours, minutes, seconds = (fields.whole(one) for one in ("Hours", "Minutes", "Seconds"))
        return reading.clock(f"{hours:02}:{minutes:02}:{seconds:02}", fields.place)
    if word not in PROVIDERS:
        reading.left.add(fields.place, f"the moment {word}")
        return ""
    anchor = PROVIDERS[word]
    if anchor in {"dusk", "dawn"} and word not in {"NauticalDuskProvider", "NauticalDawnProvider"}:
        reading.left.add(fields.place, f"{word} became {anchor}: the plan's own, as dark as its `night` says")
    return offset(anchor, fields.number("MinutesOffset"))
