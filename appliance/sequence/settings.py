"""From the profile's tables to the procedures' settings."""

from appliance.focus.settings import FocusSettings
from appliance.guide.dither import DitherSettings
from appliance.imaging.measure import StarSettings
from appliance.pointing.centre import CentreSettings
from appliance.profile import Profile
from appliance.sequence.cooling import CoolingSettings


def star_settings(profile: Profile) -> StarSettings:
    """How this rig's stars are measured."""
    return StarSettings(full_well=float(profile.camera.full_well_adu))


def focus_settings(profile: Profile) -> FocusSettings:
    """The profile's [focus]."""
    section = profile.focus
    return FocusSettings(
        step=section.step,
        points=section.points,
        overshoot=section.overshoot,
        min_stars=section.min_stars,
        validation_percent=section.validation_percent,
    )


def centre_settings(profile: Profile) -> CentreSettings:
    """The profile's [centring]."""
    section = profile.centring
    return CentreSettings(tolerance_arcsec=section.tolerance_arcsec, attempts=section.attempts)


def dither_settings(profile: Profile) -> DitherSettings:
    """The profile's [dither]."""
    section = profile.dither
    return DitherSettings(
        radius_arcsec=section.radius_arcsec,
        min_step_arcsec=section.min_step_arcsec,
        rate_arcsec_s=section.rate_arcsec_s,
        settle_seconds=section.settle_seconds,
    )


def cooling_settings(profile: Profile) -> CoolingSettings:
    """The profile's [cooling]."""
    section = profile.cooling
    return CoolingSettings(
        degrees_per_minute=section.degrees_per_minute,
        tolerance=section.tolerance,
        stable_seconds=section.stable_seconds,
    )
