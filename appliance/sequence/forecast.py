"""Who is taken when tonight, if nothing gets in between: a guess for people, no promise of the sequence."""

import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from appliance.plan import Plan, step_keys
from appliance.plan.keys import key_parts
from appliance.sequence.tonight import Tonight

# Beside each sub: readout, dither, and its part of focus runs and slews.
OVERHEAD_SECONDS = 10.0
LEAST_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Stint:
    """A target of the plan (`index` among those of the sky) is taken between two moments, UTC seconds."""

    index: int
    begins: float
    ends: float


def work_left(plan: Plan, saved: Mapping[str, Set[int]]) -> list[float]:
    """Seconds of work that each target of the sky still asks for; infinite where it repeats without end."""
    taken: dict[str, int] = {}
    for key, numbers in saved.items():
        plain = key_parts(key)[0]
        taken[plain] = taken.get(plain, 0) + len(numbers)
    turns = (plan.repeat or math.inf) if plan.clear_on_repeat else 1
    left = []
    for planned, keys in zip(plan.sky, step_keys(plan), strict=True):
        times = turns * (planned.repeat or math.inf)
        each = zip(planned.step, keys, strict=True)
        left.append(
            sum(
                max(0.0, step.count * times - taken.get(key, 0)) * (step.exposed_seconds + OVERHEAD_SECONDS)
                for step, key in each
            )
        )
    return left


def forecast(left: Sequence[float], sky: Tonight, now: float) -> list[Stint]:
    """The stints from now to dawn, in order: always the first of the plan that is up, as in the sequence."""
    rest, moment, stints = list(left), max(now, sky.dark.begins), list[Stint]()
    while moment < sky.dark.ends:
        undone = [index for index, seconds in enumerate(rest) if seconds >= LEAST_SECONDS]
        index = next((one for one in undone if sky.window(one, moment) is not None), None)
        if index is None:
            moment = min((sky.rises(one, moment) for one in undone), default=math.inf)
            continue
        ends = _ends(rest, sky, index, moment)
        stints.append(Stint(index, moment, ends))
        rest[index] -= ends - moment
        moment = ends
    return stints


def _ends(rest: Sequence[float], sky: Tonight, index: int, moment: float) -> float:
    """When it is complete, or too low, or one before it in the plan is up again."""
    window = sky.window(index, moment)
    assert window is not None
    before = [sky.rises(one, moment) for one in range(index) if rest[one] >= LEAST_SECONDS]
    return min(window.ends, moment + rest[index], *before)
