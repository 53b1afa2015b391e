"""Spans of time in which something is so, put together from a night's faults."""

from collections.abc import Iterable

from hardware.simulator.faults import FaultKind, Faults

Span = tuple[float, float]


def spans_of(faults: Faults, kind: FaultKind, device: str = "") -> tuple[Span, ...]:
    """Beginning and end (UTC) of every span with such a fault; overlapping ones made one, in order."""
    merged: list[Span] = []
    for begins, ends in sorted(
        (one.begins, one.begins + one.seconds)
        for one in faults.every
        if one.kind is kind and one.device == device
    ):
        if merged and begins <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(ends, merged[-1][1])
        else:
            merged.append((begins, ends))
    return tuple(merged)


def covered(spans: Iterable[Span], begins: float, ends: float) -> float:
    """Seconds between two moments that lie in one of the spans (in order, apart from each other)."""
    return sum(max(0.0, min(ends, last) - max(begins, first)) for first, last in spans)
