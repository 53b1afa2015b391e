"""Where did we stop? Answered by the journal and the files, never by memory."""

import hashlib

from appliance.journal import Journal, Run, Sub, SubState
from appliance.sequence.night import Night
from appliance.sequence.plan import Plan
from appliance.sequence.subs import settle

INTERRUPTED = (SubState.PLANNED, SubState.EXPOSING)


def plan_key(plan: Plan) -> str:
    """Recognises a plan again by its name, whatever was changed in it."""
    return hashlib.sha256(plan.name.encode()).hexdigest()[:16]


async def unfinished(journal: Journal, plan: Plan) -> Run | None:
    """The newest run of this plan if it did not end complete."""
    runs = await journal.read(Run, plan_key=plan_key(plan))
    return runs[-1] if runs and runs[-1].outcome != "complete" else None


async def settle_interrupted(night: Night) -> int:
    """Settle every sub that a crash or power cut left between planned and saved; returns how many."""
    interrupted = [
        sub for state in INTERRUPTED for sub in await night.journal.read(Sub, run=night.run, state=state)
    ]
    for sub in interrupted:
        await settle(night, sub.id)
    return len(interrupted)
