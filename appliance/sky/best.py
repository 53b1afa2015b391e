"""What is worth taking tonight: the showpieces of the catalogue by their altitude, and what the Moon does."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Literal

import numpy as np

from appliance.sky.bodies import PLANETS, body_position
from appliance.sky.catalogue import Row, Target, named, rows, target_of
from appliance.sky.glances import Glance, Night, glances, moon_up
from appliance.sky.horizon import Horizon
from appliance.sky.rise_set import observable
from appliance.sky.windows import Window
from hardware.devices import J2000, Site

Group = Literal["all", "galaxies", "nebulae", "clusters", "planets"]
GROUPS: dict[str, frozenset[str]] = {
    "galaxies": frozenset({"galaxy", "galaxy pair", "galaxy triplet", "galaxy group"}),
    "nebulae": frozenset({
        "nebula", "HII region", "planetary nebula", "cluster with nebula", "reflection nebula",
        "emission nebula", "supernova remnant", "dark nebula",
    }),
    "clusters": frozenset({"open cluster", "globular cluster", "association of stars"}),
}  # fmt: skip
LOWEST_DEG = 25.0
CLEAR_SECONDS = 45 * 60.0
FAINTEST, SMALLEST_ARCMIN = 11.0, 1.5
# How much of its rank an object loses beside the full Moon; none 90 degrees from it.
MOONLIGHT = {"galaxies": 0.9, "nebulae": 0.7, "clusters": 0.3, "planets": 0.0}
MOON_REACH_DEG = 90.0


@dataclass(frozen=True, slots=True)
class Pick:
    """One object, its group, another name of it ("" for none), and how it stands."""

    target: Target
    group: str
    called: str
    glance: Glance


@dataclass(frozen=True, slots=True)
class _Candidate:
    target: Target
    group: str
    called: str


def best_tonight(
    site: Site, utc_unix: float, night: Night, horizon: Horizon, group: Group = "all", limit: int = 20
) -> list[Pick]:
    """The best first: the sine of the altitude at its best moment, less what the Moon takes then.

    Nothing that stays below LOWEST_DEG, or the horizon's minimum, or that is clear of the horizon's line
    for less than CLEAR_SECONDS.
    """
    candidates = [one for one in _candidates(site, utc_unix) if group in {"all", one.group}]
    seen = glances([one.target.position for one in candidates], site, utc_unix, night)
    ranks = _ranks(candidates, seen, site, night)
    low = np.maximum(LOWEST_DEG, horizon.minimum_deg)
    picks = [
        (rank, Pick(one.target, one.group, one.called, glance))
        for rank, one, glance in zip(ranks, candidates, seen, strict=True)
        if glance.best_deg >= low
    ]
    best = (pick for _, pick in sorted(picks, key=lambda pair: -pair[0]))
    return list(islice((pick for pick in best if _is_clear(pick, site, horizon, night)), limit))


def _is_clear(pick: Pick, site: Site, horizon: Horizon, night: Night) -> bool:
    if not horizon.points:
        return True
    up = observable(pick.target.position, site, horizon, Window(night.begins, night.ends))
    return any(window.seconds >= CLEAR_SECONDS for window in up)


def _ranks(candidates: list[_Candidate], seen: list[Glance], site: Site, night: Night) -> list[float]:
    if not seen:
        return []
    moon = night.moon_lit * moon_up(site, np.array([one.best_at for one in seen]))
    ranks = []
    for one, glance, light in zip(candidates, seen, moon, strict=True):
        near = max(0.0, 1 - glance.moon_deg / MOON_REACH_DEG)
        rank = float(np.sin(np.radians(glance.best_deg)))
        ranks.append(rank * (1 - MOONLIGHT[one.group] * float(light) * (0.3 + 0.7 * near)))
    return ranks


def _candidates(site: Site, utc_unix: float) -> Iterator[_Candidate]:
    yield from _showpieces()
    for name in PLANETS:
        position: J2000 = body_position(name, site, utc_unix)
        yield _Candidate(Target(name.capitalize(), position, "planet"), "planets", "")


@cache
def _showpieces() -> tuple[_Candidate, ...]:
    """Bright and big enough, and with a name, or in Messier's or Caldwell's list."""
    common = _common_names()
    found = []
    for row in rows():
        group = next((name for name, kinds in GROUPS.items() if row[1] in kinds), None)
        listed = row[0].startswith(("M ", "C ")) or "|C " in f"|{row[6]}" or row[0] in common
        if group is not None and listed and _shows(row):
            found.append(_Candidate(target_of(row), group, common.get(row[0], "")))
    return tuple(found)


def _shows(row: Row) -> bool:
    magnitude, size = (float(text) if text else None for text in row[4:6])
    bright = magnitude is None or magnitude <= FAINTEST
    return bright and size is not None and size >= SMALLEST_ARCMIN


@cache
def _common_names() -> dict[str, str]:
    """The first name without a number, by the name of its row."""
    found: dict[str, str] = {}
    for called, row in named().values():
        if not any(letter.isdigit() for letter in called):
            found.setdefault(row[0], called)
    return found


def common_name(name: str) -> str:
    """What people call the row of that name, "" when it has only numbers, or is called so already."""
    called = _common_names().get(name, "")
    return "" if called == name else called
