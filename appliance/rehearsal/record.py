"""What was asked of a rehearsal, all that is known of its night, and the result that it gives."""

from dataclasses import dataclass
from pathlib import Path

from appliance.imaging.disk import free_bytes
from appliance.plan import Plan
from appliance.profile import Profile
from appliance.rehearsal import foresight, hindsight
from appliance.rehearsal.breaches import Breach
from appliance.rehearsal.foresight import Outlook, Problem
from appliance.rehearsal.rehearsal import Rehearsal
from appliance.rehearsal.timeline import NO_FAULTS, Timeline, timeline
from appliance.rehearsal.twin import Twin
from appliance.sequence.space import bytes_needed
from appliance.sequence.tonight import Tonight
from appliance.sky.catalogue import Target
from appliance.sky.twilight import night_date
from appliance.surfaces.report import Night
from hardware.simulator.faults import Faults
from hardware.simulator.forecast import WeatherPoint

CLEAR = "A clear, calm night with {:g}″ seeing is assumed; give --weather FILE for tonight's forecast."


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What to rehearse: everything that a night depends on; the same gives the same night.

    `begins` is UTC in seconds since 1970. `images` is where the subs would go. `assumed` are lines of
    what was assumed before.
    """

    profile: Profile
    plan: Plan
    begins: float
    images: Path
    weather: tuple[WeatherPoint, ...] = ()
    faults: Faults = NO_FAULTS
    seed: int = 1
    pixels: bool = False
    assumed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Ending:
    """A night that was played: its journal, how and when (UTC) it ended, what it broke, how the roof is."""

    journal: Night
    outcome: str
    ends: float
    breaches: tuple[Breach, ...] = ()
    roof_open: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """All that a rehearsal knows of its night, for the text and the page."""

    asked: Asked
    double: Twin
    targets: tuple[Target, ...]
    night: Tonight
    outlook: Outlook
    ending: Ending | None

    @property
    def played(self) -> Night | None:
        """The journal of what was played, None when nothing could be."""
        return self.ending.journal if self.ending else None

    def rehearsal(self) -> Rehearsal:
        """The result."""
        asked, profile, line = self.asked, self.asked.profile, self.timeline()
        seconds = line.ends - line.begins
        watts = None if profile.power is None else profile.power.watts
        needed, free = self._disk()
        clear = () if asked.weather else (CLEAR.format(self.double.world.weather.seeing_arcsec),)
        return Rehearsal(
            plan=asked.plan.name, rig=profile.name, place=profile.site.name, site=profile.site.place(),
            date=night_date(profile.site.place(), asked.begins), timeline=line,
            assumptions=(*asked.assumed, *self.double.assumptions, *clear),
            problems=tuple(sorted(self._problems(line), key=lambda one: not one.serious)),
            disk_needed=needed, disk_free=free,
            energy_wh=None if watts is None else watts * seconds / 3600,
            battery_wh=None if profile.power is None else profile.power.battery_wh,
        )  # fmt: skip

    def timeline(self) -> Timeline:
        """Of the whole plan, until the work ends; where nothing could be played until dawn."""
        asked, ends = self.asked, self.ending.ends if self.ending else self.night.dark.ends
        return timeline(
            asked.plan, self.targets, asked.profile.site.place(), self.night, self.played,
            asked.begins, ends,
            asked.faults,
        )  # fmt: skip

    def _disk(self) -> tuple[int, int]:
        camera = self.double.world.camera
        needed = bytes_needed(self.asked.plan, camera.width, camera.height)
        return needed, free_bytes(self.asked.images)

    def _problems(self, line: Timeline) -> list[Problem]:
        asked, profile, plan = self.asked, self.asked.profile, self.asked.plan
        site = profile.site.place()
        found = [
            *self.outlook.problems,
            *foresight.flips(plan, self.targets, profile, self.night, site),
            *foresight.disk(*self._disk(), str(asked.images)),
            *foresight.battery(profile.power, self._charge(), line.ends - line.begins),
            *foresight.roof(plan, profile),
        ]
        if self.ending is None:
            return found
        journal = self.ending.journal
        kept = {self.targets[index].name for index in self.outlook.kept}
        filters = self.double.filters
        left = [
            one
            for one in line.expected
            if one.target in kept and (not one.filter or filters is None or one.filter in filters)
        ]
        return [
            *found,
            *hindsight.outcome(self.ending.outcome),
            *hindsight.unfinished(left),
            *hindsight.said(journal.lines),
            *hindsight.roof(self.ending.roof_open, meant=not plan.close_roof_at_end),
            *hindsight.breaches(self.ending.breaches),
        ]

    def _charge(self) -> float:
        """Percent in the battery when the night begins."""
        if self.double.profile.power_device is not None:
            return self.double.world.power.percent
        return float(self.asked.profile.rehearsal.power.get("percent", 100.0))
