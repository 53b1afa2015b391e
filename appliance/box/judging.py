"""A plan before it is taken: every flaw beside its field, and what becomes of what was begun."""

from collections.abc import Mapping, Set
from typing import TYPE_CHECKING, Any

from appliance.box.planning import SAME_NAME, fitting, kept_at
from appliance.errors import BadInput
from appliance.plan import Plan, step_keys
from appliance.plan.keys import key_parts
from appliance.plan.loading import plan_flaws, plan_from
from appliance.sequence.progress import wanted
from appliance.sequence.resume import unfinished

if TYPE_CHECKING:
    from appliance.box.box import Box


async def judged(box: "Box", raw: dict[str, Any]) -> dict[str, Any]:
    """`flaws` (field, problem, advice), `total` subs (0: without end), None of a plan that does not fit, and
    `dropped`: steps whose saved subs would not count any more.
    """
    path = kept_at(box.folder)
    flaws = plan_flaws(raw, path)
    if flaws:
        # What it advises is about a file, which a form does not show.
        return _told([BadInput(one.field, one.problem, advice="") for one in flaws])
    new = plan_from(raw, path)
    flaws = _unfit(box, new)
    if box.night is not None and new.name != box.plan.name:
        flaws = [BadInput("name", f"a running plan keeps its name, {box.plan.name!r}", advice=SAME_NAME)]
    if flaws:
        return _told(flaws)
    full, _ = fitting(box, new)
    dropped: list[dict[str, Any]] = []
    if new.name == box.plan.name and (run := await unfinished(box.journal, new)) is not None:
        dropped = _dropped(box.plan, full, await box.journal.saved(run.id))
    return {"flaws": [], "total": full.total, "dropped": dropped, "running": box.night is not None}


def _told(flaws: list[BadInput]) -> dict[str, Any]:
    each = [{"field": one.field, "problem": one.problem, "advice": one.advice} for one in flaws]
    return {"flaws": each, "total": None, "dropped": [], "running": False}


def _unfit(box: "Box", plan: Plan) -> list[BadInput]:
    """What this rig cannot do. Each item is judged alone, so that its flaw is found beside it."""
    flaws = []
    for place, item in enumerate(plan.target):
        try:
            fitting(box, plan.model_copy(update={"target": (item,)}))
        except BadInput as wrong:
            field = wrong.field.replace("target.0", f"target.{place}", 1)
            flaws.append(BadInput(field, wrong.problem, advice=wrong.advice))
    return flaws


def _dropped(old: Plan, new: Plan, saved: Mapping[str, Set[int]]) -> list[dict[str, Any]]:
    """By step: how many of its subs counted, and would not."""
    lost: dict[str, int] = {}
    for key, numbers in saved.items():
        gone = len(numbers & wanted(old, key)) - len(numbers & wanted(new, key))
        if gone > 0:
            step = key_parts(key)[0]
            lost[step] = lost.get(step, 0) + gone
    kept = {key for keys in step_keys(new) for key in keys}
    return [{"step": step, "saved": count, "fewer": step in kept} for step, count in lost.items()]
