"""Where did we stop? Answered by the journal and the files, never by memory."""

import hashlib

from appliance.journal import Journal, Run, Sub, SubState
from appliance.plan import Plan
from appliance.sequence.night import Night
from appliance.sequence.subs import settle

RESET = "reset"  # the outcome of a run whose counts a person has cleared
INTERRUPTED = (SubState.PLANNED, SubState.EXPOSING)


def plan_key(plan: Plan) -> str:
    """Recognises a plan again by its name, whatever was changed in it."""
    return hashlib.sha256(plan.name.encode()).hexdigest()[:16]


async def is_complete(journal: Journal, plan: Plan) -> bool:
    """Is all of this plan taken, and was the rig left safe after it?"""
    runs = await journal.read(Run, plan_key=plan_key(plan))
    return bool(runs) and runs[-1].outcome == "complete"


async def unfinished(journal: Journal, plan: Plan) -> Run | None:
    """The newest run of this plan if it did not end complete, and nobody began the plan anew."""
    runs = await journal.read(Run, plan_key=plan_key(plan))
    return runs[-1] if runs and runs[-1].outcome not in {"complete", RESET} else None


async def settle_interrupted(night: Night) -> int:
    """Settle every sub that a crash or power cut left between planned and saved; returns how many."""
    interrupted = [
        sub for state in INTERRUPTED for sub in await night.journal.read(Sub, run=night.run, state=state)
    ]
    for sub in interrupted:
        await settle(night, sub.id)
    return len(interrupted)


async def begun(journal: Journal, run: int) -> list[float]:
    """When each sub of a run was begun (UTC seconds), oldest first."""
    return [sub.started for sub in await journal.read(Sub, run=run) if sub.started]
