"""The witness of a rehearsed night: it sees the truth, hears the controller, and holds the invariants."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from appliance.box.box import JOURNAL
from appliance.bus import Alarm, Bus, Message, Said
from appliance.focus.messages import FocusState
from appliance.focus.moves import FocusMoved
from appliance.rehearsal.audit import (
    Interrupted,
    check_counted,
    check_crashes,
    check_files,
    check_kept,
    check_newest,
    check_saved,
    interrupted,
    outcomes,
    rows,
)
from appliance.rehearsal.breaches import Breaches
from appliance.rehearsal.endings import Excuses, check_end
from appliance.rehearsal.leaks import Held, leaks
from appliance.rehearsal.physics import Physics
from appliance.rehearsal.plan_audit import check_plan, taken
from appliance.rehearsal.scenario import Scenario
from appliance.rehearsal.sketching import complete
from appliance.rehearsal.troubled_journal import BRIMFUL
from appliance.sequence.messages import SequenceState, SubSaved
from hardware.simulator.faults import FaultKind
from hardware.simulator.sky import Sky

IN_THE_DARK = ("dark", "bias")  # for which clouds are no matter
CALIBRATION = (*IN_THE_DARK, "flat")  # nor is the focus; flats come before the first focus run


def _start_of(scenario: Scenario) -> set[int]:
    """Where the profile has its focuser begin, once it is opened."""
    focuser = scenario.profile.focuser
    return {int(focuser.setup["start"])} if focuser is not None and "start" in focuser.setup else set()


class Witness:
    """Looks before time moves, hears every message, reads the journal after every sub and every crash."""

    def __init__(self, scenario: Scenario, sky: Sky, now: Callable[[], float]) -> None:
        self.breaches = Breaches(now)
        self._scenario, self._now = scenario, now
        self._physics = Physics(scenario, sky, now, self.breaches)
        self._met: list[Interrupted] = []
        self._kept: dict[int, str] = {}
        self._focus = {round(sky.drawtube.knob.now()), *_start_of(scenario)}
        self._exposing: float | None = None
        # Since then the focuser is at a focus that was found; a crash may leave it anywhere.
        self._focused_since: float | None = now()
        self._excuses = Excuses()

    @property
    def sky(self) -> Sky:
        """The truth now."""
        return self._physics.sky

    def look(self) -> None:
        """Before time moves."""
        self._physics.look()

    def hear(self, message: Message) -> None:
        """Everything the controller publishes."""
        if isinstance(message, SequenceState):
            self._exposure_begins(message)
        elif (
            isinstance(message, FocusState) and message.phase == "done" and message.best_position is not None
        ):
            self._focus.add(message.best_position)
        elif isinstance(message, FocusMoved):
            self._focus.add(message.position)
        elif isinstance(message, SubSaved):
            check_newest(rows(self._journal), message.file, self._images, complete, self.breaches)
        elif isinstance(message, Alarm):
            self._excuses.alarm(message.source, message.text)
            self._physics.alarms = self._excuses.alarms.values()
        elif isinstance(message, Said) and message.level == "error":
            self._excuses.error(self._now(), message.text)
            if message.code == "bug":
                self.breaches.note("bugs", message.text)

    def _exposure_begins(self, state: SequenceState) -> None:
        """A sub is worth taking only at a focus that was found, or the one the night began with."""
        began, self._exposing = self._exposing, state.exposing_since
        if state.exposing_since is not None:
            self._excuses.works()
        if state.exposing_since is not None and began is None:
            if state.frame not in IN_THE_DARK:
                self._physics.sub_begins()
            if state.frame not in CALIBRATION:
                self._focused_since = self._now()
                self._check_focus("a sub began")

    def _check_focus(self, when: str) -> None:
        here = round(self.sky.drawtube.knob.now())
        if here not in self._focus:
            self.breaches.note("focus", f"{when} at {here}, which is none of {sorted(self._focus)}")

    def _last_focus(self) -> None:
        """No sub follows any more; what a crash or a fault of the focuser left is nobody's failure."""
        since = self._focused_since
        struck = (one for one in self._scenario.faults.every if one.device == "focuser")
        if since is not None and not any(one.begins + one.seconds >= since for one in struck):
            self._check_focus("the night ended")

    def crashed(self, number: int) -> None:
        """The controller is gone: what does it leave on disk?"""
        every = rows(self._journal)
        check_saved(every, self._images, complete, self.breaches)
        self._kept |= {row.id: row.file or "" for row in every if row.state == "saved"}
        self._focused_since = None
        known = {one.id for one in self._met}  # a crash before the sub of the last one was settled
        self._met += [one for one in interrupted(every, number, self._now()) if one.id not in known]
        self._exposing = None

    def reborn(self, sky: Sky) -> None:
        """It starts again on the same sky, that went on without it; nobody waits for the old exposure."""
        sky.chip.exposing = (0.0, 0.0)
        self._excuses.alarms.clear()
        self._physics.reborn(sky)

    def end(self, outcome: str) -> None:
        """The night is over, as the controller sees it."""
        if outcome == "endless":
            self.breaches.note("ends", "the sequence was still running")
        every = rows(self._journal)
        check_saved(every, self._images, complete, self.breaches)
        check_files(every, self._images, complete, self.breaches)
        check_crashes(every, self._met, self.breaches)
        check_counted(every, outcomes(self._journal), self.breaches, settled=not self._unwritable())
        check_kept(every, self._kept, self.breaches)
        check_plan(taken(self._journal), self._scenario, self.breaches)
        self._last_focus()
        check_end(self._scenario, self.sky, self._excuses.at(self._now()), self.breaches)

    def _unwritable(self) -> bool:
        """On a full disk nothing can be settled before the next start."""
        full = self._scenario.faults.active(FaultKind.DISK_FULL, self._now())
        return full is not None and full.amount >= BRIMFUL

    def leaks(self, loop: asyncio.AbstractEventLoop, before: Held) -> None:
        """After everything was closed; `before` is what there was when this life began."""
        if left := leaks(loop, before, self._scenario.folder):
            self.breaches.note("leaks", "; ".join(left))

    @property
    def _journal(self) -> Path:
        return self._scenario.folder / JOURNAL

    @property
    def _images(self) -> Path:
        return self._scenario.folder / "images"


class WitnessedBus(Bus):
    """The box's notice board; the witness reads everything first."""

    def __init__(self, witness: Witness) -> None:
        super().__init__()
        self._witness = witness

    def publish(self, message: Message) -> None:
        """As ever."""
        self._witness.hear(message)
        super().publish(message)
