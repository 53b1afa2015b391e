"""Names for steps and items that stay the same when counts change: the journal counts by them."""

from appliance.plan.items import Item, Target
from appliance.plan.plan import Plan


def step_keys(plan: Plan) -> list[list[str]]:
    """A key for every step of every target of the sky, unique in the plan, the same when counts change."""
    seen: dict[str, int] = {}
    return [[_unique(f"{one.name}: {step.key()}", seen) for step in one.step] for one in plan.sky]


REPEAT, ROUND = " | repeat ", " | round "


def round_key(key: str, repeat: int, turn: int) -> str:
    """The same step in a later repetition of its target, or a later turn of the whole list (both from 1)."""
    again = "" if repeat == 1 else f"{REPEAT}{repeat}"
    return f"{key}{again}" if turn == 1 else f"{key}{again}{ROUND}{turn}"


def key_parts(key: str) -> tuple[str, int, int]:
    """The step's own key, and of which repetition and turn this one is."""
    rest, _, turn = key.partition(ROUND)
    plain, _, repeat = rest.partition(REPEAT)
    return plain, int(repeat or 1), int(turn or 1)


def item_key(plan: Plan, index: int) -> str:
    """Recognises an item of the list that is no target again."""
    seen: dict[str, int] = {}
    return [_unique(_label(item), seen) for item in plan.target][index]


def _label(item: Item) -> str:
    return f"{item.do} {item.name}".strip() if not isinstance(item, Target) else item.name


def _unique(key: str, seen: dict[str, int]) -> str:
    seen[key] = seen.get(key, 0) + 1
    return key if seen[key] == 1 else f"{key} ({seen[key]})"
