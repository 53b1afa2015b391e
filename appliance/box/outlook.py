"""The rest of the night as the box sees it now; the sky of a plan is computed once a night, off the loop."""

from typing import TYPE_CHECKING, Any

from appliance.box.altitudes import drawn_sky
from appliance.errors import NeverDark
from appliance.focus.triggers.messages import FocusTriggers
from appliance.journal import Run
from appliance.plan import Plan
from appliance.sequence.coming import Ahead
from appliance.sequence.forecast import LEAST_SECONDS, forecast, work_left
from appliance.sequence.messages import SequenceState
from appliance.sequence.resume import plan_key, unfinished
from appliance.sequence.settings import horizon_of
from appliance.sequence.tonight import Tonight, tonight
from appliance.sky.catalogue import Target
from appliance.sky.horizon import Horizon
from hardware.devices import Site
from hardware.worker import Worker

if TYPE_CHECKING:
    from appliance.box.box import Box

AGAIN_SECONDS = 3600.0  # until it is looked again whether it gets dark at all


class Outlook:
    """Close it at the end: it has a worker."""

    def __init__(self, box: "Box") -> None:
        self._box, self._worker = box, Worker("outlook")
        self._for: tuple[Plan, tuple[Target, ...]] | None = None
        self._sky: Tonight | None = None
        self._drawn: dict[str, Any] | None = None
        self._until = 0.0

    def close(self) -> None:
        """It is not asked any more."""
        self._worker.close()

    async def sky(self) -> Tonight | None:
        """The whole of the present or next night, whatever of it is past; None where it does not get dark."""
        box, now = self._box, self._box.observer.unix()
        asked = box.plan, box.targets
        if self._for is None or not _same(self._for, asked) or now >= self._until:
            self._sky = await self._worker.call(
                whole_night, *asked, box.observer.site, now, horizon_of(box.profile)
            )
            self._for, self._drawn = asked, None
            self._until = now + AGAIN_SECONDS if self._sky is None else self._sky.night.ends
        return self._sky

    async def drawn(self) -> dict[str, Any] | None:
        """The sky's part of the timeline (`drawn_sky`); None where it does not get dark."""
        box, sky = self._box, await self.sky()
        if sky is not None and self._drawn is None:
            self._drawn = await self._worker.call(drawn_sky, box.plan, box.targets, box.observer.site, sky)
        return None if sky is None else self._drawn

    async def ahead(self) -> Ahead | None:
        """What is left of the plan in what is left of the night."""
        box, sky = self._box, await self.sky()
        if sky is None:
            return None
        run = await self.run(sky)
        left = work_left(box.plan, {} if run is None else await box.journal.saved(run.id))
        stints = forecast(left, sky, box.observer.unix())
        for stint in stints:
            left[stint.index] -= stint.ends - stint.begins
        complete = all(seconds < LEAST_SECONDS for seconds in left)
        return Ahead(
            box.profile, box.plan, box.targets, box.observer.site, sky, stints, complete, self._focused()
        )

    async def run(self, sky: Tonight) -> Run | None:
        """The run that tonight's work belongs to: one to go on with, or one that was completed tonight."""
        box = self._box
        if (run := await unfinished(box.journal, box.plan)) is not None:
            return run
        runs = await box.journal.read(Run, plan_key=plan_key(box.plan), outcome="complete")
        newest = runs[-1] if runs else None
        return newest if newest and newest.ended and newest.ended >= sky.night.begins else None

    def _focused(self) -> float | None:
        states = self._box.bus.states()
        return next((one.since for one in states if isinstance(one, FocusTriggers)), None)

    def sequence(self) -> SequenceState:
        """The newest of the bus; before the first, an idle one."""
        idle = SequenceState(source="sequence", phase="idle", plan=self._box.plan.name)
        return next((one for one in self._box.bus.states() if isinstance(one, SequenceState)), idle)


def _same(one: tuple[object, object], other: tuple[object, object]) -> bool:
    return one[0] is other[0] and one[1] is other[1]


def whole_night(
    plan: Plan, targets: tuple[Target, ...], site: Site, now: float, horizon: Horizon
) -> Tonight | None:
    """Tonight with the windows from dusk on, whatever of them is past."""
    try:
        begins = tonight(plan, targets, site, now, horizon).night.begins
        return tonight(plan, targets, site, begins + 1.0 if begins < now else now, horizon)
    except NeverDark:
        return None
