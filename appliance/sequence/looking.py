"""One exposure with a purpose: how sharp are the stars, where does the telescope point?"""

from collections.abc import Awaitable, Callable

from appliance.imaging.stars import StarField
from appliance.sequence.night import Night
from appliance.sequence.settings import star_settings
from appliance.sky.scale import arcsec_per_pixel
from appliance.solve.solution import Hint, Solution
from appliance.solve.solvers import solve_with_fallback
from hardware.devices import J2000, Exposure, Frame


async def stars_of(night: Night, frame: Frame) -> StarField:
    """Measure one frame, off the event loop."""
    async with night.calculator.hold(frame.pixels) as held:
        return await held.stars(star_settings(night.profile))


def look_for_focus(night: Night) -> Callable[[], Awaitable[StarField]]:
    """A look for autofocus: expose as the profile's [focus] says, and measure."""
    settings = night.profile.focus

    async def look() -> StarField:
        camera = night.rig.camera
        frame = await camera.expose(Exposure(settings.seconds, binning=settings.binning))
        return await stars_of(night, frame)

    return look


def look_for_pointing(night: Night, expected: J2000) -> Callable[[], Awaitable[Solution]]:
    """A look for centring: expose as the profile's [centring] says, measure and solve."""
    settings = night.profile.centring

    async def look() -> Solution:
        camera = night.rig.camera
        frame = await camera.expose(Exposure(settings.seconds, binning=settings.binning))
        stars = await stars_of(night, frame)
        return await solve(night, stars, expected, settings.binning)

    return look


async def solve(night: Night, stars: StarField, expected: J2000, binning: int) -> Solution:
    """Solve near the expected place first, then blind; SolveFailed says what was tried."""
    scale = arcsec_per_pixel(
        night.profile.telescope.focal_length_mm, night.rig.camera.sensor.pixel_um * binning
    )
    hint = Hint(centre=expected, scale_arcsec=scale)
    within = night.profile.solver.within_seconds
    return await solve_with_fallback(night.solvers, stars, hint, within=within, publish=night.publish)
