"""The gate for each light: does it look as the first good ones of the night did? Pure.

What is usual is the median of the first good subs of the same target, filter and exposure. Stars and HFR
change with the height of the target, so the limits are meant for clouds, dew, a lost focus or a bump.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from statistics import median

LEAST = 3  # what fewer subs have in common may be chance


class Flaw(Enum):
    """What is wrong with a sub, as the journal and its header name it."""

    STARS = "stars"
    HFR = "hfr"
    ELONGATION = "elongation"
    BACKGROUND = "background"
    OFFSET = "offset"


@dataclass(frozen=True, slots=True)
class QualitySettings:
    """How far a sub may be from the usual, in percent of it (0: not looked at); `offset_arcsec` is absolute.

    `learn` good subs tell what is usual. `retakes` in a row are taken again, 0: none is.
    """

    learn: int = 5
    fewest_stars_percent: float = 40.0
    hfr_percent: float = 50.0
    elongation_percent: float = 0.0
    background_percent: float = 100.0
    offset_arcsec: float = 300.0
    retakes: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """What one sub shows; None where it could not be measured. Background in ADU, the rest as in `Sub`."""

    stars: int | None = None
    hfr: float | None = None
    elongation: float | None = None
    background: float | None = None
    error_arcsec: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`flaws` with a few words on each; `again`: it does not count, and is taken again."""

    flaws: dict[Flaw, str] = field(default_factory=dict)
    again: bool = False

    @property
    def mark(self) -> str:
        """The names of the flaws, "" for a good sub."""
        return " ".join(flaw.value for flaw in self.flaws)

    @property
    def words(self) -> str:
        """For a person."""
        return ", ".join(self.flaws.values())


@dataclass(slots=True)
class History:
    """The first good subs of each kind, by a key of their target, filter and exposure."""

    good: dict[str, list[Look]] = field(default_factory=dict)
    retaken: dict[str, int] = field(default_factory=dict)

    def judge(self, key: str, look: Look, settings: QualitySettings) -> Verdict:
        """Compare, and learn from a good one while there are few."""
        good = self.good.setdefault(key, [])
        flaws = flaws_of(look, good, settings)
        if not flaws:
            self.retaken[key] = 0
            if len(good) < settings.learn and look.hfr is not None:
                good.append(look)
            return Verdict()
        again = self.retaken.get(key, 0) < settings.retakes
        self.retaken[key] = self.retaken.get(key, 0) + again
        return Verdict(flaws, again)


def flaws_of(look: Look, good: list[Look], settings: QualitySettings) -> dict[Flaw, str]:
    """What is wrong with a sub beside those good ones; too few of them tell of nothing but its place."""
    found: dict[Flaw, str] = {}
    if settings.offset_arcsec and (look.error_arcsec or 0.0) > settings.offset_arcsec:
        found[Flaw.OFFSET] = f'{look.error_arcsec:.0f}" off target'
    if len(good) < LEAST:
        return found
    if (few := _few_stars(look, good, settings.fewest_stars_percent)) is not None:
        found[Flaw.STARS] = few
    for flaw, of, percent, words in (
        (Flaw.HFR, _hfr, settings.hfr_percent, "HFR {0:.2f} px instead of {1:.2f}"),
        (Flaw.ELONGATION, _elongation, settings.elongation_percent, "elongation {0:.2f} instead of {1:.2f}"),
        (Flaw.BACKGROUND, _background, settings.background_percent, "background {0:.0f} instead of {1:.0f}"),
    ):
        here, usual = of(look), _usual(good, of)
        if percent and here is not None and usual is not None and here > usual * (1 + percent / 100):
            found[flaw] = words.format(here, usual)
    return found


def _few_stars(look: Look, good: list[Look], percent: float) -> str | None:
    usual = _usual(good, _stars)
    if not percent or usual is None or look.stars is None or look.stars >= usual * percent / 100:
        return None
    return f"{look.stars} stars instead of {usual:.0f}"


def _stars(look: Look) -> float | None:
    return look.stars


def _hfr(look: Look) -> float | None:
    return look.hfr


def _elongation(look: Look) -> float | None:
    return look.elongation


def _background(look: Look) -> float | None:
    return look.background


def _usual(good: list[Look], of: Callable[[Look], float | None]) -> float | None:
    known = [value for one in good if (value := of(one)) is not None and math.isfinite(value)]
    return median(known) if known else None
