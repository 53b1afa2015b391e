"""The night in a few short lines, for a small display. Pure."""

import textwrap
import unicodedata
from collections.abc import Sequence

from appliance.surfaces.panel import patterns
from appliance.surfaces.panel.facts import Facts, pattern

HEADS = {
    patterns.FAULT: "FAULT", patterns.UNSAFE: "UNSAFE", patterns.NEEDS_YOU: "NEEDS YOU",
    patterns.SHUTTING_DOWN: "SHUTTING DOWN", patterns.RUNNING: "RUNNING", patterns.WAITING: "WAITING",
}  # fmt: skip
QUIET = (patterns.IDLE, patterns.RUNNING, patterns.WAITING)
TURN_SECONDS = 10.0
RESTING = {"ended": "FINISHED", "idle": "READY"}
SAME = str.maketrans(
    {"…": "...", "“": '"', "”": '"', "’": "'", "–": "-", "−": "-", "″": '"', "′": "'", "°": " deg"}
)


def lines(now: Facts, unix: float, rows: int, columns: int, code: str = "") -> list[str]:
    """At most so many, none longer than `columns`: what it is, then what a person must know first.

    `code` is the page's pairing code, while it has no password: shown where nothing waits for a person.
    """
    head = _head(now)
    clock = f"{int(unix // 3600 % 24):02}:{int(unix // 60 % 60):02}"
    first = f"{head:<{columns - 5}}{clock}" if len(head) + 6 <= columns else head
    code = code if pattern(now) in QUIET else ""
    pairing = [f"Page code {code}"[-columns:]] if code else []
    body = _body(now, unix, rows - 1 - len(pairing), columns)
    return [plain(line)[:columns] for line in [first, *pairing, *body][:rows]]


def _head(now: Facts) -> str:
    shown = pattern(now)
    if shown is patterns.IDLE:
        return RESTING.get(now.phase, "READY")
    pauses = shown in {patterns.WAITING, patterns.NEEDS_YOU} and now.phase == "paused" and not now.answers
    return "PAUSED" if pauses else HEADS[shown]


def _body(now: Facts, unix: float, rows: int, columns: int) -> list[str]:
    shown = pattern(now)
    # Start and Stop answer a question whatever else there is: in a fault it takes turns with the alarm.
    asks = now.answers and (shown is not patterns.FAULT or int(unix // TURN_SECONDS) % 2)
    if shown is patterns.NEEDS_YOU or asks:
        return [*_wrapped(now.question, rows - 1, columns), _keys(now.answers)]
    if shown is patterns.FAULT:
        return _wrapped(now.alarm or now.doing or "The night failed: see the page.", rows, columns)
    if shown is patterns.UNSAFE:
        return [*_wrapped("; ".join(now.unsafe or ()), rows - 1, columns), _count(now)]
    if shown is patterns.SHUTTING_DOWN:
        return _wrapped("Unplug when the light is out.", rows, columns)
    if shown is patterns.IDLE:
        return [now.plan, _count(now)]
    why = "; ".join(now.bad_sky or ()) or now.doing
    return [
        f"{now.target or now.plan} {now.filter}".strip(),
        _progress(now, unix),
        *_wrapped(why, rows - 2, columns),
    ]


def _keys(answers: Sequence[str]) -> str:
    """Which button says what."""
    return " ".join(f"{button}={answer}" for button, answer in zip(("Start", "Stop"), answers, strict=False))


def _count(now: Facts) -> str:
    return f"sub {now.done}/{now.total}" if now.total else ""


def _progress(now: Facts, unix: float) -> str:
    """What is saved and, to ten seconds, what is left of this exposure: a display need not count."""
    if now.exposing_until is None:
        return _count(now)
    left = max(0, round((now.exposing_until - unix) / 10) * 10)
    return f"{_count(now)} {left // 60}:{left % 60:02}"


def _wrapped(text: str, rows: int, columns: int) -> list[str]:
    return textwrap.wrap(plain(text), columns, max_lines=max(1, rows), placeholder="...") if text else []


def plain(text: str) -> str:
    """Only signs that every small display has."""
    decomposed = unicodedata.normalize("NFKD", text.translate(SAME))
    return "".join(sign for sign in decomposed if sign.isascii() and sign.isprintable())
