"""The night as a drawing: how high everything stands, how dark it is, what is taken when."""

from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup

from appliance.journal import Sub
from appliance.rehearsal.record import Record
from appliance.rehearsal.timeline import Timeline
from appliance.sky.altitudes import Piece, darkness_bands, moon_curve, target_curve
from appliance.sky.catalogue import Target
from appliance.sky.coordinates import observe
from appliance.sky.moon import moon_lit
from appliance.sky.windows import Window
from appliance.surfaces.charts import (
    LETTER_WIDTH,
    Frame,
    Scale,
    clock,
    columns,
    mark,
    path,
    rows,
    svg,
    tag,
    text,
    time_ticks,
)
from hardware.devices import Site

ROOM_SECONDS = 1200.0  # of daylight on either side
GAP_SECONDS = 1.0  # between neighbouring subs, of the drawing's scale
Marks = Mapping[str, tuple[str, int]]


def altitude_chart(record: Record, line: Timeline, marks: Marks) -> Markup:
    """Altitude curves over the night's twilights, subs on them, focus runs and flips."""
    site = record.asked.profile.site.place()
    sky = [entry.at for entry in line.entries if entry.what in {"Sunset", "Sunrise"}]
    low = min([line.begins, *(at for at in sky if at < line.dark.ends)]) - ROOM_SECONDS
    high = max([line.ends, line.dark.ends, *sky]) + ROOM_SECONDS
    frame = Frame(width=960, height=380)
    x, y = frame.across(low, high), frame.up(0.0, 90.0)
    values = time_ticks(low, high, 12)
    parts = [*_darkness(frame, x, site), *_faults(frame, x, line), *rows(frame, y, "altitude, °", 5)]
    parts += columns(frame, x, values, [clock(value) for value in values])
    parts += [*_moon(frame, x, y, site), *_targets(record, x, y, site)]
    parts += [*_taken(record, x, y, site, marks), *_flips(frame, x, line), *_focus(record, x, y, site)]
    parts += _names(record, frame, x, y, site)
    return svg(frame, f"Altitudes from {clock(low)} to {clock(high)} UTC", parts)


def _darkness(frame: Frame, x: Scale, site: Site) -> Iterator[Markup]:
    """Bands from day to night."""
    for kind, window in darkness_bands(site, Window(x.low, x.high)):
        yield _band(frame, x, window.begins, window.ends, kind)


def _band(frame: Frame, x: Scale, begins: float, ends: float, look: str, title: str = "") -> Markup:
    return tag(
        "rect", tag("title", title) if title else "", x=x(begins), y=float(frame.top),
        width=x(ends) - x(begins), height=float(frame.height - frame.bottom - frame.top), class_=look,
    )  # fmt: skip


def _faults(frame: Frame, x: Scale, line: Timeline) -> Iterator[Markup]:
    for one in line.entries:
        if one.kind == "fault" and x.low <= one.at <= x.high:
            ends = min(max(one.ends or one.at, one.at + 120), x.high)
            yield _band(frame, x, one.at, ends, "fault", f"{clock(one.at)} {one.what}")


def _moon(frame: Frame, x: Scale, y: Scale, site: Site) -> Iterator[Markup]:
    pieces = moon_curve(site, Window(x.low, x.high))
    for piece in pieces:
        yield path([(x(at), y(height)) for at, height in piece], "moon")
    top, highest = max((point for piece in pieces for point in piece), key=_height, default=(0.0, 0.0))
    if highest > 3:
        words = f"Moon {100 * moon_lit(top):.0f} %"
        at = min(max(x(top), frame.left + 40), frame.width - 50)
        yield text(at, y(highest) - 8, words, "moon-name mid")


def _height(point: tuple[float, float]) -> float:
    return point[1]


def _targets(record: Record, x: Scale, y: Scale, site: Site) -> Iterator[Markup]:
    whole = Window(x.low, x.high)
    for target, windows in zip(record.targets, record.night.up, strict=True):
        for piece in _curve(target, site, whole):
            yield path([(x(at), y(height)) for at, height in piece], "height")
        for window in windows:
            for piece in _curve(target, site, window):
                yield path([(x(at), y(height)) for at, height in piece], "usable")


def _curve(target: Target, site: Site, window: Window) -> list[Piece]:
    return target_curve(target.position, site, window)


def _taken(record: Record, x: Scale, y: Scale, site: Site, marks: Marks) -> Iterator[Markup]:
    """Every saved sub as a piece of its target's curve."""
    by_name = {target.name: target for target in record.targets}
    for sub in _saved(record):
        assert sub.started is not None
        gap = min(GAP_SECONDS / (x(1.0) - x(0.0)), sub.seconds / 4)
        for piece in _curve(by_name[sub.target], site, Window(sub.started, sub.started + sub.seconds - gap)):
            yield path([(x(at), y(height)) for at, height in piece], f"taken {marks[sub.filter][0]}")


def _saved(record: Record) -> Sequence[Sub]:
    if record.played is None:
        return []
    return [sub for sub in record.played.lights if sub.started is not None]


def _flips(frame: Frame, x: Scale, line: Timeline) -> Iterator[Markup]:
    for one in line.entries:
        if one.kind == "flip":
            at, title = x(one.at), tag("title", f"{clock(one.at)} {one.what}")
            yield tag(
                "line",
                title,
                x1=at,
                x2=at,
                y1=float(frame.top),
                y2=float(frame.height - frame.bottom),
                class_="flip",
            )
            yield text(at, frame.top - 7, f"flip {clock(one.at)}", "flip-name mid")


def _focus(record: Record, x: Scale, y: Scale, site: Site) -> Iterator[Markup]:
    """On the curve of the target that is taken next."""
    saved, by_name = _saved(record), {target.name: target for target in record.targets}
    for run in record.played.focus_runs if record.played else ():
        nearest = min(saved, key=lambda sub: abs((sub.started or 0.0) - run.ended), default=None)
        if nearest is not None:
            height = float(observe(by_name[nearest.target].position, site, run.started)[0])
            title = f"{clock(run.started)} focus run in {run.filter}: {run.reason}"
            look = "focus-dot bad" if run.failure else "focus-dot"
            yield mark(x(run.started), y(max(height, 0.0)), 2, look, title)


def _names(record: Record, frame: Frame, x: Scale, y: Scale, site: Site) -> Iterator[Markup]:
    """Each target's name at the top of its curve, one below the other where they would meet."""
    placed: list[tuple[float, float, float]] = []
    for target in record.targets:
        points = [point for piece in _curve(target, site, Window(x.low, x.high)) for point in piece]
        if not points:
            continue
        at, height = max(points, key=_height)
        half = len(target.name) * LETTER_WIDTH / 2
        across = min(max(x(at), frame.left + half + 4), frame.width - frame.right - half - 4)
        down = max(y(height) - 10, frame.top + 12)
        while any(abs(across - a) < half + h and abs(down - d) < 15 for a, d, h in placed):
            down += 15
        placed.append((across, down, half))
        yield text(across, down, target.name, "name mid")
