"""Where did we stop? Answered by the journal and the files, never by memory."""

from appliance.journal import Journal, Run, Sub, SubState
from appliance.sequence.night import Night
from appliance.sequence.subs import settle

INTERRUPTED = (SubState.PLANNED, SubState.EXPOSING)


async def unfinished(journal: Journal, plan_key: str) -> Run | None:
    """The newest run of this plan if it did not end complete."""
    runs = await journal.read(Run, plan_key=plan_key)
    return runs[-1] if runs and runs[-1].outcome != "complete" else None


async def settle_interrupted(night: Night) -> int:
    """Settle every sub that a crash or power cut left between planned and saved; returns how many."""
    interrupted = [
        sub for state in INTERRUPTED for sub in await night.journal.read(Sub, run=night.run, state=state)
    ]
    for sub in interrupted:
        await settle(night, sub.id)
    return len(interrupted)
