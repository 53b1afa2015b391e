"""Which night it is in the twilight of the morning: the one whose flats at dawn are still to be taken."""

from appliance.flats.point import twilight_windows
from appliance.flats.sky import Twilight as Kind
from appliance.plan import SkyFlats
from appliance.sequence.flatting import sun_range
from appliance.sequence.moments import moment_of
from appliance.sequence.night import Night
from appliance.sequence.tonight import sun_below
from appliance.sky.twilight import darkness, night_date
from appliance.sky.windows import DAY, Window

DAWN: Kind = "dawn"


def moment_of_work(night: Night, last_work: float | None) -> float:
    """Now (UTC seconds); in a twilight that the plan has flats for, the end of the night before it.

    That is so for a plan that has worked in that night: who starts anew in the morning means the evening.
    """
    now, site = night.observer.unix(), night.observer.site
    if (
        last_work is None
        or night_date(site, last_work) != night_date(site, now)
        or not _dawn_flats_now(night)
    ):
        return now
    last = darkness(site, now - DAY / 2, sun_below(night.plan))
    if not isinstance(last, Window) or last.ends > now:
        return now
    return min(last.ends, moment_of(night.plan.end, last)) - 1.0


def _dawn_flats_now(night: Night) -> bool:
    now, sun = night.observer.unix(), sun_range(night.profile, DAWN)
    asked = any(isinstance(item, SkyFlats) and item.twilight == DAWN for item in night.plan.target)
    windows = twilight_windows(night.observer.site, now - DAY / 4, now + DAY / 4, DAWN, sun) if asked else []
    return any(one.begins <= now < one.ends for one in windows)
