"""Plans of storm nights that use the whole of what a plan can say, drawn from a seed."""

from collections.abc import Callable
from random import Random
from typing import Any

from appliance.sky.windows import Window

Table = dict[str, Any]
RICH = 0.6  # of the nights have such a plan
SCRIPT = "/bin/true"  # a rehearsal does not start it


def enriched_plan(plan: Table, random: Random, night: Window) -> Table:
    """The same targets with windows, waits, repetitions and so on, and between them what is no target.

    `random` is this plan's own, so that the rest of the night stays as it was drawn.
    """
    if random.random() > RICH:
        return plan
    targets = [_target(random, dict(target)) for target in plan["target"]]
    items = [item for target in targets for item in (*_between(random), target)]
    if random.random() < 0.4:
        items.insert(0, {"do": "sky flats", "twilight": "dusk", "filters": ["L", "R"], "count": 3})
    if random.random() < 0.4:
        items.append({"do": "sky flats", "twilight": "dawn", "filters": ["R", "L"], "count": 3})
    if random.random() < 0.3:
        items.append({"do": "darks", "count": 2})
    if random.random() < 0.2:
        items.append({"do": "panel flats", "filters": ["L"], "count": 2})
    return {**plan, **_whole(random, night), **_ways(random), **_templates(random, items), "target": items}


def _whole(random: Random, night: Window) -> Table:
    """Options of the whole sequence."""
    hours = night.seconds / 3600
    options: Table = {
        "begin": random.choice(("dusk", "dusk", "dusk+00:30", "dusk+01:00")),
        "end": random.choice(("dawn", "dawn", "dawn-00:30", f"dusk+{max(3, int(hours * 0.8)):02}:00")),
        "repeat": random.choice((1, 1, 2, 3, 0)), "clear_on_repeat": random.random() < 0.7,
        "unattended": random.random() < 0.8, "answer_seconds": 120.0,
        "focus_on_resume": random.random() < 0.3, "focus_every_subs": random.choice((0, 0, 15)),
    }  # fmt: skip
    if random.random() < 0.3:
        options["script"] = {"start": {"file": SCRIPT}, "end": {"file": SCRIPT}, "error": {"file": SCRIPT}}
    return options


def _ways(random: Random) -> Table:
    """When it is dark enough, when to focus, and how the rig is left."""
    parked = random.random() < 0.9  # nothing closes over a telescope that is not
    return {
        "night": random.choice(("nautical", "nautical", "astronomical", "civil")),
        "cool": random.random() < 0.9, "unpark": True,
        "focus_at_start": random.random() < 0.9, "focus_after_centring": random.random() < 0.1,
        "focus_on_filter_change": random.choice((True, True, False, "always")),
        "focus_on_hfr_percent": random.choice((0.0, 0.0, 15.0)),
        "focus_after_flip": random.random() < 0.8, "focus_in_twilight": random.random() < 0.8,
        "stop_tracking_at_end": random.random() < 0.9, "park_at_end": parked,
        "close_roof_at_end": parked and random.random() < 0.9, "warm_at_end": random.random() < 0.9,
    }  # fmt: skip


def _templates(random: Random, items: list[Table]) -> Table:
    """Now and then two targets share their steps by name."""
    plain = [item for item in items if "do" not in item]
    if len(plain) < 2 or random.random() > 0.2:
        return {}
    first, second = plain[:2]
    steps = first.pop("step")
    second.pop("step")
    first["template"] = second["template"] = "shared"
    return {"template": {"shared": {"step": steps}}}


def _between(random: Random) -> list[Table]:
    """What may stand before a target."""
    draw = random.random()
    if draw < 0.1:
        return [{"do": "wait", "seconds": random.choice((60.0, 900.0))}]
    if draw < 0.15:
        return [{"do": "wait", "until": "dusk+01:30"}]
    if draw < 0.2:
        return [{"do": "wait", "ask": "Is the dew shield on?"}]
    return [{"do": "script", "file": SCRIPT}] if draw < 0.3 else []


def _target(random: Random, target: Table) -> Table:
    for chance, option in OPTIONS:
        if random.random() < chance:
            target |= option(random)
    target["step"] = [_step(random, dict(step)) for step in target["step"]]
    return _panels(target) if random.random() < 0.1 else target


def _panels(target: Table) -> Table:
    """Two panels in place of one field, each with half of the subs."""
    steps = [{**step, "count": max(1, step["count"] // 2)} for step in target["step"]]
    return target | {"do": "mosaic", "columns": 2, "rows": 1, "panel_deg": [1.5, 1.5], "step": steps}


def _step(random: Random, step: Table) -> Table:
    if random.random() < 0.15:
        stack = random.choice((2, 3))
        step |= {"stack": stack, "seconds": step["seconds"] / stack}
    if random.random() < 0.1:
        step |= {"focus_before": True}
    if random.random() < 0.1:
        step |= {"focus_every": 10}
    if random.random() < 0.1:
        step |= {"frame": "dark", "count": 3, "filter": ""}
    if random.random() < 0.15:
        step |= {"binning": 2, "gain": random.choice((0, 100)), "offset": 20}
    return step


def _repeated(random: Random) -> Table:
    interval = random.choice((0.0, 1800.0))
    preview = {"preview_seconds": 20.0} if interval and random.random() < 0.3 else {}
    return {"repeat": random.choice((2, 3)), "interval_seconds": interval, **preview}


OPTIONS: tuple[tuple[float, Callable[[Random], Table]], ...] = (
    (0.25, lambda random: {"begin": random.choice(("dusk+00:45", "meridian-02:00", "rise+00:20"))}),
    (0.25, lambda random: {"end": random.choice(("dawn-00:40", "meridian+01:30", "set-00:20"))}),
    (0.15, lambda _: {"wait": True}),
    (0.15, lambda _: {"fully_dark": True}),
    (0.1, lambda random: {"at_meridian": random.choice(("flip", "abort"))}),
    (0.15, _repeated),
    (0.1, lambda _: {"centre": False}),
    (0.15, lambda _: {"focus_first": True}),
    (0.15, lambda _: {"focus_star_magnitude": 5.0}),
    (0.2, lambda random: {"position_angle_deg": float(random.randrange(0, 360, 15))}),
)
