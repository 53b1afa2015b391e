"""How far the plan has come, item by item, from the journal."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from math import atan, degrees
from typing import TYPE_CHECKING, Any

from appliance.api import Arguments, Command
from appliance.box.wanted import SEQUENCE
from appliance.journal import Mark, Run
from appliance.plan import PanelFlats, Plan, SkyFlats, Step, Target, item_key, step_keys
from appliance.plan.items import Item, Mosaic, Script, Wait
from appliance.plan.keys import key_parts
from appliance.sequence.budget import SUB_OVERHEAD
from appliance.sequence.progress import wanted
from appliance.sequence.resume import RESET, plan_key
from appliance.sky.windows import DAY

if TYPE_CHECKING:
    from appliance.box.box import Box

Saved = Mapping[str, Set[int]]
# What tells an item from others of its kind.
DETAILS: dict[type, set[str]] = {
    Wait: {"until", "seconds", "ask"}, SkyFlats: {"twilight"}, Script: {"file", "begin"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Count:
    """Subs of one step: `wanted` 0 is without end; `seconds` are what the missing ones take, about."""

    label: str
    filter: str
    seconds: float
    frame: str
    done: int
    wanted: int
    left: float


def progress_command(box: "Box") -> Command:
    """For every surface."""

    async def progress(_: Arguments) -> dict[str, Any]:
        runs = await box.journal.read(Run, plan_key=plan_key(box.plan))
        run = runs[-1] if runs and runs[-1].outcome != RESET else None
        saved = {} if run is None else await box.journal.saved(run.id)
        every = [] if run is None else await box.journal.read(Mark, run=run.id)
        since = box.observer.unix() - DAY / 2
        marks = {mark.name for mark in every if mark.at > since}
        return {
            "plan": box.plan.name, "edition": box.desk.edition, "running": box.jobs.running(SEQUENCE),
            "begun": run is not None and run.outcome != "complete", "total": box.plan.total,
            "items": items_of(box.written, box.plan, saved, marks),
            "filters": _filters(box), "panel": _panel(box),
        }  # fmt: skip

    return Command(
        "plan_progress", "How far the plan has come, by target and filter.", Arguments, progress, asks=True
    )


def _filters(box: "Box") -> list[str]:
    """Those of the wheel once it is open, before that those that the plan names."""
    if not box.rig.away({"filter wheel"}) and box.rig.filter_wheel is not None:
        return list(box.rig.filter_wheel.filters)
    return list(box.plan.filters) if box.profile.filter_wheel is not None else []


def _panel(box: "Box") -> str:
    """Width and height of the camera's field in degrees, "" while it is not known."""
    if box.rig.away({"camera"}):
        return ""
    sensor, focal = box.rig.camera.sensor, box.profile.telescope.focal_length_mm
    sides = (degrees(atan(side * sensor.pixel_um / 1000 / focal)) for side in (sensor.width, sensor.height))
    return " × ".join(f"{side:.3f}" for side in sides)


def items_of(plan: Plan, full: Plan, saved: Saved, marks: Set[str]) -> list[dict[str, Any]]:
    """What a list of the plan shows; `full` is the plan as it is run, with a target for each panel."""
    keys = dict(enumerate(step_keys(full)))
    places = iter(range(len(full.target)))
    sky = iter(range(len(full.sky)))
    told = []
    for index, item in enumerate(plan.target):
        panels = item.columns * item.rows if isinstance(item, Mosaic) else 1
        own = [next(places) for _ in range(panels)]
        if isinstance(item, Target | Mosaic):
            numbers = [next(sky) for _ in own]
            counts = [_counts(full, full.sky[n], keys[n], saved) for n in numbers]
            told.append({**_item(index, item), **_summed(counts), "panels": panels})
        else:
            told.append({**_item(index, item), **_other(full, own[0], item, saved, marks)})
    return told


def _item(index: int, item: Item) -> dict[str, Any]:
    about = {"index": index, "do": item.do, "name": item.name}
    if isinstance(item, Target | Mosaic):
        return {**about, "ra_deg": item.ra_deg, "dec_deg": item.dec_deg, "template": item.template}
    detail = item.model_dump(mode="json", include=DETAILS.get(type(item), set()))
    return {**about, "detail": detail} if detail else about


def _counts(plan: Plan, target: Target, keys: list[str], saved: Saved) -> list[Count]:
    passes = plan.repeat if plan.clear_on_repeat else 1
    times = target.repeat * passes
    return [_count(plan, step, key, saved, times) for key, step in zip(keys, target.step, strict=True)]


def _count(plan: Plan, step: Step, key: str, saved: Saved, times: int) -> Count:
    mine = ((one, numbers) for one, numbers in saved.items() if key_parts(one)[0] == key)
    done = sum(len(numbers & wanted(plan, one)) for one, numbers in mine)
    missing = max(0, step.count * times - done)
    each = step.exposed_seconds + step.stack * SUB_OVERHEAD
    return Count(
        step.key(), step.filter, step.exposed_seconds, step.frame, done, step.count * times, missing * each
    )


def _summed(panels: list[list[Count]]) -> dict[str, Any]:
    """Panels of a mosaic have the same steps: theirs together."""
    steps = []
    for same in zip(*panels, strict=True):
        first = same[0]
        steps.append({
            "label": first.label, "filter": first.filter, "seconds": first.seconds, "frame": first.frame,
            "done": sum(one.done for one in same), "wanted": sum(one.wanted for one in same),
            "left": sum(one.left for one in same),
        })  # fmt: skip
    done, asked = (sum(int(step[name]) for step in steps) for name in ("done", "wanted"))
    left = sum(float(step["left"]) for step in steps)
    return {"steps": steps, "done": done, "wanted": asked, "left": left, "complete": 0 < asked <= done}


def _other(full: Plan, place: int, item: Item, saved: Saved, marks: Set[str]) -> dict[str, Any]:
    """Flats, darks, scripts and waits: done when the journal has marked them so in this night."""
    key = item_key(full, place)
    done = sum(len(numbers) for one, numbers in saved.items() if one.startswith(f"{key}: "))
    asked = item.count * len(item.filters) if isinstance(item, SkyFlats | PanelFlats) else 0
    is_marked = any(mark.startswith(f"{key} | round ") for mark in marks)
    return {"steps": [], "done": done, "wanted": asked, "left": None, "complete": is_marked, "panels": 0}
