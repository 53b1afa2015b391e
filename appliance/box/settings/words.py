"""What a person reads of a setting: its label, its unit, and what its table's docstring says of it."""

import re
from collections.abc import Iterator

from pydantic_core import ErrorDetails

from appliance.profile import Section

# Endings of keys, the longest first; what is left of a key is its label.
UNITS = (
    ("degrees_per_minute", "°C/min"), ("steps_per_celsius", "steps/°C"), ("arcsec_s", "″/s"),
    ("m_s", "m/s"), ("mm_h", "mm/h"), ("arcsec", "″"), ("percent", "%"), ("celsius", "°C"),
    ("seconds", "s"), ("minutes", "min"), ("hours", "h"), ("deg", "°"), ("adu", "ADU"),
    ("pixels", "px"), ("px", "px"), ("watts", "W"), ("wh", "Wh"), ("gb", "GB"), ("km", "km"), ("mm", "mm"),
    ("m", "m"),
)  # fmt: skip
# Keys without a telling ending.
STEPS = frozenset({"step", "overshoot", "backlash", "min_position", "max_position"})
NAMES = {
    "adu": "ADU", "gnss": "GNSS", "https": "HTTPS", "hfr": "HFR", "indi": "INDI", "mqtt": "MQTT",
    "jsonrpc": "JSON-RPC", "snr": "SNR", "ra": "RA", "dec": "Dec",
}  # fmt: skip
SENTENCE = re.compile(r"(?<=[.;])\s+(?=[A-Z`\"])")


def label_of(key: str) -> str:
    """`focal_length_mm` is “Focal length”."""
    stem = _split(key)[0] or key
    words = [NAMES.get(word, word) for word in stem.split("_")]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def unit_of(key: str) -> str:
    """`focal_length_mm` is in “mm”; "" for what has no unit."""
    return "steps" if key in STEPS else "s" if key.endswith("_timeout") else _split(key)[1]


def _split(key: str) -> tuple[str, str]:
    for ending, unit in UNITS:
        if key == ending:
            return key, unit
        if key.endswith(f"_{ending}"):
            return key[: -len(ending) - 1], unit
    return key, ""


def help_of(model: type[Section], key: str) -> str:
    """The sentences that name the key, of the table's docstring or of what it is made from; "" for none."""
    for text in _docstrings(model):
        said = [sentence for sentence in SENTENCE.split(text) if f"`{key}`" in sentence]
        if said:
            return " ".join(said)
    return ""


def help_of_table(model: type[Section]) -> str:
    """All that the table's own docstring says."""
    return next(_docstrings(model), "")


def _docstrings(model: type[Section]) -> Iterator[str]:
    for kind in model.__mro__:
        if issubclass(kind, Section) and kind is not Section and kind.__doc__:
            yield re.sub(r"\s+", " ", kind.__doc__).strip()
        if kind is Section:
            return


# By pydantic's name of a problem, and the part of its context that it is about.
LIMITS = {
    "greater_than_equal": ("ge", "at least"), "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"), "less_than": ("lt", "less than"),
}  # fmt: skip
KINDS = {
    "missing": "must be filled in", "extra_forbidden": "is not known here",
    "string_too_short": "must not be empty", "string_type": "must be a text",
}  # fmt: skip


def problem_of(wrong: ErrorDetails) -> str:
    """What does not fit, as it is said beside the field."""
    kind, told = wrong["type"], wrong.get("ctx", {})
    if kind in LIMITS:
        name, words = LIMITS[kind]
        key = next((part for part in reversed(wrong["loc"]) if isinstance(part, str)), "")
        return f"must be {words} {told[name]:g} {unit_of(key)}".rstrip()
    if kind in KINDS:
        return KINDS[kind]
    if kind.startswith("int_"):
        return "must be a whole number"
    if kind.startswith("float_"):
        return "must be a number"
    if kind.startswith("bool_"):
        return "must be on or off"
    if kind == "literal_error":
        return f"must be {told['expected']}"
    text = wrong["msg"].removeprefix("Value error, ")
    return text[:1].lower() + text[1:] if text.startswith(("Input", "String", "Value")) else text
