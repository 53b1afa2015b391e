"""Carrying out the profile's lists of actions: each with its delay, its limit, and what follows a failure."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from appliance.asking import Questions
from appliance.bus import Alarm, Publish, Said
from appliance.errors import ActionFailed, DeviceError, NightboxError
from appliance.profile import ActionSection, ListName, Profile
from appliance.profile.actions import Do
from appliance.rig import Rig
from appliance.safety.actions import Tell, bring, close_roof_now, is_closed, open_roof_now, park_now
from appliance.sequence.cooling import warm
from appliance.sequence.settings import cooling_settings
from appliance.solve.process import Finished
from hardware.devices import CoverState

# A program with its arguments, the folder it runs in, and how many seconds it may take; see `run_program`.
RunProgram = Callable[[Sequence[str], Path, float], Awaitable[Finished]]
# Sets an output to a level, 0 to 1; returns when it is so, or after so many seconds.
Switch = Callable[[str, float, float], Awaitable[None]]
How = Callable[[ActionSection], Awaitable[None]]
SOURCE = "actions"
CONFIRM, REFUSE = "confirm", "refuse"
FAILED, ALARM, NOTICE = "actions.failed", "actions.alarm", "actions.notice"
TOLD = 500  # characters of what a program printed
NAMES: dict[ListName, str] = {
    "unsafe": "when it became unsafe", "roof_close": "while closing the roof",
    "roof_open": "while opening the roof", "end": "at the end",
}  # fmt: skip


class Performer:
    """One per box. `questions` asks people, `switch` sets outputs, `run` starts programs in `folder`."""

    def __init__(
        self, profile: Profile, rig: Rig, publish: Publish, questions: Questions, switch: Switch,
        run: RunProgram, folder: Path,
    ) -> None:  # fmt: skip
        self._questions, self._set = questions, switch
        self._profile, self._rig, self._publish, self._run, self._folder = profile, rig, publish, run, folder
        self._alarmed = False
        self._ways: dict[Do, How] = {
            "park": self._park, "close roof": self._close_roof, "open cover": self._open_cover,
            "close cover": self._close_cover, "warm camera": self._warm, "switch": self._switch,
            "prompt": self._prompt, "run": self._program, "notify": self._notify,
        }  # fmt: skip

    async def open_roof(self) -> None:
        """The list roof_open; what kept the roof from opening leaves."""

        async def motion(_: ActionSection) -> None:
            await open_roof_now(self._rig, self._publish)

        steps = self._profile.steps("roof_open")
        await self._in_order("roof_open", steps, "open roof", {"open roof": motion})

    async def close_roof(self, tell: Tell = lambda _: None, *, park: bool = True) -> None:
        """The list roof_close, parking included or left to the caller; what kept the roof open leaves.

        Left to the caller, nothing is done under a roof that is closed: it may be looked at again and again.
        `tell` hears what is waited for.
        """
        if not park and await is_closed(self._rig):
            return

        async def motion(_: ActionSection) -> None:
            await close_roof_now(self._rig, self._publish, tell)

        steps = [step for step in self._profile.steps("roof_close") if park or step.do != "park"]
        await self._in_order("roof_close", steps, "close roof", {"close roof": motion})

    async def end(self, *, roof: bool, again: bool = False) -> None:
        """The list end; `roof` False leaves the roof as it is, `again` does only what makes safe.

        Each action is tried though another failed; the first failure of park or roof leaves.
        """
        self.end_alarm()
        failures: list[NightboxError] = []
        stopped = again
        for step in self._ending_steps():
            protects = step.do in {"park", "close roof"}
            if (stopped and not protects) or (step.do == "close roof" and not roof):
                continue
            try:
                await self.perform(step)
            except NightboxError as failure:
                stopped = self.note("end", step, failure) or stopped
                failures += [failure] if protects else []
        if failures:
            raise failures[0]

    def _ending_steps(self) -> tuple[ActionSection, ...]:
        """Who leaves in a hurry need not wait for a warm camera, unless the profile says so."""
        steps = self._profile.steps("end")
        wanted = self._profile.actions.end is not None
        return tuple(step for step in steps if wanted or step.do != "warm camera")

    async def perform(self, step: ActionSection, how: How | None = None) -> None:
        """One action after its delay, within its limit; NightboxError when it was not done."""
        await asyncio.sleep(step.delay_seconds)
        limit = asyncio.timeout(step.limit)
        try:
            async with limit:
                await (how or self._ways[step.do])(step)
        except TimeoutError as late:
            if not limit.expired():
                raise
            said = "nobody answered" if step.do == "prompt" else "it was not done"
            raise ActionFailed(f"To {step.words}: {said} within {step.limit:g} s.") from late

    def note(self, name: ListName, step: ActionSection, failure: NightboxError) -> bool:
        """Say what failed, call a person if that is asked for; True when the list is to end here."""
        follows = {"go on": "going on", "stop": "the list ends here", "alarm": "calling a person"}
        text = f"Could not {step.words} {NAMES[name]}, {follows[step.on_failure]}: {failure.sentence}"
        self._say(text, "warning", FAILED, failure.advice)
        if step.on_failure == "alarm":
            self._alarmed = True
            alarm = f"could not {step.words} {NAMES[name]}: {failure.sentence}"
            self._publish(Alarm(source=SOURCE, text=alarm))
            self._say(f"ALARM: {alarm}", "error", ALARM, failure.advice)
        return step.on_failure == "stop"

    def end_alarm(self) -> None:
        """What a list has called a person for is over, or will be tried again."""
        if self._alarmed:
            self._alarmed = False
            self._publish(Alarm(source=SOURCE))

    async def _in_order(
        self, name: ListName, steps: Sequence[ActionSection], motion: Do, hows: Mapping[Do, How]
    ) -> None:
        """A list around one motion: if that fails or is not reached, why leaves."""
        moved = False
        for step in steps:
            try:
                await self.perform(step, hows.get(step.do))
                moved = moved or step.do == motion
            except NightboxError as failure:
                if step.do == motion:
                    raise
                if self.note(name, step, failure):
                    if not moved:
                        raise
                    return

    async def _park(self, step: ActionSection) -> None:
        await park_now(self._rig, self._publish, step.limit)

    async def _close_roof(self, _: ActionSection) -> None:
        await self.close_roof(park=False)

    async def _open_cover(self, _: ActionSection) -> None:
        await self._cover(CoverState.OPEN)

    async def _close_cover(self, _: ActionSection) -> None:
        await self._cover(CoverState.CLOSED)

    async def _cover(self, goal: CoverState) -> None:
        await bring(self._rig, "cover")
        cover = self._rig.cover
        if cover is None or await cover.state() is goal:
            return
        await (cover.open() if goal is CoverState.OPEN else cover.close())
        if (state := await cover.state()) is not goal:
            raise DeviceError(cover.name, f"it is {state.value}, not {goal.value}")

    async def _warm(self, _: ActionSection) -> None:
        if self._profile.camera.celsius is not None:
            await bring(self._rig, "camera")
            await warm(self._rig.camera, self._publish, cooling_settings(self._profile))

    async def _prompt(self, step: ActionSection) -> None:
        self._say(f"Waiting for a person: {step.text}", "warning")
        answer = await self._questions.ask(SOURCE, step.text, (CONFIRM, REFUSE))
        self._say(f"A person said {answer}: {step.text}")
        if answer == REFUSE:
            raise ActionFailed(f"A person refused: {step.text}", advice="Somebody has decided so.")

    async def _switch(self, step: ActionSection) -> None:
        assert step.level is not None
        # Longer than this action may take: one that does not answer in its time has failed.
        await self._set(step.output, step.level, 2 * step.limit)
        self._say(f"Done: {step.words}.")

    async def _program(self, step: ActionSection) -> None:
        try:
            done = await self._run(step.command, self._folder, step.limit)
        except TimeoutError as late:
            raise ActionFailed(f"{step.command[0]} did not end within {step.limit:g} s.") from late
        except OSError as missing:
            raise ActionFailed(f"{step.command[0]} cannot be started: {missing.strerror}.") from missing
        printed = done.output.strip()[-TOLD:]
        if printed:
            self._say(f"{Path(step.command[0]).name} printed: {printed}")
        if done.code != 0:
            raise ActionFailed(f"{step.command[0]} ended with exit code {done.code}.")

    async def _notify(self, step: ActionSection) -> None:
        self._say(step.text, "warning", NOTICE)

    def _say(self, text: str, level: str = "info", code: str = "", advice: str = "") -> None:
        self._publish(Said(source=SOURCE, text=text, level=level, code=code, advice=advice))
