"""The same stars through a focus run: a cloud or another set of stars must not bend the curve.

Widths add in squares, size² = frame + star: what a star has on its own (coma, a close pair) stays with it
through the run, so a frame that lost some stars is compared by those it still shows.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from appliance.imaging.stars import StarField

Floats = NDArray[np.float64]
MOST_STARS = 120  # the brightest; more do not tell more
SHIFT_STARS = 40  # enough to see how far the frame has drifted
LARGEST_SHIFT = 100.0  # pixels between two frames of a run
REACH = 4.0  # pixels; or so many half-flux radii where stars are larger
SMALL = 0.5  # of the usual size: no star, but what is left of a hot pixel
FEWEST = 3  # stars that two frames must share
AGREED = 3  # frames that share stars make another one suspect that does not
CORE = 0.6  # a star seen in this part of the frames speaks for all of them
ROUNDS = 5


def sizes_of(fields: Sequence[StarField]) -> Floats:
    """Each star's size in each frame, shape (frames, stars), NaN where it was not seen or is saturated.

    The stars are those of the frame that shows most; a frame that shares fewer than FEWEST is all NaN.
    """
    usable = [np.isfinite(field.hfr[:MOST_STARS]) for field in fields]
    reference = int(np.argmax([int(known.sum()) for known in usable]))
    x, y, _ = _known(fields[reference], usable[reference])
    table = np.full((len(fields), len(x)), np.nan)
    for row, (field, known) in enumerate(zip(fields, usable, strict=True)):
        at_x, at_y, sizes = _known(field, known)
        if len(sizes) == 0 or len(x) == 0:
            continue
        mine, theirs = _pairs(x, y, at_x, at_y, max(REACH, float(np.median(sizes))))
        if len(mine) >= FEWEST:
            table[row, mine] = sizes[theirs]
    return table


def common_size(fields: Sequence[StarField]) -> Floats:
    """One size per frame, as if all of them showed the same stars; the frames' own medians without matches.

    NaN for a frame that shows none of the stars that others share: what is in it is something else.
    """
    own = np.array([field.hfr_median for field in fields])
    if len(fields) < 2:
        return own
    table = sizes_of(fields)
    seen = np.isfinite(table)
    core = seen.mean(axis=0) >= CORE
    if core.sum() < FEWEST:
        return own
    frames, stars = _effects(table[:, core] ** 2)
    level = np.sqrt(np.maximum(frames + np.median(stars), 0.0))
    # What all share fixes the scale: the frames' own medians, where both are known.
    both = (level > 0) & (own > 0)
    if both.sum() < 2:
        return own
    level *= np.exp(np.median(np.log(own[both]) - np.log(level[both])))
    return level if both.sum() >= AGREED else np.where(level > 0, level, own)


def _known(field: StarField, known: NDArray[np.bool_]) -> tuple[Floats, Floats, Floats]:
    x, y, sizes = (np.asarray(each[: len(known)], float)[known] for each in (field.x, field.y, field.hfr))
    if len(sizes):
        stars = sizes >= SMALL * np.median(sizes)
        return x[stars], y[stars], sizes[stars]
    return x, y, sizes


def _effects(squares: Floats) -> tuple[Floats, Floats]:
    """Of each frame and each star, by Tukey's median polish: a third of wrong entries moves nothing."""
    left = squares.copy()
    frames, stars = np.zeros(len(squares)), np.zeros(squares.shape[1])
    blind = ~np.isfinite(squares).any(axis=1)
    left[blind] = 0.0
    for _ in range(ROUNDS):
        change = _medians(left)
        frames, left = frames + change, left - change[:, None]
        change = _medians(left[~blind].T)
        stars, left = stars + change, left - change
        left[blind] = 0.0
    frames[blind] = np.nan
    return frames, stars


def _medians(table: Floats) -> Floats:
    """Of each row, NaN left out; numpy's own takes a hundred times as long on small tables."""
    ordered = np.sort(table, axis=1)  # NaN last
    known = np.isfinite(table).sum(axis=1)
    rows = np.arange(len(table))
    middle: Floats = (ordered[rows, np.maximum(known - 1, 0) // 2] + ordered[rows, known // 2]) / 2
    return middle


def _pairs(
    x: Floats, y: Floats, at_x: Floats, at_y: Floats, reach: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Indices of stars that are each other's nearest, after the frames' common shift is taken out."""
    dx, dy = _shift(x, y, at_x, at_y)
    distance = np.hypot(x[:, None] + dx - at_x, y[:, None] + dy - at_y)
    nearest, back = distance.argmin(axis=1), distance.argmin(axis=0)
    mine = np.flatnonzero((back[nearest] == np.arange(len(x))) & (distance.min(axis=1) <= reach))
    return mine, nearest[mine]


def _shift(x: Floats, y: Floats, at_x: Floats, at_y: Floats) -> tuple[float, float]:
    """Where most differences between bright stars agree; (0, 0) where none stands out."""
    few = slice(SHIFT_STARS)
    dx, dy = (at_x[few] - x[few, None]).ravel(), (at_y[few] - y[few, None]).ravel()
    near = (np.abs(dx) < LARGEST_SHIFT) & (np.abs(dy) < LARGEST_SHIFT)
    if not near.any():
        return 0.0, 0.0
    dx, dy = dx[near], dy[near]
    votes = (np.hypot(dx[:, None] - dx, dy[:, None] - dy) < REACH).sum(axis=1)
    best = int(votes.argmax())
    agree = np.hypot(dx - dx[best], dy - dy[best]) < REACH
    return float(np.median(dx[agree])), float(np.median(dy[agree]))
