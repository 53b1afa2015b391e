"""How long it takes until the next sub is complete: asked before it is begun, so that it ends in time."""

from appliance.plan import Step
from appliance.pointing.flip import wait_before_flip, wait_before_slew
from appliance.sequence.known import Established
from appliance.sequence.night import Night
from appliance.sequence.settings import flip_settings
from appliance.sky.catalogue import Target
from appliance.sky.coordinates import hour_angle_deg

# Until a run has shown how long it takes: samples beyond the first sweep, and what each costs in moving.
EXTRA_SAMPLES, MOVING_SECONDS = 4, 6.0
# Seconds: arming and reading out a sub; solving and correcting at each look; a slew; a flip with its proof.
SUB_OVERHEAD, LOOK_OVERHEAD, SLEW, FLIP = 5.0, 10.0, 60.0, 120.0


def focus_seconds(night: Night, known: Established) -> float:
    """How long a focus run takes on this rig, about, with the way to a bright star where one is wanted."""
    section = night.profile.focus
    guess = (section.points + EXTRA_SAMPLES) * (section.seconds + MOVING_SECONDS)
    if known.refocus.seconds is not None:
        return 1.25 * known.refocus.seconds
    return guess if known.star_magnitude is None else guess + 2 * SLEW


def seconds_of(
    night: Night, known: Established, target: Target, step: Step, *, focusing: bool = False
) -> float:
    """From now to the end of the next sub, about, without a flip; `focusing`: with a focus run."""
    seconds = step.exposed_seconds + step.stack * SUB_OVERHEAD
    if step.frame != "light":
        return seconds
    if step.dither_every and known.subs_since_dither >= step.dither_every:
        seconds += night.profile.dither.settle_seconds + SUB_OVERHEAD
    if known.near != target:
        seconds += SLEW
    to_focus = focusing or (known.refocus.asked is not None and night.profile.focuser is not None)
    if known.centred != target or (to_focus and known.star_magnitude is not None):
        seconds += 2 * (night.profile.centring.seconds + LOOK_OVERHEAD)
    if to_focus:
        seconds += focus_seconds(night, known)
    return seconds


def seconds_to_sub(night: Night, known: Established, target: Target, step: Step) -> float:
    """The same with the wait for the meridian flip and the flip itself, where they come first."""
    seconds = seconds_of(night, known, target, step)
    if step.frame != "light":
        return seconds
    settings = flip_settings(night.profile)
    hour_angle = hour_angle_deg(target.position, night.observer.site, night.observer.unix())
    if known.near != target:
        return seconds + 60 * wait_before_slew(hour_angle, seconds / 60, settings)
    wait = wait_before_flip(known.pier.minutes_past(hour_angle), seconds / 60, settings)
    if wait is None:
        return seconds
    pauses = night.profile.flip.pause_before_minutes + night.profile.flip.pause_after_minutes
    return seconds + 60 * (wait + pauses) + FLIP


def fits_focus(night: Night, known: Established, target: Target, step: Step, ends: float) -> bool:
    """Is there room for a focus run and a sub before `ends`? A run with nothing after it is no use."""
    return night.observer.unix() + seconds_of(night, known, target, step, focusing=True) <= ends
