"""From the profile's tables to the procedures' settings."""

from dataclasses import replace

from appliance.errors import BadInput, BadProfile
from appliance.focus.settings import FocusSettings
from appliance.guide.dither import DitherSettings
from appliance.imaging.measure import SMALLEST_HFR, StarSettings
from appliance.plan import Target
from appliance.pointing.centre import CentreSettings
from appliance.pointing.flip import FlipSettings
from appliance.profile import Profile
from appliance.sequence.cooling import CoolingSettings
from appliance.sky.horizon import Horizon, read_horizon


def horizon_of(profile: Profile) -> Horizon:
    """The site's line of trees and houses; BadProfile names the line of its file that cannot be read."""
    file = profile.site.horizon
    if file is None:
        return Horizon()
    try:
        return read_horizon(file.read_text(encoding="utf-8"), field=f"site.horizon ({file.name})")
    except BadInput as wrong:
        raise BadProfile(wrong.field, wrong.problem, advice=wrong.advice) from wrong
    except (OSError, UnicodeDecodeError) as unreadable:
        raise BadProfile("site.horizon", f"{file} cannot be read ({unreadable})") from unreadable


def star_settings(profile: Profile) -> StarSettings:
    """How this rig's stars are measured, their shapes too where the gate for subs looks at them."""
    shapes = profile.quality.action != "off" and profile.quality.elongation_percent > 0
    return StarSettings(full_well=float(profile.camera.full_well_adu), shapes=shapes)


def focus_star_settings(profile: Profile, seconds: float) -> StarSettings:
    """How the stars of its focus frames are measured; the smallest size is told at binning 1."""
    focus = profile.focus
    stars = focus.stars
    return replace(
        star_settings(profile),
        crop=stars.crop_percent / 100,
        smallest_hfr=max(stars.min_size / focus.binning, SMALLEST_HFR),
        min_snr=stars.min_snr,
        shapes=True,
        detail=stars.measure == "sharpness" or focus.method == "planet",
        calibrate=stars.calibrate,
        darks=stars.darks,
        seconds=seconds,
        binning=focus.binning,
    )


def focus_settings(profile: Profile) -> FocusSettings:
    """The profile's [focus]."""
    section = profile.focus
    return FocusSettings(
        method=section.method,
        step=section.step,
        points=section.points,
        smart=section.smart,
        slippage=section.slippage,
        measure=section.stars.measure,
        planet_frames=section.planet_frames,
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


def flip_settings(profile: Profile, planned: Target | None = None) -> FlipSettings:
    """The profile's [flip], for a target of the plan that may want to end at the meridian."""
    section = profile.flip
    choice = (planned.at_meridian if planned else None) or section.at_meridian
    abort = choice == "abort"
    enabled = section.limited or (abort and planned is not None)
    return FlipSettings(enabled, section.after_minutes, section.latest_minutes, abort=abort)


def cooling_settings(profile: Profile) -> CoolingSettings:
    """The profile's [cooling]."""
    section = profile.cooling
    return CoolingSettings(
        degrees_per_minute=section.degrees_per_minute,
        tolerance=section.tolerance,
        stable_seconds=section.stable_seconds,
    )
