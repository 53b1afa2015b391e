"""What surrounds a sub: asked of the rig just before it, written into its header after it."""

from dataclasses import dataclass

from appliance import __version__
from appliance.errors import DeviceError, DeviceLost, DeviceMissing
from appliance.imaging.facts import SubFacts, Wcs
from appliance.imaging.stars import StarField
from appliance.sequence.night import Night
from appliance.sky.coordinates import airmass, alt_az
from appliance.solve.solution import Solution
from hardware.devices import Frame, MountStatus


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The rig as a sub began; None for what the rig does not have."""

    mount: MountStatus
    filter: str
    focus_position: int | None
    focus_celsius: float | None
    rotator_deg: float | None


async def surroundings(night: Night, filter_: str) -> Surroundings:
    """Ask the rig; DeviceLost when it does not answer. The rotator's angle is left out then."""
    focuser = night.rig.focuser
    return Surroundings(
        mount=await night.rig.mount.status(),
        filter=filter_,
        focus_position=None if focuser is None else await focuser.position(),
        focus_celsius=None if focuser is None else await focuser.celsius(),
        rotator_deg=await _angle(night),
    )


async def _angle(night: Night) -> float | None:
    try:
        rotator = night.rig.rotator
        angle = None if rotator is None else await rotator.angle()
    except (DeviceLost, DeviceMissing):
        return None  # who looks after the spares says so
    except DeviceError as failure:
        night.goes_down("angle", failure)
        return None
    night.comes_back("angle", "The rotator tells its angle again.")
    return angle


def facts_of(
    night: Night, target: str, frame: Frame, around: Surroundings,
    stars: StarField | None, solution: Solution | None, stack: int = 1,
) -> SubFacts:  # fmt: skip
    """Everything the header of this sub can say; the pointing is the solved one where there is one."""
    profile, exposure, mount = night.profile, frame.exposure, around.mount
    started = night.observer.at(frame.started)
    pointing = solution.centre if solution else mount.pointing
    altitude, azimuth = alt_az(pointing, night.observer.site, started.timestamp())
    return SubFacts(
        kind=exposure.kind, seconds=exposure.seconds, started=started,
        ended=night.observer.at(frame.ended), zone=started.astimezone().tzinfo,
        target=target, filter=around.filter or None, gain=exposure.gain, offset=exposure.offset,
        binning=exposure.binning, stack=stack, sensor=night.rig.camera.sensor,
        celsius=frame.celsius, readout_mode=exposure.readout_mode or None,
        set_celsius=profile.camera.celsius if night.plan.cool else None,
        camera=profile.camera.name, telescope=profile.telescope.name, observer=profile.observer or None,
        software=f"Nightbox {__version__}", focal_length_mm=profile.telescope.focal_length_mm,
        aperture_mm=profile.telescope.aperture_mm, site=night.observer.site, pointing=pointing,
        pier_side=mount.pier_side, altitude_deg=altitude, azimuth_deg=azimuth, airmass=airmass(altitude),
        focus_position=around.focus_position, focus_celsius=around.focus_celsius,
        rotator_deg=around.rotator_deg, stars=stars,
        wcs=Wcs(solution.crpix, solution.crval, solution.cd) if solution else None,
        extra=tuple(night.keywords),
    )  # fmt: skip
