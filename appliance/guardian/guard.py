"""The guardian's life: watch the heartbeat; when it stops, take over until the rig is safe."""

import contextlib
import logging
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from appliance.guardian.alarm import Alarm, Report, tell
from appliance.guardian.brief import Brief, read_brief
from appliance.guardian.building import Builder
from appliance.guardian.clock import Clock
from appliance.guardian.ending import end
from appliance.guardian.indi import Indi
from appliance.guardian.lock import RigLock, wanted
from appliance.guardian.memory import Memory
from appliance.guardian.pulse import Judge, read_beat
from appliance.guardian.saving import Result, make_safe

log = logging.getLogger(__name__)

RIG, BEAT, LOCK, WAITING = "rig.json", "heartbeat", "rig.lock", "waiting"
LOOK_SECONDS = 0.5
BACK_OFF_SECONDS = (2.0, 5.0, 10.0, 20.0, 30.0)
SILENT_ATTEMPTS = 3  # after so many in which nobody answered, INDI's server is ended: its keeper restarts it


@dataclass(frozen=True, slots=True)
class Places:
    """`folder` is shared with the controller and gone after a reboot; `memory` stays."""

    folder: Path
    memory: Memory
    dev: Path = Path("/dev")


def watch(places: Places, clock: Clock, status: Callable[[str], None]) -> None:
    """For ever."""
    remembered = places.memory.brief()
    if remembered is not None and read_beat(places.folder / BEAT) is None:
        log.warning("the rig was not known to be safe when the box went down")
        tell(places.folder, "The box went down while the rig was in use", safe=False)
    judge = Judge(clock.now(), remembered=remembered is not None)
    told = ""
    while True:
        judge.hear(read_beat(places.folder / BEAT), clock.now())
        brief = read_brief(places.folder / RIG) or remembered
        doing = "guarding" if judge.guarding else "nothing to guard"
        if doing != told:
            told = doing
            status(doing)
            log.info("%s", doing)
        if brief is not None:
            places.memory.keep(places.folder / RIG, judge.guarding)
            if why := judge.why(clock.now(), brief.silence_seconds):
                status(f"making the rig safe: {why}")
                _take_over(places, brief, judge, clock, why)
                told = ""
        clock.sleep(LOOK_SECONDS)


def _take_over(places: Places, brief: Brief, judge: Judge, clock: Clock, why: str) -> None:
    """The controller ended, the lock taken, the rig made safe, the lock given back."""
    log.error("%s: taking over.", why)
    report = Report(places.folder, why)
    if judge.victim is not None:
        report.say(f"The controller ({judge.victim.pid}): {end(judge.victim, clock)}.")
    lock = RigLock(places.folder / LOCK, clock)
    if not lock.take():
        # Whoever has it lives, and holds the rig: it will beat, or be found silent itself.
        report.say("Another controller has the rig by now: leaving it to that one.")
        judge.hear(read_beat(places.folder / BEAT), clock.now())
        judge.rest(clock.now())
        judge.guarding = True
        return
    try:
        saviour = Saviour(places, brief, clock, report)
        safe = saviour.save(why, lambda: wanted(places.folder / WAITING))
    finally:
        lock.give()
    report.end(safe=safe)
    judge.hear(read_beat(places.folder / BEAT), clock.now())
    judge.rest(clock.now())
    if safe:
        places.memory.forget()


class Saviour:
    """One taking over."""

    def __init__(self, places: Places, brief: Brief, clock: Clock, report: Report) -> None:
        self._brief, self._clock, self._report = brief, clock, report
        self._indi = Indi(brief.socket, brief.port, clock)
        self._builder = Builder(brief, self._indi, clock, places.dev)
        buzzer = self._builder.buzzer()
        self.alarm = Alarm(places.folder, brief.alarm_command, buzzer.sound)
        self._silent, self._failure = 0, ""

    def save(self, why: str, wanted_by_another: Callable[[], bool]) -> bool:
        """Try until the rig is safe: True. False when, after the alarm, a new controller wants the rig.

        That one is told that the rig is not safe, makes it so itself, and has a page to show.
        """
        begun, attempt = self._clock.now(), 0
        self._clock.at(begun + self._brief.alarm_seconds, lambda: self.alarm.raise_(self._text(why)))
        try:
            while self._attempt():
                if self.alarm.text:
                    self.alarm.raise_(self._text(why))
                    if wanted_by_another():
                        self._report.say("Leaving the rig to the controller that has started again.")
                        return False
                self._clock.sleep(BACK_OFF_SECONDS[min(attempt, len(BACK_OFF_SECONDS) - 1)])
                attempt += 1
        finally:
            self._clock.forget()
        self.alarm.end()
        self._report.say("The rig is safe.")
        return True

    def _attempt(self) -> bool:
        """True when another one is needed."""
        result = make_safe(self._builder.rig(), self._report.say, self._clock, self._brief.park_seconds)
        if result.danger and result.danger != self._failure:
            self._report.say(f"Not yet safe: {result.danger}. Trying again.")
        self._failure = result.danger
        self._after(result)
        return bool(result.danger)

    def _text(self, why: str) -> str:
        return f"The rig is not safe ({why}): {self._failure or 'it is still moving'}."

    def _after(self, result: Result) -> None:
        """A server, or a driver behind it, that stays silent is ended, if we may."""
        self._silent = self._silent + 1 if result.silent else 0
        if self._silent >= SILENT_ATTEMPTS:
            self._silent = 0
            if (pid := self._indi.server_pid()) is not None:
                self._report.say("Nobody answers: ending INDI's server, so that it starts again.")
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
        if result.silent:
            self._indi.close()
