"""One exposure with a purpose: how sharp are the stars, where does the telescope point?"""

import math
from collections.abc import Awaitable, Callable

from appliance.imaging.stars import StarField
from appliance.profile import CameraSection, CentringSection, FocusSection
from appliance.sequence.night import Night
from appliance.sequence.plan import Step
from appliance.sequence.settings import star_settings
from appliance.sky.scale import arcsec_per_pixel
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
    return Exposure(step.seconds, step.binning, gain, offset, step.kind)


def look_for_focus(night: Night) -> Callable[[], Awaitable[StarField]]:
    """A look for autofocus: expose as the profile's [focus] says, and measure."""

    async def look() -> StarField:
        return await stars_of(night, await _look(night, night.profile.focus))

    return look


def look_for_pointing(night: Night, expected: J2000) -> Callable[[], Awaitable[Solution]]:
    """A look for centring: expose as the profile's [centring] says, measure and solve."""
    settings = night.profile.centring

    async def look() -> Solution:
        stars = await stars_of(night, await _look(night, settings))
        return await solve(night, stars, expected, settings.binning)

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
    scale = arcsec_per_pixel(
        night.profile.telescope.focal_length_mm, night.rig.camera.sensor.pixel_um * binning
    )
    hint = Hint(centre=expected, scale_arcsec=scale)
    within = min(within, night.profile.solver.within_seconds)
    return await solve_with_fallback(night.solvers, stars, hint, within=within, publish=night.publish)
