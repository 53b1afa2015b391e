"""The night report's four drawings: timeline, V-curve, HFR per sub, pointing error."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from appliance.journal import FocusRun, Pointing, Run, Span, Sub, SubState
from appliance.surfaces.charts import (
    LETTER_WIDTH,
    Frame,
    Scale,
    clock,
    columns,
    cross,
    mark,
    number,
    path,
    rows,
    svg,
    tag,
    text,
    ticks,
    time_ticks,
)

Marks = Mapping[str, tuple[str, int]]
LANE = 24  # px per row of the timeline


def timeline(
    run: Run, spans: Sequence[Span], subs: Sequence[Sub], runs: Sequence[FocusRun], marks: Marks
) -> Markup:
    """Bars for spans, one lane per name; ticks for subs; a dot for each focus run. UTC."""
    low, high = night_span(run, spans, subs, runs)
    names = list(dict.fromkeys(span.name for span in spans))
    lanes = [*names, *(["Focus runs"] if runs else []), *(["Subs"] if subs else [])]
    # Long names move the drawing's edge, up to a third of it.
    left = min(max((len(name) for name in lanes), default=0) * LETTER_WIDTH + 14, 230)
    frame = Frame(width=960, height=len(lanes) * LANE + 46, left=left, top=14)
    x = frame.across(low, high)
    top = {name: frame.top + n * LANE for n, name in enumerate(lanes)}
    parts = [*_hours(frame, x), *(_lane(frame, top[name], name) for name in lanes)]
    parts += [_bar(x, top[span.name], span, high) for span in spans]
    parts += [_focus_dot(x, top["Focus runs"], one) for one in runs]
    parts += [_sub_tick(x, top["Subs"], sub, marks) for sub in subs if sub.started is not None]
    return svg(frame, f"Timeline from {clock(low)} to {clock(high)} UTC", parts)


def night_span(
    run: Run, spans: Sequence[Span], subs: Sequence[Sub], runs: Sequence[FocusRun]
) -> tuple[float, float]:
    """From the first to the last known moment, at least a minute."""
    ends = [sub.started + sub.seconds for sub in subs if sub.started is not None]
    moments = [run.started, *ends, *(span.started for span in spans), *(one.ended for one in runs)]
    moments += [moment for moment in (run.ended, *(span.ended for span in spans)) if moment is not None]
    return min(moments), max(*moments, min(moments) + 60.0)


def _hours(frame: Frame, x: Scale) -> list[Markup]:
    bottom = frame.height - frame.bottom
    values = time_ticks(x.low, x.high)
    lines = [tag("line", x1=x(v), x2=x(v), y1=frame.top, y2=bottom, class_="grid") for v in values]
    return [*lines, *columns(frame, x, values, [clock(v, x.high - x.low < 600) for v in values])]


def _lane(frame: Frame, top: float, name: str) -> Markup:
    most = int((frame.left - 10) / LETTER_WIDTH)
    short = name if len(name) <= most else name[: most - 1] + "…"
    return text(frame.left - 10, top + 16, short, "lane end")


def _bar(x: Scale, top: float, span: Span, until: float) -> Markup:
    end = until if span.ended is None else span.ended
    look = {"running": "open", "failed": "bad", "stopped": "open"}.get(span.outcome, "good")
    when = f"{clock(span.started, True)}–{clock(end, True) if span.ended else 'not ended'}"
    title = tag("title", f"{span.name}: {when}, {span.outcome}")
    width = max(x(end) - x(span.started), 2.0)
    return tag(
        "rect", title, x=x(span.started), y=top + 5, width=width, height=14, rx=3, class_=f"bar {look}"
    )


def _focus_dot(x: Scale, top: float, one: FocusRun) -> Markup:
    said = (
        one.failure or f"at {one.position}, HFR {one.hfr:.2f}" if one.hfr is not None else one.failure or ""
    )
    title = f"{clock(one.started, True)} {one.filter} {one.reason}: {said}"
    look = "focus-dot bad" if one.failure else "focus-dot"
    return mark(x(one.started), top + 12, 2, look, title)


def _sub_tick(x: Scale, top: float, sub: Sub, marks: Marks) -> Markup:
    assert sub.started is not None
    saved = sub.state is SubState.SAVED
    look = f"sub {marks[sub.filter][0]}" if saved else "sub lost"
    when, what = clock(sub.started, True), f"{sub.target} {sub.filter} no. {sub.number}"
    words = f"{when} {what}, {sub.seconds:g} s, {sub.state.value}"
    width = max(x(sub.started + sub.seconds) - x(sub.started) - 1.0, 2.0)
    return tag(
        "rect", tag("title", words), x=x(sub.started), y=top + 5, width=width, height=14, rx=1.5, class_=look
    )


def v_curve(one: FocusRun) -> Markup:
    """The samples (rejected ones crossed), the fitted model and the best position."""
    frame = Frame(width=340, height=215, left=40)
    points = [point for point in one.points if _finite(point.get("hfr"))]
    if not points:
        return svg(frame, "V-curve without points", [text(170, 110, "No points were measured", "none mid")])
    positions = [float(point["position"]) for point in points]
    positions += [] if one.position is None else [float(one.position)]
    margin = (max(positions) - min(positions) or 100.0) * 0.06
    x = frame.across(min(positions) - margin, max(positions) + margin)
    curve = (
        [(p, model_hfr(one.model, p)) for p in _steps(min(positions), max(positions), 60)]
        if "kind" in one.model
        else []
    )
    heights = [point["hfr"] for point in points] + [hfr for _, hfr in curve if _finite(hfr)]
    y = frame.up(0.0, max(heights) * 1.08)
    values = ticks(x.low, x.high, 4)
    parts = [*rows(frame, y, "HFR px"), *columns(frame, x, values, [number(v) for v in values])]
    parts += [path([(x(p), y(hfr)) for p, hfr in curve], "fit")] if curve else []
    parts += [*_best(frame, x, one), *(_sample(x, y, point) for point in points)]
    return svg(frame, f"V-curve, {len(points)} points, best at {one.position}", parts)


def model_hfr(model: Mapping[str, Any], position: float) -> float:
    """HFR of the fitted curve at a position; the models are those of journal.FocusRun."""
    away = position - float(model["centre"])
    if model["kind"] == "hyperbola":
        return abs(float(model["a"])) * math.hypot(1.0, away / float(model["b"]))
    return float(model["c0"]) + float(model["c2"]) * away**2


def _sample(x: Scale, y: Scale, point: Mapping[str, Any]) -> Markup:
    title = f"{point['position']}: HFR {point['hfr']:.2f} px, {point.get('stars', '?')} stars"
    if point.get("used", True):
        return mark(x(point["position"]), y(point["hfr"]), 0, "sample", title)
    return cross(x(point["position"]), y(point["hfr"]), "rejected", f"{title}, left out")


def _best(frame: Frame, x: Scale, one: FocusRun) -> list[Markup]:
    if one.position is None:
        return []
    at = x(one.position)
    line = tag("line", x1=at, x2=at, y1=frame.top + 4, y2=frame.height - frame.bottom, class_="best")
    return [line, text(min(max(at, 90), frame.width - 40), 14, number(one.position), "best-label mid")]


def hfr_chart(subs: Sequence[Sub], marks: Marks) -> Markup:
    """HFR of every measured sub in the order they were taken, coloured by filter."""
    measured = [sub for sub in subs if sub.started is not None and _finite(sub.hfr)]
    points = [(sub.started, sub.hfr, sub) for sub in measured]
    return _over_time(points, marks, "HFR px", "HFR per sub")


def pointing_chart(looks: Sequence[Pointing], subs: Sequence[Sub], marks: Marks) -> Markup:
    """How far off the target each look during centring (crosses) and each solved sub was."""
    points = [
        (sub.started, sub.error_arcsec, sub) for sub in subs if sub.started and _finite(sub.error_arcsec)
    ]
    crosses = [(look.at, look.error_arcsec, look) for look in looks if _finite(look.error_arcsec)]
    return _over_time([*crosses, *points], marks, "arcsec, logarithmic", "Pointing error", logarithmic=True)


def _over_time(
    points: Sequence[Any], marks: Marks, unit: str, label: str, logarithmic: bool = False
) -> Markup:
    frame = Frame(width=960, height=250)
    if not points:
        return svg(frame, f"{label}: nothing measured", [text(480, 125, "Nothing was measured", "none mid")])
    moments = [at for at, _, _ in points]
    room = (max(moments) - min(moments)) * 0.02 or 30.0
    x = frame.across(min(moments) - room, max(moments) + room)
    y, lines = (_decades if logarithmic else _around)(frame, [value for _, value, _ in points], unit)
    times = time_ticks(x.low, x.high)
    parts = [*lines, *columns(frame, x, times, [clock(t, x.high - x.low < 600) for t in times])]
    height = (lambda v: y(math.log10(max(v, 0.1)))) if logarithmic else y
    parts += [_dot(x(at), height(value), value, one, marks) for at, value, one in points]
    return svg(frame, f"{label}, {len(points)} points", parts)


def _around(frame: Frame, values: Sequence[float], unit: str) -> tuple[Scale, list[Markup]]:
    room = (max(values) - min(values)) * 0.25 + 0.2
    y = frame.up(max(min(values) - room, 0.0), max(values) + room)
    return y, rows(frame, y, unit)


def _decades(frame: Frame, values: Sequence[float], unit: str) -> tuple[Scale, list[Markup]]:
    low = math.floor(math.log10(max(min(values), 0.1)))
    high = max(math.ceil(math.log10(max(*values, 0.1))), low + 1)
    y = frame.up(low, high)
    made = [text(2, 11, unit)]
    for power in range(low, high + 1):
        made.append(
            tag("line", x1=frame.left, x2=frame.width - frame.right, y1=y(power), y2=y(power), class_="grid")
        )
        made.append(text(frame.left - 7, y(power) + 4, number(10.0**power), "tick end"))
    return y, made


def _dot(x: float, y: float, value: float, one: Sub | Pointing, marks: Marks) -> Markup:
    if isinstance(one, Pointing):
        return cross(x, y, "look", f"{clock(one.at, True)} {one.target}, look {one.attempt}: {value:.1f}″")
    class_, kind = marks[one.filter]
    at = clock(one.started or 0.0, True)
    return mark(x, y, kind, f"dot {class_}", f"{at} {one.target} {one.filter} no. {one.number}: {value:.2f}")


def _steps(low: float, high: float, count: int) -> list[float]:
    return [low + (high - low) * n / count for n in range(count + 1)]


def _finite(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
