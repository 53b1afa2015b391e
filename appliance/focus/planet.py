"""Focus on the Sun, the Moon or a planet: by the sharpness of the picture, no stars needed."""

from appliance.focus.result import Found
from appliance.focus.run import Run
from appliance.focus.sweep_method import sweep
from appliance.imaging.stars import StarField


async def planet(run: Run, start: int) -> Found:
    """A sweep in which each sample is the sharpest of `planet_frames`: the seeing comes and goes.

    Raises a NoFocus.
    """
    run.gauge, run.fewest, run.repeats = detail, 1, run.settings.planet_frames
    return await sweep(run, start)


def detail(stars: StarField) -> tuple[float, int]:
    """Pixels over which brightness changes; 1 when there is a picture at all."""
    return stars.detail, 1 if stars.lit else 0
