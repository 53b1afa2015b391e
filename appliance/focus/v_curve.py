"""The V-curve method: with learned slopes, start size, near size and focus in four moves (FocusMax's way)."""

from statistics import mean

from appliance.focus.past import Shape
from appliance.focus.problems import MinimumAtEdge, NoCurve, NotConfirmed, NotConvex, TooFewPoints
from appliance.focus.result import Found
from appliance.focus.run import Run

START, NEAR, FAR = 3.0, 2.2, 4.5  # sizes, as multiples of the sharpest: enter, leave; too far to enter
NEAR_FRAMES = 2  # frames averaged at the near position
TRIES = 4  # moves until the start size is reached
LARGEST_SLIP = 0.3  # a travel that differs more from the commanded one is not slippage
CONFIRM = 1.6  # the night's seeing is not known: the last frame may be so much larger than usual


async def v_curve(run: Run, start: int) -> Found:
    """Measure, go to the start size on the approach's far side, to the near size, and to the focus.

    With `slippage` the last move is scaled by the travel that was seen between start and near size.
    Raises NoCurve before a whole curve was learned, else a NoFocus.
    """
    shape = run.learned.shape
    if shape is None:
        raise NoCurve("No V-curve has been learned for this telescope yet.")
    run.show(total=4 + NEAR_FRAMES)
    enter, entered = await _enter(run, start, shape)
    way = run.settings.direction
    commanded = _off(shape, entered) - _off(shape, NEAR * shape.hfr)
    near = enter + way * round(max(commanded, 0.0))
    seen = await _mean(run, near)
    left = _off(shape, seen)
    if run.settings.slippage and near != enter:
        travelled = (_off(shape, entered) - left) / abs(near - enter)
        if abs(travelled - 1) <= LARGEST_SLIP:
            left /= travelled
    return await _settle(run, near + way * round(left), shape)


async def _enter(run: Run, start: int, shape: Shape) -> tuple[int, float]:
    """A position before focus, in the direction of travel, where the stars have about the start size."""
    way = run.settings.direction
    at, size, enough = start, await _size(run, start), _off(shape, START * shape.hfr)
    # Where the start lies is not known: first as if it were before the focus, for farther out stars are lost.
    stride = max(enough - _off(shape, size), enough / 2)
    for _ in range(TRIES):
        at, before = round(at - way * stride), size
        if at not in run.focuser.travel:
            raise MinimumAtEdge(
                "The focuser cannot travel far enough out of focus.", side=-way, estimate=float(at)
            )
        size = await _size(run, at)
        # Both sides look alike, but stars that grow on the way back are before the focus.
        if size > before and size >= NEAR * shape.hfr:
            return await _nearer(run, at, size, shape)
    raise NotConvex("The stars do not grow as the learned V-curve says.")


async def _nearer(run: Run, at: int, size: float, shape: Shape) -> tuple[int, float]:
    """From far out, where donuts are measured badly, to the start size."""
    if size <= FAR * shape.hfr:
        return at, size
    at += run.settings.direction * round(_off(shape, size) - _off(shape, START * shape.hfr))
    return at, await _size(run, at)


async def _size(run: Run, position: int) -> float:
    await run.go(position)
    point = await run.sample(position)
    if point is None:
        raise TooFewPoints(f"Too few stars at position {position}.")
    return point.hfr


async def _mean(run: Run, position: int) -> float:
    sizes = [await _size(run, position) for _ in range(NEAR_FRAMES)]
    return mean(sizes)


def _off(shape: Shape, size: float) -> float:
    """Steps off focus at which stars have this size."""
    z, sharpest = shape.squared(size), shape.squared(shape.hfr)
    return float((max(z - sharpest, 0.0) / shape.rise) ** 0.5)


async def _settle(run: Run, best: int, shape: Shape) -> Found:
    if best not in run.focuser.travel:
        raise MinimumAtEdge("Best focus lies beyond the travel.", side=run.settings.direction, estimate=best)
    run.show(phase="validating", best_position=best, best_hfr=shape.hfr)
    await run.go(best)
    seen = await run.measure() or await run.measure()
    if seen is None:
        raise NotConfirmed(f"No stars in the frames taken at the new focus, position {best}.")
    if seen.hfr > CONFIRM * shape.hfr:
        raise NotConfirmed(
            f"At {best} the stars have HFR {seen.hfr:.2f}; {shape.hfr:.2f} is usual for this telescope."
        )
    return Found(
        position=best, hfr=seen.hfr, predicted_hfr=shape.hfr, goodness=min(1.0, shape.hfr / seen.hfr),
        points=tuple(run.points),
    )  # fmt: skip
