"""The sweep: samples through focus, hyperbola or parabola, and a frame at the result."""

from appliance.focus.curve import Curve
from appliance.focus.problems import NotConfirmed
from appliance.focus.result import Found
from appliance.focus.run import Run
from appliance.focus.sweep import first_sweep, moving_away, next_sweep


async def sweep(run: Run, start: int) -> Found:
    """Sample around `start`, on to where the stars get smaller, fit, and look at the result.

    Raises a NoFocus when there is no valley, or the last frame contradicts it.
    """
    fitted = await sample_curve(run, start)
    return await settle(run, fitted)


async def settle(run: Run, fitted: Curve) -> Found:
    """At the curve's centre, with a frame that confirms it."""
    hfr = await validate(run, fitted)
    return Found(
        position=round(fitted.centre),
        hfr=hfr,
        predicted_hfr=fitted.hfr,
        goodness=fitted.goodness,
        standard_error=fitted.standard_error,
        model=fitted.model(),
        points=fitted.points,
    )


async def sample_curve(run: Run, start: int) -> Curve:
    """As many samples as the curve needs on both sides of best focus, and the curve."""
    travel, settings = run.focuser.travel, run.settings
    wanted, fitted = first_sweep(start, travel, settings), None
    await run.sweep(wanted, stop=moving_away)
    while fitted is None:
        wanted, fitted = next_sweep(run.points, run.tried, travel, settings)
        if wanted:
            run.say(f"Sampling {len(wanted)} more positions, from {wanted[0]} to {wanted[-1]}.")
            await run.sweep(wanted)
    return fitted


async def validate(run: Run, fitted: Curve) -> float:
    """HFR at the result. A frame worse than predicted gets a second look; the better one counts."""
    best, settings = round(fitted.centre), run.settings
    run.points = list(fitted.points)
    run.show(
        phase="validating",
        curve=fitted.line(),
        best_position=best,
        best_hfr=fitted.hfr,
        goodness=fitted.goodness,
    )
    await run.approach(best)
    # In bad seeing single frames scatter more than the setting: then three of their sigmas.
    margin = 1 + max(settings.validation_percent / 100, 3 * fitted.scatter)
    first = await run.measure()
    if first and first.hfr <= fitted.hfr * margin:
        return first.hfr
    run.say(f"The frame at {best} is not as sharp as predicted; looking again.", level="warning")
    second = await run.measure()
    seen = [point.hfr for point in (first, second) if point]
    if not seen:
        raise NotConfirmed(f"No stars in the frames taken at the new focus, position {best}.")
    sharpest = min(point.hfr for point in fitted.points if point.used)
    if min(seen) > max(sharpest, fitted.hfr) * margin:
        raise NotConfirmed(
            f"At the new focus the stars have HFR {min(seen):.2f};"
            f" {fitted.hfr:.2f} was promised by the curve."
        )
    return min(seen)
