"""Focus in three to five frames with the slopes of past runs; anything doubtful is left to the full run."""

from dataclasses import replace

from appliance.focus.messages import CurvePoint
from appliance.focus.pair import Solution, levels, solve
from appliance.focus.past import Shape
from appliance.focus.problems import NoFocus, TooFewPoints
from appliance.focus.result import Found
from appliance.focus.run import Run, Sample
from appliance.focus.sweep_method import sweep

PAIR = 2.2  # breadths on each side of the middle: far enough that seeing matters little
PAIR_FEW = 1.25  # where stars are so few that they are lost at that distance
INSIDE = 1.1  # of the pair's distance: a focus farther off is another pair's
RECENTRED = 2  # times
SEEING = (0.55, 2.5)  # the sharpest size, as a multiple of the usual one, that a night may have
RATIO = (0.8, 1.25)  # the slope of this night against the learned one
BEYOND = 1.2  # times the distance at which the learned curves were seen; they were never tried farther out
SURE = 2.0  # sigmas
PRECISE = 0.08  # breadths, one sigma, that a single pair must reach
MOVED = 0.25  # breadths between two estimates that call for a second pair
LIKELY = 9.0  # χ² of the frames beyond which something is wrong with one of them
FREE = 0.3  # relative doubt in the learned slope when the frames themselves are asked for it
DRIFTED = 5.0  # sigmas of the temperature model beyond which the first pair is not believed alone
CONFIRM_SIGMA = 0.10  # relative scatter of a single frame's size through seeing


class Doubt(Exception):
    """The few frames do not agree with what was learned; the full run decides."""


async def learned(run: Run, start: int) -> Found:
    """A pair of frames on both sides, a frame at the result, another pair where they disagree.

    Without a trustworthy V-curve, and whenever the frames contradict it, the full run decides.
    Raises a NoFocus.
    """
    shape = run.learned.shape
    if shape is None or not shape.trusted:
        run.say("No trustworthy V-curve has been learned yet: the full run.")
        return await _whole(run, start)
    try:
        return await _fast(run, start, shape)
    except (Doubt, NoFocus) as doubt:
        reason = doubt.sentence if isinstance(doubt, NoFocus) else str(doubt)
        run.say(f"{reason.rstrip('.')}; the full run decides.", level="warning")
        run.forget()
        run.tried, run.overshoot = [], run.settings.overshoot
        return await _whole(run, start)


async def _whole(run: Run, start: int) -> Found:
    """The full run; it is journalled as what it is, for later runs learn from it."""
    return replace(await sweep(run, start), by="sweep")


async def _fast(run: Run, start: int, shape: Shape) -> Found:
    distance = min(PAIR * shape.breadth, BEYOND * shape.reach)
    run.show(total=3)
    # One's own overshoot: it costs no frame, and backlash larger than the setting would bend a pair.
    run.overshoot = -run.settings.direction * max(abs(run.settings.overshoot), round(distance))
    try:
        guess = await _first(run, start, distance, shape)
    except TooFewPoints:
        distance = min(distance, PAIR_FEW * shape.breadth)
        run.say("Too few stars so far out of focus; nearer to it.")
        guess = await _first(run, start, distance, shape)
    best = confirmed = round(guess.centre)
    run.show(phase="validating", best_position=best, best_hfr=shape.size(guess.z0))
    seen = await _confirm(run, best, shape, guess)
    solved = _solve(run, shape, FREE)
    doubtful = (
        solved is None
        or solved.error > PRECISE * shape.breadth
        or not RATIO[0] <= solved.ratio <= RATIO[1]
        or abs(solved.centre - best) > MOVED * shape.breadth
        or solved.chi2 > LIKELY
        or _drifted(run, best)
    )
    if doubtful:
        run.say("The frames do not quite agree: another pair.")
        run.show(total=5)
        await _pair(run, best, distance)
    final = _agreed(run, shape)
    if abs(final.centre - best) > MOVED * shape.breadth:
        best = round(final.centre)
        seen = await _confirm(run, best, shape, final)
    else:
        best = round(final.centre)
        if doubtful or best != confirmed:
            await run.approach(best)
    return _found(run, best, seen, final, shape)


async def _first(run: Run, start: int, distance: float, shape: Shape) -> Solution:
    """A pair around the start, or around where that one points, until the focus lies inside it."""
    middle = start
    for _ in range(1 + RECENTRED):
        run.forget()
        await _pair(run, middle, distance)
        guess = _solve(run, shape, shape.rise_error)
        if guess is None:
            raise Doubt("The frames form no valley")
        if abs(guess.centre - middle) <= INSIDE * distance:
            low, high = (shape.squared(factor * shape.hfr) for factor in SEEING)
            if not low - SURE * guess.z0_error <= guess.z0 <= high + SURE * guess.z0_error:
                raise Doubt("The stars are not as sharp as the learned V-curve says")
            return guess
        step = max(-3 * distance, min(guess.centre - middle, 3 * distance))
        middle = round(middle + step)
        run.say(f"Best focus is far off; once more around {middle}.")
    raise Doubt("Best focus is too far away")


async def _pair(run: Run, middle: int, distance: float) -> None:
    way = run.settings.direction
    for side in (-way, way):
        position = round(middle + side * distance)
        if position not in run.focuser.travel:
            raise Doubt("The focuser cannot travel far enough to both sides")
        await run.go(position)
        if await run.sample(position) is None:
            raise TooFewPoints("Too few stars.")


async def _confirm(run: Run, best: int, shape: Shape, guess: Solution) -> CurvePoint:
    """A frame at the result, and a second one when it is worse than the pair promised."""
    await run.approach(best)
    # What two frames say of the sharpest size is uncertain by itself, and each frame has its own seeing.
    promised = shape.size(max(guess.z0, shape.squared(SEEING[0] * shape.hfr)) + 2 * guess.z0_error)
    margin = 1 + max(run.settings.validation_percent / 100, 2 * CONFIRM_SIGMA)
    first = await run.measure()
    if first is not None and first.hfr <= promised * margin:
        return first
    if first is not None:
        run.frames.pop()  # a shaken frame would spoil the solution, too
    second = await run.measure()
    if second is None or second.hfr > promised * margin:
        raise Doubt(f"The frame at {best} is not as sharp as promised")
    return second


def _solve(run: Run, shape: Shape, prior: float) -> Solution | None:
    return solve([frame.point.position for frame in run.frames], _levels(run.frames, shape), shape, prior)


def _levels(frames: list[Sample], shape: Shape) -> list[float]:
    return levels([frame.stars for frame in frames], shape, [frame.point.hfr for frame in frames])


def _agreed(run: Run, shape: Shape) -> Solution:
    """The solution of all frames, with the slope as free as they allow."""
    free = _solve(run, shape, FREE)
    if free is None or not RATIO[0] <= free.ratio <= RATIO[1]:
        raise Doubt("The slope is not the learned one")
    final = _solve(run, shape, shape.rise_error)
    if final is None or final.chi2 > LIKELY * max(len(run.frames) - 2, 1):
        raise Doubt("The frames contradict each other")
    return final


def _drifted(run: Run, best: int) -> bool:
    """Is the result far from where this filter's focus has been at this temperature?"""
    if run.expected is None:
        return False
    return abs(best - run.expected) > DRIFTED * max(run.learned.drift.scatter, run.settings.step / 4)


def _found(run: Run, best: int, seen: CurvePoint, final: Solution, shape: Shape) -> Found:
    hfr = shape.size(final.z0)
    breadth = (final.z0 / (final.ratio * shape.rise)) ** 0.5
    model: dict[str, object] = (
        {"kind": "hyperbola", "a": hfr, "b": breadth, "centre": final.centre}
        if shape.kind == "hyperbola"
        else {"kind": "parabola", "c0": hfr, "c2": final.ratio * shape.rise, "centre": final.centre}
    )
    points = sorted((frame.point for frame in run.frames), key=lambda point: point.position)
    return Found(
        position=best, hfr=seen.hfr, predicted_hfr=hfr, goodness=1 / (1 + final.chi2 / len(points)),
        standard_error=final.error, model=model, points=tuple(points),
    )  # fmt: skip
