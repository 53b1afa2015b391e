"""From the plan and the rig to the engine of the triggers: its settings, and how things stand now."""

from appliance.errors import DeviceError
from appliance.focus.triggers import FilterChange, Refocus, Situation, TriggerSettings
from appliance.plan import Plan, Step
from appliance.profile import Profile
from appliance.sequence.night import Night
from appliance.sky.twilight import Twilight, sun_altitude_deg
from hardware.devices import FrameKind

CHANGES: dict[bool | str, FilterChange] = {False: "never", True: "new", "always": "always"}


def trigger_settings(plan: Plan, profile: Profile) -> TriggerSettings:
    """What the plan asks for, with the averaging of this rig's thermometer."""
    return TriggerSettings(
        start=plan.focus_at_start, resume=plan.focus_on_resume,
        filter_change=CHANGES[plan.focus_on_filter_change], flip=plan.focus_after_flip,
        centring=plan.focus_after_centring, subs=plan.focus_every_subs, minutes=plan.focus_every_minutes,
        celsius=plan.focus_on_celsius, readings=profile.focus.temperature.readings,
        hfr_percent=plan.focus_on_hfr_percent,
    )  # fmt: skip


async def situation(night: Night, refocus: Refocus, step: Step, dawn: float, *, room: bool) -> Situation:
    """The rig and the night as the guards see them; a mount that does not answer is judged elsewhere."""
    now = night.observer.unix()
    try:
        mount = await night.rig.mount.status()
        parked, tracking = mount.parked, mount.tracking
    except DeviceError:
        parked, tracking = False, True
    return Situation(
        parked=parked, tracking=tracking, light=step.kind is FrameKind.LIGHT, over=_is_over(night, now, dawn),
        paused=night.focus_wish.paused, room=room,
        since=refocus.counters.since(now) if refocus.runs else None,
    )  # fmt: skip


def _is_over(night: Night, now: float, dawn: float) -> bool:
    if now >= dawn:
        return True
    if night.plan.focus_in_twilight:
        return False
    return float(sun_altitude_deg(night.observer.site, now)) > Twilight.ASTRONOMICAL.value


def show_triggers(night: Night, refocus: Refocus) -> None:
    """Tell the bus how far the triggers are."""
    wish = night.focus_wish
    settings = trigger_settings(night.plan, night.profile)
    night.publish(refocus.shown(settings, asap=wish.asap, paused=wish.paused))
