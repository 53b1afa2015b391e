"""A plan in plain words, as it will be run: its list, tonight's windows, what became of templates."""

import time
from collections.abc import Iterator

from appliance.plan import DarkFrames, Item, PanelFlats, Plan, Script, SkyFlats, Step, Target, Template, Wait
from appliance.plan.items import Mosaic
from appliance.sequence.tonight import Tonight


def told(written: Plan, plan: Plan, night: Tonight | None) -> Iterator[str]:
    """`written` as a person wrote it, `plan` the same expanded; `night` gives the windows, UTC."""
    yield f"{plan.name}: from {plan.begin or 'dusk'} to {plan.end or 'dawn'}, night = {plan.night}"
    yield from _rules(plan)
    if night is not None:
        yield f"  tonight {_span(night.dark.begins, night.dark.ends)}"
    origins = [item for item in written.target for _ in range(_panels(item))]
    sky = 0
    for number, (origin, item) in enumerate(zip(origins, plan.target, strict=True), 1):
        if not isinstance(item, Target):
            yield f"{number:3}. {_other(item)}"
            continue
        yield f"{number:3}. {item.name}{_place(item)}{_steps_of(origin, written)}"
        yield from (f"       {line}" for line in _options(item))
        if night is not None:
            spans = [_span(one.begins, one.ends) for one in night.up[sky]]
            yield f"       tonight {', '.join(spans) or 'never: it does not fit into the night'}"
        yield from (f"       {step_words(step)}" for step in item.step)
        sky += 1
    subs = str(plan.total) if plan.total else "no end of"
    hours = f"{_exposed(plan) / 3600:.1f} h of exposure each time through"
    yield f"{len(plan.target)} items, {subs} subs, {hours}"


def _rules(plan: Plan) -> Iterator[str]:
    if plan.repeat != 1:
        again = "until the night ends" if plan.repeat == 0 else f"{plan.repeat} times"
        how = "each time from nothing" if plan.clear_on_repeat else "what is missing"
        yield f"  the whole list {again}, {how}"
    for when, script in (
        ("start", plan.script.start),
        ("end", plan.script.end),
        ("error", plan.script.error),
    ):
        if script is not None:
            yield f"  script at {when}: {' '.join((str(script.file), *script.arguments))}"


def _panels(item: Item) -> int:
    return item.columns * item.rows if isinstance(item, Mosaic) else 1


def _place(item: Target) -> str:
    if not item.move:
        return ", where the telescope points"
    known = item.ra_deg is not None and item.dec_deg is not None
    where = f" at {item.ra_deg:.4f}° {item.dec_deg:+.4f}°" if known else ""
    angle = "" if item.position_angle_deg is None else f", position angle {item.position_angle_deg:g}°"
    return f"{where}{angle}"


def _steps_of(origin: Item, written: Plan) -> str:
    """Whether a template gives its steps, and the date of the template's file."""
    if not isinstance(origin, Target | Mosaic) or not origin.template:
        return ""
    template = written.template[origin.template]
    changed = ", changed for this target" if origin.step and origin.step != template.step else ""
    return f", template {origin.template} ({_date(template)}{changed})"


def _date(template: Template) -> str:
    if template.changed is None:
        return "in the plan"
    return time.strftime("file changed %Y-%m-%d %H:%M UTC", time.gmtime(template.changed))


def _options(item: Target) -> Iterator[str]:
    if item.begin or item.end:
        yield f"from {item.begin or 'its rise'} to {item.end or 'its set'}"
    if item.repeat != 1:
        yield "again and again" if item.repeat == 0 else f"{item.repeat} times"
    for wanted, words in (
        (item.wait, "what follows waits for it"), (item.fully_dark, "only in full darkness"),
        (item.focus_first, "a focus run first"), (item.move and not item.centre, "without centring"),
    ):  # fmt: skip
        if wanted:
            yield words


def step_words(step: Step) -> str:
    """One step in a line."""
    frame = "" if step.frame == "light" else f"{step.frame} "
    stack = "" if step.stack == 1 else f", each the mean of {step.stack}"
    dither = f", dither every {step.dither_every}" if step.dither_every else ", no dither"
    focus = ", focus before" * step.focus_before + f", focus every {step.focus_every}" * bool(
        step.focus_every
    )
    label = f" “{step.description}”" if step.description else ""
    what = f"{step.count} × {step.seconds:g} s {frame}{step.filter or 'without filter'}, {step.label()}"
    return f"{what}{stack}{dither}{focus}{label}"


def _other(item: Item) -> str:
    name = f"{item.name}: " if item.name else ""
    match item:
        case Script():
            return (
                f"{name}script {' '.join((item.file.name, *item.arguments))}, if it fails: {item.on_failure}"
            )
        case SkyFlats():
            return f"{name}sky flats at {item.twilight}, {item.count} in each of {_filters(item.filters)}"
        case PanelFlats():
            return f"{name}panel flats, {item.count} in each of {_filters(item.filters)}"
        case DarkFrames():
            what = (
                "; ".join(step_words(step) for step in item.step)
                or "what the subs need and the library lacks"
            )
            return f"{name}darks{' and bias' if item.bias else ''}: {what}"
        case Wait():
            return f"{name}wait {f'until {item.until}' if item.until else item.ask or f'{item.seconds:g} s'}"
        case _:
            return f"{name}{item.do}"


def _filters(names: tuple[str, ...]) -> str:
    return ", ".join(name or "no filter" for name in names)


def _span(begins: float, ends: float) -> str:
    first, last = (time.strftime("%H:%M", time.gmtime(one)) for one in (begins, ends))
    return f"{first}–{last} UTC"


def _exposed(plan: Plan) -> float:
    return sum(
        max(one.repeat, 1) * sum(step.exposed_seconds * step.count for step in one.step) for one in plan.sky
    )
