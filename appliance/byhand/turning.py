"""Turning the focuser by hand: presses that come faster than it moves are added up."""

from appliance.byhand.hand import Hand
from appliance.byhand.look_messages import FocuserGoal
from appliance.errors import BadCommand
from appliance.focus.run import approach
from appliance.sequence.vitals import FocuserState
from hardware.devices import Focuser

SOURCE = "focuser"


async def turn_by(hand: Hand, focuser: Focuser, goal: int | None = None) -> int:
    """Go to a goal, or make the steps that were asked for; then those asked for meanwhile. Where it stands.

    BadCommand for steps that lead out of its travel; errors as the focuser's.
    """
    presses = hand.presses
    try:
        if goal is None:
            goal = await focuser.position()
        else:
            presses.steps = 0
            await _turn_to(hand, focuser, goal)
        while presses.steps:
            steps, presses.steps = presses.steps, 0
            goal = _inside(focuser, goal, steps)
            await _turn_to(hand, focuser, goal)
        return goal
    finally:
        presses.steps = 0


async def _turn_to(hand: Hand, focuser: Focuser, goal: int) -> None:
    """From the side that a focus run ends on, so that its positions mean the same."""
    night = hand.night
    night.publish(FocuserGoal(source=SOURCE, goal=goal))
    try:
        await approach(focuser, goal, night.profile.focus.overshoot)
    finally:
        night.publish(FocuserGoal(source=SOURCE))
    here, celsius = await focuser.position(), await focuser.celsius()
    night.publish(FocuserState(source=SOURCE, position=here, celsius=celsius))


def _inside(focuser: Focuser, start: int, steps: int) -> int:
    goal, travel = start + steps, focuser.travel
    if goal not in travel:
        problem = f"{goal} is outside its travel, {travel[0]} to {travel[-1]}"
        raise BadCommand("focuser_move.steps", problem, advice="Take smaller steps, or turn the other way.")
    return goal
