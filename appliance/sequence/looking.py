"""One exposure with a purpose: how sharp are the stars, where does the telescope point?"""

import math
from collections.abc import Awaitable, Callable

from appliance.errors import SolveFailed
from appliance.imaging.calculator import Held
from appliance.imaging.stars import StarField
from appliance.plan import Step
from appliance.profile import CameraSection, CentringSection, FocusSection
from appliance.sequence.night import Night
from appliance.sequence.settings import focus_star_settings, star_settings
from appliance.sequence.unsolved import keep_unsolved
from appliance.sky.scale import arcsec_per_pixel
from appliance.solve.astap_stars import stars_by_astap
from appliance.solve.solution import Hint, Solution
from appliance.solve.solvers import solve_with_fallback
from hardware.devices import J2000, Exposure, Frame


async def stars_of(night: Night, frame: Frame) -> StarField:
    """Measure one frame, off the event loop."""
    async with night.calculator.hold(frame.pixels) as held:
        return await held.stars(star_settings(night.profile))


def sub_exposure(camera: CameraSection, step: Step) -> Exposure:
    """What to ask of the camera for a sub; gain and offset are the profile's where the step names none."""
    gain = camera.gain if step.gain is None else step.gain
    offset = camera.offset if step.offset is None else step.offset
    return Exposure(step.seconds, step.binning, gain, offset, step.kind, step.readout_mode)


Keep = Callable[[Held, Frame, StarField], Awaitable[None]]


def look_for_focus(
    night: Night, filter_: str = "", keep: Keep | None = None
) -> Callable[[], Awaitable[StarField]]:
    """A look for autofocus: expose as the profile's [focus] says for this filter, and measure.

    `keep` gets every frame where the profile wants them kept.
    """
    section = night.profile.focus
    factor = section.filters.exposure_factors.get(filter_, 1.0)
    longer = section.model_copy(update={"seconds": section.seconds * factor})

    async def look() -> StarField:
        frame = await _look(night, longer)
        async with night.calculator.hold(frame.pixels) as held:
            if section.stars.measure == "hfd":
                rows, columns = frame.pixels.shape
                stars = await stars_by_astap(held, (rows, columns), section.stars.min_snr)
            else:
                stars = await held.stars(focus_star_settings(night.profile, longer.seconds))
            if section.keep_frames and keep is not None:
                await keep(held, frame, stars)
        return stars

    return look


def look_for_pointing(
    night: Night, expected: J2000, *, keep: bool = True
) -> Callable[[], Awaitable[Solution]]:
    """A look for centring: expose as the profile's [centring] says, measure and solve.

    SolveFailed keeps the frame, if asked to, and says where.
    """
    settings = night.profile.centring

    async def look() -> Solution:
        frame = await _look(night, settings)
        async with night.calculator.hold(frame.pixels) as held:
            stars = await held.stars(star_settings(night.profile))
            try:
                return await solve(night, stars, expected, settings.binning)
            except SolveFailed as failure:
                if keep and (path := await keep_unsolved(night, held, frame, stars)):
                    sentence = f"{failure.sentence} The frame is kept as {path}."
                    raise SolveFailed(sentence, advice=failure.advice) from failure
                raise

    return look


async def _look(night: Night, settings: FocusSection | CentringSection) -> Frame:
    """The gain and offset are the profile's: after subs with others they would still be set."""
    own = night.profile.camera
    return await night.rig.camera.expose(Exposure(settings.seconds, settings.binning, own.gain, own.offset))


async def solve(
    night: Night, stars: StarField, expected: J2000, binning: int, within: float = math.inf
) -> Solution:
    """Solve near the expected place first, then blind; SolveFailed says what was tried.

    It takes `within` seconds at most, and never more than the profile allows.
    """
    hint, within = hint_for(night, expected, binning), min(within, night.profile.solver.within_seconds)
    return await solve_with_fallback(night.solvers, stars, hint, within=within, publish=night.publish)


def hint_for(night: Night, expected: J2000 | None, binning: int) -> Hint:
    """What this rig's frames look like to a solver."""
    pixel = night.rig.camera.sensor.pixel_um * binning
    return Hint(
        centre=expected, scale_arcsec=arcsec_per_pixel(night.profile.telescope.focal_length_mm, pixel)
    )
