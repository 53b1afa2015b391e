"""What the plan asks for and the journal does not have yet."""

import math
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import count

from appliance.journal import Sub
from appliance.plan import Plan, Step, step_keys
from appliance.plan import Target as Planned
from appliance.plan.keys import key_parts, round_key
from appliance.sequence.night import Night
from appliance.sky.catalogue import Target

Saved = Mapping[str, Set[int]]


@dataclass(frozen=True, slots=True)
class Work:
    """One target of the plan in one of its repetitions (from 1): the keys of its steps, and where it is.

    `index` is its place among the targets of the sky.
    """

    index: int
    planned: Planned
    target: Target
    keys: tuple[str, ...]
    repeat: int = 1

    def steps(self) -> list[tuple[str, Step]]:
        """Each with its key."""
        return list(zip(self.keys, self.planned.step, strict=True))

    def missing(self, saved: Saved) -> list[Step]:
        """The steps that are not complete."""
        return [step for key, step in self.steps() if numbers(step) - saved.get(key, set())]


async def unfinished_works(night: Night, turn: int = 1) -> list[Work]:
    """The plan's targets in order, each in its first repetition of this turn that is not complete."""
    saved = await night.journal.saved(night.run)
    every = (_unfinished(night, index, turn, saved) for index in range(len(night.plan.sky)))
    return [work for work in every if work is not None]


def _unfinished(night: Night, index: int, turn: int, saved: Saved) -> Work | None:
    return next((work for work in repetitions(night, index, turn) if work.missing(saved)), None)


def repetitions(night: Night, index: int, turn: int) -> Iterator[Work]:
    """A target's repetitions in one turn of the list, without end where there is none."""
    planned, keys = night.plan.sky[index], step_keys(night.plan)[index]
    for repeat in range(1, planned.repeat + 1) if planned.repeat else count(1):
        named = tuple(round_key(key, repeat, turn) for key in keys)
        yield Work(index, planned, night.targets[index], named, repeat)


async def opens_after(night: Night, work: Work, turn: int) -> float:
    """When its repetition may begin, by the interval to the one before; UTC seconds, -infinity at once."""
    if work.repeat == 1 or not work.planned.interval_seconds:
        return -math.inf
    before = {round_key(key, work.repeat - 1, turn) for key in step_keys(night.plan)[work.index]}
    begun = [
        sub.started for key in before for sub in await night.journal.read(Sub, run=night.run, step_key=key)
    ]
    return min((one for one in begun if one is not None), default=-math.inf) + work.planned.interval_seconds


def turns(plan: Plan) -> Iterator[int]:
    """The turns of the list, counted from 1; those that go on with what is missing are all the first."""
    for turn in range(1, plan.repeat + 1) if plan.repeat else count(1):
        yield turn if plan.clear_on_repeat else 1


async def done(night: Night) -> int:
    """Subs that count: saved, and not beyond what the plan asks of their step."""
    saved = await night.journal.saved(night.run)
    return sum(len(wanted(night.plan, key) & taken) for key, taken in saved.items())


def wanted(plan: Plan, key: str) -> set[int]:
    """The numbers that the plan asks for of a key; none when that has no place in it any more."""
    plain, repeat, turn = key_parts(key)
    for planned, keys in zip(plan.sky, step_keys(plan), strict=True):
        for own, step in zip(keys, planned.step, strict=True):
            if own == plain:
                fits = _within(repeat, planned.repeat) and _within(turn, plan.repeat)
                return numbers(step) if fits and (turn == 1 or plan.clear_on_repeat) else set()
    return set()


def _within(place: int, limit: int) -> bool:
    return limit == 0 or place <= limit


def numbers(step: Step) -> set[int]:
    """Of the subs that a step asks for."""
    return set(range(1, step.count + 1))
