"""Where does it point, and going there: solving the newest frame, slewing, centring."""

from dataclasses import replace

from appliance.byhand.hand import Hand
from appliance.byhand.sun import mind_the_sun
from appliance.errors import FocusFailed
from appliance.focus.result import FocusResult
from appliance.journal import FocusRun, Run
from appliance.pointing.centre import Centred, centre
from appliance.sequence.focus_method import run_method
from appliance.sequence.focus_record import remember_failure, remember_focus
from appliance.sequence.looking import look_for_pointing, solve
from appliance.sequence.night import Night
from appliance.sequence.settings import centre_settings
from appliance.sequence.temperature import celsius_now
from appliance.sky.bodies import body_position, is_body
from appliance.sky.catalogue import find
from appliance.sky.coordinates import format_position
from appliance.solve.solution import Solution
from hardware.devices import J2000

ASKED, BY_HAND = "asked for", "Focus by hand"


def place_of(hand: Hand, name: str) -> J2000:
    """Where that is now: a planet, the Moon, or what the catalogue knows. BadInput for anything else."""
    observer = hand.night.observer
    if is_body(name):
        return body_position(name, observer.site, observer.unix())
    return find(name, "name").position


def not_at_the_sun(hand: Hand, target: J2000) -> J2000:
    """The same target; BadCommand for one near a Sun that is up."""
    mind_the_sun(target, hand.night.observer.site, hand.night.observer.unix())
    return target


async def slew(hand: Hand, target: J2000) -> None:
    """Go there and track. DeviceRefused when parked or below the mount's limits, Interlocked by a rule."""
    mount, observer = hand.night.rig.mount, hand.night.observer
    await mount.locate(observer.site, observer.unix())  # a mount with a wrong clock goes elsewhere
    hand.say(f"Slewing to {format_position(target)} …")
    await mount.slew(target)
    hand.say("The mount has arrived and tracks.")


async def solve_newest(hand: Hand) -> Solution:
    """Solve the newest frame; its header will say so. SolveFailed, BadCommand without a frame."""
    image = hand.newest()
    if image.solution is None:
        binning = image.frame.exposure.binning
        image.solution = await solve(hand.night, image.stars, image.near, binning)
        hand.say(f"Solved: the frame is centred on {format_position(image.solution.centre)}.")
    return image.solution


async def sync(hand: Hand) -> Solution:
    """Tell the mount where the newest frame shows that it points; errors as `solve_newest`, and its own."""
    solution = await solve_newest(hand)
    await hand.night.rig.mount.sync(solution.centre)
    hand.say("The mount was told where it points.")
    return solution


async def centre_on(hand: Hand, target: J2000, name: str = "") -> Centred:
    """Slew, look and correct until it is in the middle, as the profile's [centring] says."""
    night = hand.night
    hand.say(f"Centring on {name or format_position(target)} …")
    await night.rig.mount.locate(night.observer.site, night.observer.unix())
    look = look_for_pointing(night, target, keep=False)
    return await centre(night.rig.mount, look, target, centre_settings(night.profile), night.publish)


async def focus(hand: Hand, seconds: float | None = None, *, again: bool = False) -> FocusResult:
    """A focus run through the filter that is in place; `seconds` in place of the profile's.

    The journal has it. `again`: once more around the newest result in this filter, if there is one.
    """
    night, wheel, began = hand.night, hand.night.rig.filter_wheel, hand.night.observer.unix()
    if seconds is not None:
        section = night.profile.focus.model_copy(update={"seconds": seconds})
        night = replace(night, profile=night.profile.model_copy(update={"focus": section}))
    filter_ = "" if wheel is None else await wheel.selected()
    found = await night.journal.read(FocusRun, filter=filter_, failure=None) if again else []
    try:
        result = await run_method(night, filter_, ASKED, found[-1].position if found else None)
    except FocusFailed as failure:
        await remember_failure(await _of_no_plan(night, began), ASKED, filter_, began, failure)
        raise
    celsius = await celsius_now(night)
    await remember_focus(await _of_no_plan(night, began), ASKED, filter_, began, result, celsius)
    return result


async def _of_no_plan(night: Night, began: float) -> Night:
    """The journal has every focus run below some run."""
    run = Run(
        plan=BY_HAND, plan_key="by hand", started=began, ended=night.observer.unix(), outcome="complete"
    )
    return replace(night, run=await night.journal.add(run))
