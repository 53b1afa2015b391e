"""A rehearsal and its result: the plan of tonight played on the rig's twin, and what that tells."""

from dataclasses import dataclass

from appliance.rehearsal.foresight import Problem
from appliance.rehearsal.timeline import Timeline
from hardware.devices import Site


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a person gets. `date` names the evening; bytes for the disk; Wh for the whole night."""

    plan: str
    rig: str
    place: str
    site: Site
    date: str
    timeline: Timeline
    assumptions: tuple[str, ...]
    problems: tuple[Problem, ...]
    disk_needed: int
    disk_free: int
    energy_wh: float | None = None
    battery_wh: float | None = None

    @property
    def serious(self) -> int:
        """How many problems make this a bad plan for tonight."""
        return sum(problem.serious for problem in self.problems)

    @property
    def good(self) -> bool:
        """No serious problem is foreseen."""
        return not self.serious

    @property
    def verdict(self) -> str:
        """One line."""
        subs = f"{self.timeline.expected_subs} of {self.timeline.planned_subs} subs are expected"
        others = len(self.problems) - self.serious
        minor = f", {others} {'note' if others == 1 else 'notes'}" if others else ""
        if self.good:
            return f"The plan is good: {subs}{minor}."
        many = "1 serious problem is" if self.serious == 1 else f"{self.serious} serious problems are"
        return f"The plan needs correction: {many} foreseen{minor}; {subs}."
