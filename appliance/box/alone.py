"""What can be asked of a box without a screen: one key for Start and Pause, answers, the time, the end."""

import asyncio
from collections.abc import Awaitable, Callable

from appliance.api import Arguments, Command
from appliance.box.box import Box
from appliance.box.clock import clock_command
from appliance.box.wanted import SEQUENCE
from appliance.errors import NightboxError
from appliance.surfaces.messages import Leaving

PowerOff = Callable[[], Awaitable[None]]
INSIST_SECONDS = 60.0  # asked again within them, the power goes off though the rig is not safe


class Said(Arguments):
    """`answer` is one of those that the question offers."""

    answer: str


def alone_commands(box: Box, power_off: PowerOff | None) -> list[Command]:
    """`shutdown` only where there is a way to do it."""

    async def toggle(_: Arguments) -> str:
        runs = box.jobs.running(SEQUENCE) and not box.gate.paused
        return box.pause() if runs else box.start()

    async def answer(said: Said) -> str:
        box.questions.answer(said.answer)
        return said.answer

    known = [
        Command("toggle", "Start, pause what runs, or go on.", Arguments, toggle),
        Command("answer", "Answer what the box asks.", Said, answer),
        clock_command(box),
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
