"""Where does it point? A frame, a solution, and what that says of mount and camera."""

from dataclasses import replace
from math import cos, radians, sin

from appliance.byhand.going import centre_on, solve_newest
from appliance.byhand.hand import Hand
from appliance.byhand.messages import PointingFound
from appliance.byhand.taking import preview
from appliance.pointing.rotate import Rotated, RotateSettings, rotate
from appliance.sequence.looking import look_for_pointing
from appliance.sky.coordinates import alt_az, position_angle_deg, separation_arcsec
from appliance.solve.solution import Solution
from hardware.devices import J2000, Exposure, Rotator

SOURCE = "align"


async def where_am_i(hand: Hand, seconds: float | None = None, *, sync: bool = False) -> PointingFound:
    """Take a frame as [centring] says and solve it; `sync` tells the mount. SolveFailed, DeviceError."""
    section, own = hand.night.profile.centring, hand.night.profile.camera
    exposure = Exposure(seconds or section.seconds, section.binning, own.gain, own.offset)
    image = await preview(hand, exposure)
    solution = await solve_newest(hand)
    if sync:
        await hand.night.rig.mount.sync(solution.centre)
        hand.say("The mount was told where it points.")
    found = told(hand, solution, image.near, synced=sync)
    hand.night.publish(found)
    return found


async def centre_and_tell(hand: Hand, target: J2000, name: str = "") -> PointingFound:
    """As `centre_on`; the last frame tells how well it succeeded."""
    centred = await centre_on(hand, target, name)
    found = replace(told(hand, centred.solution, target), centred=True)
    hand.night.publish(found)
    return found


async def turn_camera(hand: Hand, rotator: Rotator, position_angle: float) -> Rotated:
    """Turn the camera to a position angle (degrees), or to the same upside down, proved by solved frames.

    RotateFailed, SolveFailed or DeviceError; the camera stays as it is then.
    """
    here = (await hand.night.rig.mount.status()).pointing
    look = look_for_pointing(hand.night, here, keep=False)

    async def angle() -> float:
        solution = await look()
        hand.night.publish(told(hand, solution, here))
        return solution.rotation_deg

    return await rotate(rotator, angle, position_angle, RotateSettings(), hand.night.publish)


def told(hand: Hand, solution: Solution, believed: J2000, *, synced: bool = False) -> PointingFound:
    """What a solution says, beside where the mount believed to point."""
    observer, centre = hand.night.observer, solution.centre
    now = observer.unix()
    altitude, azimuth = alt_az(centre, observer.site, now)
    off, towards = separation_arcsec(believed, centre), radians(position_angle_deg(believed, centre))
    return PointingFound(
        source=SOURCE, at=now, ra_deg=centre.ra_deg, dec_deg=centre.dec_deg, alt_deg=altitude,
        az_deg=azimuth, rotation_deg=solution.rotation_deg, mirrored=solution.mirrored,
        scale_arcsec=solution.scale_arcsec, width_px=solution.width, height_px=solution.height,
        off_arcsec=off, off_east_arcsec=off * sin(towards), off_north_arcsec=off * cos(towards),
        matched=solution.matched, solver=solution.solver, synced=synced,
    )  # fmt: skip
