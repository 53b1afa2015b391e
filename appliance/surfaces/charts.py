"""Small SVG drawings for the night report: scales, axes and marks as plain functions.

Everything returns escaped Markup, coloured by the classes and variables of templates/report.css.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import gmtime, strftime

from markupsafe import Markup, escape

LETTER_WIDTH = 6.6  # px of an average letter in the charts' 12 px text


@dataclass(frozen=True, slots=True)
class Scale:
    """Data `low`..`high` onto pixels `start`..`end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Where a value lies; an empty range puts everything at the start."""
        span = self.high - self.low
        return self.start + (value - self.low) / span * (self.end - self.start) if span else self.start


@dataclass(frozen=True, slots=True)
class Frame:
    """A chart's inner rectangle in pixels, with room around it for ticks and labels."""

    width: float = 680
    height: float = 240
    left: float = 48
    right: float = 14
    top: float = 22
    bottom: float = 30

    def across(self, low: float, high: float) -> Scale:
        return Scale(low, high, self.left, self.width - self.right)

    def up(self, low: float, high: float) -> Scale:
        return Scale(low, high, self.height - self.bottom, self.top)


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """At most about `most` round numbers from low to high."""
    if not high > low:
        return [low]
    raw = (high - low) / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= raw * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [n * step for n in range(first, math.floor(high / step + 1e-9) + 1)]


def time_ticks(low: float, high: float, most: int = 8) -> list[float]:
    """Round moments (UTC seconds since 1970) between two moments."""
    steps = (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
    step = next((s for s in steps if (high - low) / s <= most), steps[-1])
    return [float(t) for t in range(math.ceil(low / step) * step, math.floor(high) + 1, step)]


def clock(moment: float, seconds: bool = False) -> str:
    """UTC as 21:07, or 21:07:33."""
    return strftime("%H:%M:%S" if seconds else "%H:%M", gmtime(moment))


def number(value: float) -> str:
    """A tick's number without needless zeros: 2, 0.5, 36 500."""
    return f"{value:,.10g}".replace(",", "\u202f").replace("-", "−")


def tag(name: str, inside: str | Markup = "", **attributes: object) -> Markup:
    """One SVG element; `class_` gives class, underscores give hyphens, floats one decimal."""
    parts = [
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _plain(value))
        for key, value in attributes.items()
    ]
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), Markup().join(parts), inside)  # noqa: S704


def _plain(value: object) -> object:
    return f"{value:.1f}" if isinstance(value, float) else value


def svg(frame: Frame, label: str, parts: Iterable[Markup]) -> Markup:
    """A whole drawing; `label` is what a screen reader says."""
    box = f"0 0 {frame.width:g} {frame.height:g}"
    return tag("svg", Markup().join(parts), viewBox=box, role="img", aria_label=label)


def text(x: float, y: float, words: str, class_: str = "tick") -> Markup:
    """A line of text; classes mid and end align it."""
    return tag("text", escape(words), x=x, y=y, class_=class_)


def rows(frame: Frame, y: Scale, unit: str, most: int = 4) -> list[Markup]:
    """Horizontal grid lines with their numbers, and the unit above."""
    made = [text(2, 11, unit)]
    for value in ticks(y.low, y.high, most):
        made.append(
            tag("line", x1=frame.left, x2=frame.width - frame.right, y1=y(value), y2=y(value), class_="grid")
        )
        made.append(text(frame.left - 7, y(value) + 4, number(value), "tick end"))
    return made


def columns(frame: Frame, x: Scale, values: Sequence[float], words: Sequence[str]) -> list[Markup]:
    """Labels below the drawing."""
    at = frame.height - frame.bottom + 18
    return [text(x(value), at, word, "tick mid") for value, word in zip(values, words, strict=True)]


def path(points: Iterable[tuple[float, float]], class_: str) -> Markup:
    """A line through points given in pixels."""
    return tag("polyline", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points), class_=class_)


def mark(x: float, y: float, kind: int, class_: str, title: str) -> Markup:
    """A data point; `kind` chooses its shape, so that colour alone never tells."""
    name = tag("title", escape(title))
    shape = kind % 4
    if shape == 0:
        return tag("circle", name, cx=x, cy=y, r=4.2, class_=class_)
    if shape == 1:
        return tag("rect", name, x=x - 3.8, y=y - 3.8, width=7.6, height=7.6, class_=class_)
    corners = ((0, -5.2), (5.2, 0), (0, 5.2), (-5.2, 0)) if shape == 2 else ((0, -5), (4.9, 4), (-4.9, 4))
    return tag(
        "polygon", name, points=" ".join(f"{x + a:.1f},{y + b:.1f}" for a, b in corners), class_=class_
    )


def cross(x: float, y: float, class_: str, title: str) -> Markup:
    """A point that was left out."""
    return tag("path", tag("title", escape(title)), d=f"M{x - 4:.1f} {y - 4:.1f}l8 8m0-8l-8 8", class_=class_)
