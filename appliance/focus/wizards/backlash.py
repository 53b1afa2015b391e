"""The backlash: how far apart two V-curves lie, one sampled inwards, one outwards."""

import math
from dataclasses import dataclass

from appliance.errors import ProcedureFailed
from appliance.focus.curve import Curve
from appliance.focus.wizards.bench import Bench, Tools, carried_out
from appliance.focus.wizards.proposal import ROOM, Proposal, as_toml, upwards

NAME = "backlash measurement"
TAKEN_UP = 0.7  # the slack is taken up for sure while the backlash is less than so much of the overshoot
ROUNDS = 3
SIGMAS, SURE_SIGMAS = 2.0, 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlash:
    """`steps` with the `error` of one sigma, by which the curves sampled inwards and outwards lie apart.

    `take_up` is the overshoot they were taken with, `way` the direction in which focus runs arrive.
    """

    steps: float
    error: float
    inwards: Curve
    outwards: Curve
    take_up: int
    way: int

    @property
    def best(self) -> int:
        """Best focus for who arrives as focus runs do."""
        return round((self.inwards if self.way < 0 else self.outwards).centre)

    @property
    def at_most(self) -> int:
        """It is no more than this, 19 times in 20."""
        return math.ceil(max(self.steps, 0.0) + SIGMAS * self.error)

    def proposals(self) -> list[Proposal]:
        """For the profile."""
        overshoot = -self.way * max(upwards(ROOM * self.at_most), 10)
        return [
            Proposal(
                "focus", "overshoot", overshoot, "half as large again as the backlash; its sign is kept"
            ),
            Proposal(
                "focuser", "backlash", self.at_most, f"{self.steps:.0f} ± {self.error:.0f} steps measured"
            ),
        ]


async def measure_backlash(tools: Tools) -> Backlash:
    """Around where the focuser stands; leaves it at best focus.

    Raises a NoFocus, ProcedureFailed or DeviceError.
    """

    async def procedure(bench: Bench, start: int) -> Backlash:
        found = await backlash_around(bench, start, bench.settings.step)
        await bench.rest_at(found.best)
        return found

    return await carried_out(NAME, tools, _first_take_up(tools), procedure, told, Backlash.proposals)


def _first_take_up(tools: Tools) -> int:
    settings = tools.settings
    return max(abs(settings.overshoot), 2 * settings.step)


async def backlash_around(bench: Bench, centre: int, step: int) -> Backlash:
    """As part of a wizard; the overshoot grows until it surely takes up all the slack."""
    for number in range(1, ROUNDS + 1):
        bench.begin(f"V-curve inwards, taking up {bench.take_up} steps")
        inwards = await bench.curve(f"inwards {number}", centre, step, -1)
        bench.begin(f"V-curve outwards, taking up {bench.take_up} steps")
        outwards = await bench.curve(f"outwards {number}", round(inwards.centre), step, 1)
        steps = outwards.centre - inwards.centre
        error = math.hypot(inwards.standard_error, outwards.standard_error)
        if abs(steps) <= TAKEN_UP * bench.take_up:
            return Backlash(
                steps=steps, error=error, inwards=inwards, outwards=outwards, take_up=bench.take_up,
                way=bench.settings.way,
            )  # fmt: skip
        bench.say(f"{abs(steps):.0f} steps of slack: once more with a larger overshoot.")
        bench.take_up = round(3 * abs(steps))
        centre = round(inwards.centre)
    raise ProcedureFailed(
        f"The slack seems to grow with the overshoot, to {abs(steps):.0f} steps and more.",
        advice="Look for a slipping clutch or coupling, then measure again.",
    )


def told(backlash: Backlash) -> tuple[str, ...]:
    """The result in lines."""
    measured = f"{backlash.steps:.0f} ± {backlash.error:.0f} steps"
    is_seen = backlash.steps > SURE_SIGMAS * backlash.error
    first = f"Backlash: {measured}." if is_seen else f"No backlash can be seen: {measured}."
    return (f"{first} For the profile:", *as_toml(backlash.proposals()))
