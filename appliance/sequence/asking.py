"""Asking a person in the middle of the night, and going on without an answer."""

import asyncio

from appliance.errors import NightboxError
from appliance.sequence.ending import NightOver
from appliance.sequence.night import Night

GO_ON, STOP = "go on", "stop"
SOURCE = "sequence"


async def ask(
    night: Night, text: str, answers: tuple[str, ...], otherwise: str, within: float | None = None
) -> str:
    """A person's answer, or `otherwise` after so many seconds (None: the plan's `answer_seconds`).

    The telescope goes on tracking.
    """
    within = night.plan.answer_seconds if within is None else within
    night.say(f"{text} ({' / '.join(answers)})", "warning")
    try:
        async with asyncio.timeout(within):
            answer = await night.questions.ask(SOURCE, text, answers)
    except TimeoutError:
        night.say(f"Nobody answered for {within:.0f} s: {otherwise}.")
        return otherwise
    night.say(f"Answered: {answer}.")
    return answer


async def go_on_after(night: Night, failure: NightboxError) -> None:
    """Where the plan is not for a night alone, a person may end it now: NightOver."""
    if not night.plan.unattended:
        text = f"{failure.sentence} Go on with the night?"
        if await ask(night, text, (GO_ON, STOP), GO_ON) == STOP:
            raise NightOver("somebody ended it after a failure")
