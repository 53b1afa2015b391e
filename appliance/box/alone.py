"""What can be asked of a box without a screen: one key for Start and Pause, answers, the time, the end."""

import asyncio
from collections.abc import Awaitable, Callable

from pydantic import Field

from appliance.api import Arguments, Command
from appliance.box.box import Box
from appliance.box.startup import PHONE
from appliance.box.wanted import SEQUENCE
from appliance.bus import who_is_needed
from appliance.errors import BadCommand, NightboxError
from appliance.surfaces.messages import Leaving

PowerOff = Callable[[], Awaitable[None]]
INSIST_SECONDS = 60.0  # asked again within them, the power goes off though the rig is not safe
EARLIEST_UNIX = 1_767_225_600.0  # 2026: a phone that says less does not know the time either


class Said(Arguments):
    """`answer` is one of those that the question offers."""

    answer: str


class Time(Arguments):
    """UTC in seconds since 1970, as a phone knows it."""

    unix: float = Field(gt=EARLIEST_UNIX, lt=5e9)


def alone_commands(box: Box, power_off: PowerOff | None) -> list[Command]:
    """`shutdown` only where there is a way to do it."""

    async def toggle(_: Arguments) -> str:
        runs = box.jobs.running(SEQUENCE) and not box.gate.paused
        return box.pause() if runs else box.start()

    async def answer(said: Said) -> str:
        box.questions.answer(said.answer)
        return said.answer

    async def clock(time: Time) -> str:
        asked = who_is_needed(box.bus.states())
        if asked is None or PHONE not in asked.answers:
            raise BadCommand("clock", "the time is known already", advice="Nothing needs to be done.")
        box.observer.correct(time.unix)
        box.questions.answer(PHONE)
        box.say(f"The clock was set by a phone: {box.observer.now():%Y-%m-%d %H:%M:%S} UTC.")
        return "set"

    known = [
        Command("toggle", "Start, pause what runs, or go on.", Arguments, toggle),
        Command("answer", "Answer what the box asks.", Said, answer),
        Command("clock", "Tell the box the time, when it asks for it.", Time, clock),
    ]
    if power_off is not None:
        ending = Ending(box, power_off)
        known.append(Command("shutdown", "Leave the rig safe and switch the box off.", Arguments, ending.run))
    return known


class Ending:
    """The end of the box: the rig left safe, then the power off."""

    def __init__(self, box: Box, power_off: PowerOff) -> None:
        self._box, self._power_off = box, power_off
        self._running = False
        self._failed_at = -INSIST_SECONDS

    async def run(self, _: Arguments) -> str:
        """The rig's own error when it cannot be left safe; asked again soon, it goes off all the same."""
        if self._running:
            return "shutting down already"
        self._running = True
        self._box.bus.publish(Leaving(source="box", on=True))
        try:
            await self._leave()
            self._box.say("Switching off.")
            await self._power_off()
        except BaseException:
            self._box.bus.publish(Leaving(source="box", on=False))
            raise
        finally:
            self._running = False
        return "switched off"

    async def _leave(self) -> None:
        clock = asyncio.get_running_loop().time
        insists = clock() - self._failed_at < INSIST_SECONDS
        self._box.say("Shutting down: the rig is left safe, then the power goes off.")
        try:
            await self._box.leave_safe()
        except NightboxError as failure:
            self._failed_at = clock()
            if not insists:
                raise
            self._box.say(f"Switching off although the rig is not safe: {failure.sentence}", failure)
