"""What of the list may be done now: targets, or an item that is no target, in the order of the plan."""

import math
from collections.abc import Set
from dataclasses import dataclass

from appliance.plan import Item, Target
from appliance.plan.plan import Plan
from appliance.sequence.choosing import Choice
from appliance.sequence.progress import Work


@dataclass(frozen=True, slots=True)
class Agenda:
    """`works` may be taken, the first that is up first; when there are none, `item` (its place) is due.

    Both are empty when the turn of the list is over.
    """

    works: tuple[Work, ...]
    item: int | None = None


def agenda(plan: Plan, left: list[Work], done: Set[int], choice: Choice, now: float) -> Agenda:
    """What is no target waits for everything before it, and everything after it waits for it.

    A target that says `wait` holds up what comes after it until it is complete or its time is over.
    `done` are the places of the items that have been carried out.
    """
    by_index, index, works = {work.index: work for work in left}, -1, list[Work]()
    for place, item in enumerate(plan.target):
        if not isinstance(item, Target):
            if place not in done:
                return Agenda(tuple(works), None if works else place)
            continue
        index += 1
        work = by_index.get(index)
        if work is not None and not math.isinf(choice.opens(work, now)):
            works.append(work)
            if item.wait:
                break
    return Agenda(tuple(works))


def items_of(plan: Plan) -> dict[int, Item]:
    """Its items that are no targets, by their places."""
    return {place: item for place, item in enumerate(plan.target) if not isinstance(item, Target)}
