"""Questions about tonight: its timeline, for whoever draws it."""

from typing import TYPE_CHECKING, Any

from appliance.api import Arguments, Command
from appliance.box.outlook import Outlook
from appliance.box.timeline import done_tonight
from appliance.journal import Run, Sub, SubState
from appliance.plan import step_keys
from appliance.plan.keys import key_parts
from appliance.sequence.coming import Ahead, coming, flips
from appliance.sky.windows import Window
from appliance.wire import encode

if TYPE_CHECKING:
    from appliance.box.box import Box

TONIGHT = "The night's timeline: altitudes, darkness, what was done and what is to come."


def tonight_commands(box: "Box", outlook: Outlook) -> list[Command]:
    """For the page."""

    async def tonight(_: Arguments) -> dict[str, Any]:
        drawn, ahead, now = await outlook.drawn(), await outlook.ahead(), box.observer.unix()
        answer: dict[str, Any] = {"plan": box.plan.name, "now": now, "sky": drawn}
        if drawn is None or ahead is None:
            return answer
        done = await done_tonight(box.journal, Window(drawn["from"], drawn["to"]))
        progress = await _progress(box, await outlook.run(ahead.sky))
        return answer | done | _to_come(ahead, now) | {"progress": progress}

    return [Command("tonight", TONIGHT, Arguments, tonight, asks=True)]


def _to_come(ahead: Ahead, now: float) -> dict[str, Any]:
    every = [encode(one) for one in coming(ahead, now, works=True)]
    return {
        "stints": [{"index": one.index, "begins": one.begins, "ends": one.ends} for one in ahead.stints],
        "flips": [{"at": at, "target": name} for at, name in flips(ahead) if at > now],
        "coming": [{key: one[key] for key in ("kind", "what", "target", "at")} for one in every],
        "complete": ahead.complete,
    }


async def _progress(box: "Box", run: Run | None) -> list[dict[str, Any]]:
    """Planned and saved subs of each target of the sky; `planned` None where there is no end of them."""
    subs = [] if run is None else await box.journal.read(Sub, run=run.id, state=SubState.SAVED)
    counts: dict[str, int] = {}
    for one in subs:
        key = key_parts(one.step_key)[0]
        counts[key] = counts.get(key, 0) + 1
    turns = box.plan.repeat if box.plan.clear_on_repeat else 1
    return [
        {
            "planned": turns * planned.repeat * sum(step.count for step in planned.step) or None,
            "saved": sum(counts.get(key, 0) for key in keys),
        }
        for planned, keys in zip(box.plan.sky, step_keys(box.plan), strict=True)
    ]
