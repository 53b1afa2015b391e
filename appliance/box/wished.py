"""Does a person still want the night that a dead controller was running? Answered by the journal."""

from dataclasses import dataclass

from appliance.journal import Journal, Line
from appliance.plan import Plan
from appliance.sequence.tonight import sun_below
from appliance.sky.twilight import darkness
from appliance.sky.windows import DAY, Window
from hardware.devices import Site

SOURCE = "night"
STARTED, PAUSED, RESUMED, OVER = "night.started", "night.paused", "night.resumed", "night.over"
# A plan that kills its controller again and again opens the roof for nothing.
MOST_DEATHS, WITHIN_SECONDS = 3, 3600.0


@dataclass(frozen=True, slots=True)
class Wish:
    """A night that was neither stopped nor came to its end. `paused`: it waited for Start.

    `hopeless`: it has gone on MOST_DEATHS times within the last hour already, and died again.
    """

    paused: bool = False
    hopeless: bool = False


def started_words(plan: Plan) -> str:
    """What is said, and kept, when a person starts a plan."""
    return f"Started: “{plan.name}”."


async def still_wanted(journal: Journal, plan: Plan, site: Site, now_unix: float) -> Wish | None:
    """The wish for this plan, until the dawn of the night in which it was started; None without one."""
    started = await _newest(journal, STARTED)
    if started is None or started.text != started_words(plan):
        return None
    over, paused = await _newest(journal, OVER), await _newest(journal, PAUSED)
    if (over is not None and over.id > started.id) or now_unix >= _dawn(plan, site, started.at):
        return None
    again = [line for line in await journal.read(Line, code=RESUMED) if line.id > started.id]
    lately = [line for line in again if now_unix - line.at <= WITHIN_SECONDS]
    return Wish(paused is not None and paused.id > started.id, len(lately) >= MOST_DEATHS)


async def _newest(journal: Journal, code: str) -> Line | None:
    lines = await journal.read(Line, code=code)
    return lines[-1] if lines else None


def _dawn(plan: Plan, site: Site, utc_unix: float) -> float:
    """Where it neither dawns nor gets dark, a day later."""
    night = darkness(site, utc_unix, sun_below(plan))
    return night.ends if isinstance(night, Window) else utc_unix + DAY
