"""The rules that call for a focus run. docs/focus.md has the same table with the source of each.

There is no priority between them: whichever is true, one run serves all, and starts all anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from appliance.focus.triggers.counters import Counters
from appliance.focus.triggers.settings import TriggerSettings

RECENT = 3  # subs that must agree before worse stars mean anything


@dataclass(frozen=True, slots=True)
class Look:
    """When the rules are asked (UTC seconds), and in which filter and step; `every`: its `focus_every`."""

    now: float
    filter: str = ""
    step: str = ""
    every: int = 0


Check = Callable[[TriggerSettings, Counters, Look], str | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: `because` tells why it is true now, None when it is not. `rests`: not at once after a run."""

    name: str
    because: Check
    rests: bool = False


def _asked(name: str) -> Check:
    """Something has happened, and stays asked for until a run has been made."""

    def because(_: TriggerSettings, counters: Counters, __: Look) -> str | None:
        trigger = counters.asked.get(name)
        return None if trigger is None else trigger.because

    return because


def _subs(settings: TriggerSettings, counters: Counters, _: Look) -> str | None:
    if not settings.subs or counters.subs < settings.subs:
        return None
    return f"{counters.subs} subs were taken since the last focus run"


def _step_subs(_: TriggerSettings, counters: Counters, look: Look) -> str | None:
    taken = counters.step.get(look.step, 0)
    if not look.every or taken < look.every:
        return None
    return f"{taken} subs of this step were taken since the last focus run"


def _minutes(settings: TriggerSettings, counters: Counters, look: Look) -> str | None:
    past = counters.since(look.now) / 60
    if not settings.minutes or past < settings.minutes:
        return None
    return f"{past:.0f} minutes have passed since the last focus run"


def _celsius(settings: TriggerSettings, counters: Counters, _: Look) -> str | None:
    change = counters.thermometer.change(settings.readings)
    if not settings.celsius or change is None or abs(change) < settings.celsius:
        return None
    way = "warmer" if change > 0 else "colder"
    return f"it is {abs(change):.1f} °C {way} than at the last focus"


def _worse(settings: TriggerSettings, counters: Counters, look: Look) -> str | None:
    """Medians: neither one cloud nor one lucky sub decides. Filters differ, so each has its own history."""
    grown = growth(counters, look.filter)
    if not settings.hfr_percent or grown is None or grown[0] < settings.hfr_percent:
        return None
    percent, best, recent = grown
    return f"the stars have grown by {percent:.0f} %, from HFR {best:.2f} to {recent:.2f}"


def growth(counters: Counters, filter_: str) -> tuple[float, float, float] | None:
    """How much stars have grown since the run, in per cent, from which HFR to which; None: too few subs."""
    seen = counters.hfr.get(filter_, [])
    if len(seen) <= RECENT:
        return None
    recent, best = median(seen[-RECENT:]), median(sorted(seen)[:RECENT])
    return (recent / best - 1) * 100, best, recent


RULES: tuple[Rule, ...] = (
    Rule("start", _asked("start")),
    Rule("resume", _asked("resume"), rests=True),
    Rule("wait", _asked("wait")),
    Rule("target", _asked("target")),
    Rule("step", _asked("step")),
    Rule("filter change", _asked("filter change")),
    Rule("meridian flip", _asked("meridian flip")),
    Rule("centring", _asked("centring")),
    Rule("quality", _asked("quality")),
    Rule("as soon as possible", _asked("as soon as possible")),
    Rule("subs", _subs),
    Rule("subs of the step", _step_subs),
    Rule("time", _minutes),
    Rule("temperature", _celsius, rests=True),
    Rule("HFR", _worse, rests=True),
)
NAMES = frozenset(rule.name for rule in RULES)
