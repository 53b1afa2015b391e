"""Past focus runs, the newest first, page by page; each with its V-curve."""

from typing import Any

from appliance.errors import BadCommand
from appliance.journal import FocusRun, Journal, Run
from appliance.surfaces.night_charts import model_hfr

DRAWN = 41  # places at which a curve is evaluated
LISTED = (
    "id", "started", "ended", "reason", "filter", "position", "hfr", "goodness", "method", "exposures",
    "celsius", "failure",
)  # fmt: skip


async def page_of_runs(journal: Journal, before: int, count: int) -> dict[str, Any]:
    """So many runs older than the one with the id `before` (0: from the newest on); `more` is left then."""
    runs = await journal.read(FocusRun)
    plans = {run.id: run.plan for run in await journal.read(Run)}
    older = [run for run in runs if not before or run.id < before]
    listed = [{**_short(run), "plan": plans.get(run.run, "")} for run in reversed(older[-count:])]
    return {"runs": listed, "more": len(older) > count, "total": len(runs)}


def _short(run: FocusRun) -> dict[str, Any]:
    return {name: getattr(run, name) for name in LISTED}


async def one_run(journal: Journal, id_: int) -> dict[str, Any]:
    """All of one run: its samples, and its fitted curve for drawing. BadCommand for one that is not there."""
    found = await journal.read(FocusRun, id=id_)
    if not found:
        raise BadCommand("focus_run.id", f"there is no focus run {id_}", advice="Load the list again.")
    (run,) = found
    return {**_short(run), "points": run.points, "model": run.model, "curve": _line(run)}


def _line(run: FocusRun) -> list[tuple[int, float]]:
    places = [point["position"] for point in run.points]
    if "kind" not in run.model or not places:
        return []
    low, high = min(places), max(places)
    drawn = [low + (high - low) * part / (DRAWN - 1) for part in range(DRAWN)]
    return [(round(place), round(model_hfr(run.model, place), 3)) for place in drawn]
