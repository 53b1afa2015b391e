"""Does a person want the night to run? Remembered while safety makes it wait."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from appliance.errors import BadCommand
from appliance.jobs import Jobs

SEQUENCE = "sequence"
STOP_SECONDS = 10.0  # a stopped sequence may go on saving a sub, and putting back a focuser


class Wanted:
    """The wish for the night, from Start to its end or Stop, through every interruption by safety.

    `may_run` tells whether it may run now; `waits` is called when it must wait, `gives_up` when a waiting
    one is stopped; `over` hears how the wish ended, in a few words.
    """

    def __init__(
        self, jobs: Jobs, sequence: Callable[[], Coroutine[Any, Any, str]], may_run: Callable[[], bool],
        waits: Callable[[], None], gives_up: Callable[[], None], over: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._jobs, self._sequence, self._may_run = jobs, sequence, may_run
        self._waits, self._gives_up, self._over = waits, gives_up, over
        self._wanted = self._waiting = False
        self._begun = False  # until its end has been taken note of, which is a moment after it
        self._interrupted: asyncio.Task[Any] | None = None
        self._stopping: asyncio.Task[None] | None = None
        self._outcome: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

    def start(self) -> str:
        """Run it, or have it wait until it may run: "started", "waiting", or "running" already.

        BadCommand when something else has the gear.
        """
        if self._jobs.running(SEQUENCE) and self._interrupted is None:
            return "running"
        if self._may_run() and (busy := self._jobs.busy()) and self._interrupted is None:
            raise BadCommand("start", f"{busy[0]} is still running", advice="Wait for it, then try again.")
        self._wanted = True
        if self._outcome.done():
            self._outcome = asyncio.get_running_loop().create_future()
        return "started" if self.consider() else "waiting"

    async def stop(self, *, for_good: bool = True) -> bool:
        """Whatever it does, it is not wanted any more; False when it was not.

        Not `for_good`: only this controller ends, and the next one goes on with it.
        """
        was, self._wanted, self._waiting = self._wanted, False, False
        if was and for_good:
            self._over("stopped by a person")
        stopped = await self._jobs.stop(SEQUENCE)
        if was and not stopped:
            self._gives_up()
        self._end(None)
        return was or stopped

    async def ended(self) -> str | None:
        """Wait for the end of what was started: its outcome, None when a person stopped it.

        Raises what the sequence raised. An interruption by safety is no end.
        """
        return await asyncio.shield(self._outcome)

    async def interrupt(self) -> None:
        """For safety: stop whatever commands the rig; a wanted sequence stays wanted.

        Returns after STOP_SECONDS at most: what is still ending then commands no mount and no roof.
        """
        if self._jobs.running(SEQUENCE):
            self._interrupted = self._jobs.task(SEQUENCE)
        if self._stopping is None or self._stopping.done():
            self._stopping = asyncio.create_task(self._jobs.stop_all())
        await asyncio.wait({self._stopping}, timeout=STOP_SECONDS)

    def consider(self) -> bool:
        """Start what is wanted if it may run and nothing else has the gear; asked whenever that may be so."""
        if not self._wanted or self._jobs.busy() or self._begun:
            return False
        if not self._may_run():
            if not self._waiting:
                self._waits()
            self._waiting = True
            return False
        self._begin(self._sequence)
        return True

    @property
    def waiting(self) -> bool:
        """Is it wanted, and has to wait until it may run?"""
        return self._waiting

    def conclude(self, ending: Callable[[], Coroutine[Any, Any, str]]) -> bool:
        """What waits ends with this, though the sequence may not run; False when nothing waits."""
        if not self._waiting or self._jobs.busy() or self._begun:
            return False
        self._begin(ending)
        return True

    def _begin(self, work: Callable[[], Coroutine[Any, Any, str]]) -> None:
        self._waiting = False
        self._jobs.start(SEQUENCE, work()).add_done_callback(self._sequence_ended)
        self._begun = True

    def _sequence_ended(self, job: "asyncio.Task[str]") -> None:
        interrupted, self._interrupted, self._begun = job is self._interrupted, None, False
        failed = job.cancelled() or job.exception() is not None
        if interrupted and failed and self._wanted:
            self.consider()
            return
        was, self._wanted = self._wanted, False
        if was:
            self._over("stopped" if job.cancelled() else "failed" if failed else job.result())
        if job.cancelled():
            self._end(None)
        elif problem := job.exception():
            self._fail(problem)
        else:
            self._end(job.result())

    def _end(self, outcome: str | None) -> None:
        if not self._outcome.done():
            self._outcome.set_result(outcome)

    def _fail(self, problem: BaseException) -> None:
        if not self._outcome.done():
            self._outcome.set_exception(problem)
            self._outcome.exception()  # it has been said: nobody need be waiting
