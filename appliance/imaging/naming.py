"""Where a sub goes: patterns with tokens, safe on every file system a card may meet.

    {night}/{target}/{filter}/{target}_{filter}_{seconds}s_{number:04}

night     date of the evening the night began, 2026-01-31: it changes at noon by the site's longitude
date time UTC start of the exposure, 2026-01-31 and 23-59-59
target filter kind camera telescope    names; kind is Light, Dark, Flat or Bias
seconds   exposure without needless digits: 120, 0.5
number    the sub's number in its step; {number:04} pads it with zeros
gain offset binning celsius            as set for the exposure; celsius rounded to whole degrees
A token whose value is not known becomes "none".
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain, count
from pathlib import Path, PurePosixPath

from appliance.errors import BadInput

TOKENS = (
    "night", "date", "time", "target", "filter", "kind", "camera", "telescope",
    "seconds", "number", "gain", "offset", "binning", "celsius",
)  # fmt: skip
DEFAULT_PATTERN = "{night}/{target}/{filter}/{target}_{filter}_{seconds}s_{number:04}"
TOKEN = re.compile(r"\{([^{}:]*)(?::([^{}]*))?\}")
UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\s_]+')
# Names that Windows keeps for itself: a folder shared with a PC must not hold them.
RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$")
LONGEST = 64  # bytes in one token, so that a whole name stays below the usual 255


@dataclass(frozen=True, slots=True, kw_only=True)
class NameFacts:
    """What a name can be made of; `started` is aware, `longitude_deg` east positive."""

    started: datetime
    longitude_deg: float
    target: str
    filter: str
    kind: str
    seconds: float
    number: int
    gain: int | None = None
    offset: int | None = None
    binning: int = 1
    celsius: float | None = None
    camera: str = ""
    telescope: str = ""


def check_pattern(pattern: str, field: str = "pattern") -> None:
    """Raise BadInput, naming the field, for a pattern that cannot be used."""
    rest = TOKEN.sub("", pattern)
    if "{" in rest or "}" in rest:
        raise BadInput(field, f"the braces in {pattern!r} do not pair")
    for name, width in TOKEN.findall(pattern):
        if name not in TOKENS:
            raise BadInput(field, f"there is no token {{{name}}}", advice=f"Use one of: {', '.join(TOKENS)}.")
        if width and not (name == "number" and re.fullmatch(r"0?[1-9]", width)):
            raise BadInput(field, f"{{{name}:{width}}} is not understood", advice="Only {number:04} pads.")
    parts = PurePosixPath(pattern).parts
    if not rest.strip("/") + pattern.strip("/") or pattern.endswith("/"):
        raise BadInput(field, "the pattern gives no file name")
    if pattern.startswith("/") or ".." in parts or "\\" in pattern:
        raise BadInput(field, f"{pattern!r} leaves the folder for images")


def sub_path(pattern: str, facts: NameFacts, suffix: str = ".fits") -> PurePosixPath:
    """The path of a sub relative to the folder for images; BadInput as `check_pattern`."""
    check_pattern(pattern)
    values = _values(facts)

    def value(token: re.Match[str]) -> str:
        if token[2]:
            return format(facts.number, token[2])
        return safe(values[token[1]])

    # Split first: no value may add a folder of its own.
    parts = [TOKEN.sub(value, part) for part in PurePosixPath(pattern).parts]
    return PurePosixPath(*parts[:-1], parts[-1] + suffix)


def night_of(moment: datetime, longitude_deg: float) -> date:
    """The date of the evening of the night a moment belongs to: it changes at local mean noon."""
    local = moment.astimezone(UTC) + timedelta(hours=longitude_deg / 15)
    return (local - timedelta(hours=12)).date()


def safe(text: str) -> str:
    """A name as part of a path: letters of every script stay, what any file system refuses goes."""
    plain = UNSAFE.sub("_", unicodedata.normalize("NFC", text)).strip("_. ")
    plain = plain.encode()[:LONGEST].decode(errors="ignore").rstrip("_. ") or "none"
    return f"{plain}_" if RESERVED.match(plain) else plain


def free_path(path: Path, taken: Callable[[Path], bool] = lambda _: False) -> Path:
    """`path`, or when something is there or it is `taken`, the first of name_2, name_3, ... that is free."""
    others = (path.with_name(f"{path.stem}_{number}{path.suffix}") for number in count(2))
    return next(name for name in chain([path], others) if not (name.exists() or taken(name)))


def _values(facts: NameFacts) -> dict[str, str]:
    started = facts.started.astimezone(UTC)
    return {
        "night": night_of(started, facts.longitude_deg).isoformat(),
        "date": started.date().isoformat(),
        "time": started.strftime("%H-%M-%S"),
        "target": facts.target,
        "filter": facts.filter,
        "kind": facts.kind.removesuffix(" Frame"),
        "camera": facts.camera,
        "telescope": facts.telescope,
        "seconds": f"{facts.seconds:.6f}".rstrip("0").rstrip("."),
        "number": str(facts.number),
        "gain": _or_none(facts.gain),
        "offset": _or_none(facts.offset),
        "binning": str(facts.binning),
        "celsius": _or_none(None if facts.celsius is None else round(facts.celsius)),
    }


def _or_none(value: int | None) -> str:
    return "none" if value is None else str(value)
