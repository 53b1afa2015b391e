"""How a night must leave the rig, and what excuses a rig that is left otherwise."""

from collections.abc import Iterable
from dataclasses import dataclass

from appliance.profile import Profile
from appliance.rehearsal.breaches import Breaches
from appliance.rehearsal.scenario import Scenario
from hardware.simulator.sky import Sky

# The end has its time: twice it waits for lost devices, for half an hour together, and the camera is slow.
ENDING_SECONDS = 5400.0


@dataclass(frozen=True, slots=True)
class _Left:
    """Something that is not as it should be; `names`: what an error that is about it must name."""

    what: str
    names: tuple[str, ...]


class Excuses:
    """Errors said since the work ended, and alarms that nobody has ended: they say why something is left."""

    def __init__(self) -> None:
        self._errors: list[tuple[float, str]] = []
        self.alarms: dict[str, str] = {}

    def error(self, at: float, text: str) -> None:
        """One was said, at a moment (UTC)."""
        self._errors.append((at, text))

    def alarm(self, source: str, text: str) -> None:
        """An alarm of a part of the box; "" ends it."""
        self.alarms[source] = text

    def works(self) -> None:
        """A sub is exposed: what was said before is about something else."""
        self._errors.clear()

    def at(self, now: float) -> list[str]:
        """What counts now."""
        recent = [text for moment, text in self._errors if now - moment <= ENDING_SECONDS]
        return [*recent, *filter(None, self.alarms.values())]


def check_end(scenario: Scenario, sky: Sky, excuses: Iterable[str], breaches: Breaches) -> None:
    """Parked, closed and warm, as far as the plan says so; else an error about that device says why not."""
    said = [text.lower() for text in excuses]
    bare = [
        one.what
        for one in _left(scenario, sky)
        if not any(name.lower() in text for text in said for name in one.names)
    ]
    if bare:
        breaches.note("safe end", " and ".join(bare) + ", and no error at the end says why")


def _left(scenario: Scenario, sky: Sky) -> list[_Left]:
    plan, profile = scenario.plan, scenario.profile
    left = []
    if plan.park_at_end and not sky.at_park:
        left.append(_Left("the mount is not parked", (profile.mount.name, "mount")))
    if plan.close_roof_at_end and profile.roof is not None and not sky.roof.closed:
        left.append(_Left("the roof is open", _roof_names(profile)))
    if plan.warm_at_end and plan.cool and sky.chip.aim is not None:
        left.append(_Left("the camera is cold", (profile.camera.name, "camera", "cooler")))
    return left


def _roof_names(profile: Profile) -> tuple[str, ...]:
    """Its sensor keeps it open, too."""
    sections = (profile.roof, profile.park_sensor)
    return ("roof", *(one.name for one in sections if one is not None))
