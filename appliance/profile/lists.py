"""The lists of actions as they are carried out: the usual ones, the limits, and what no list may be."""

from collections.abc import Iterator
from dataclasses import dataclass

from appliance.profile.actions import LISTS, ActionSection, ActionsSection, Do, ListName

# What an action may take where the profile does not say; those of mount, roof and camera follow from the rig.
USUAL_SECONDS: dict[Do, float] = {
    "stop work": 15.0, "close cover": 60.0, "open cover": 60.0, "switch": 30.0, "prompt": 300.0, "run": 60.0,
    "notify": 5.0,
}  # fmt: skip
PARK_SECONDS = 310.0
ROOF_MARGIN_SECONDS = 60.0  # to be reached, and for the park sensor to see the telescope
PARK_SHARE = 0.5  # of the time until the alarm: the roof needs some, too
COLDEST_RISE_CELSIUS = 60.0  # from the coldest setpoint to where warming ends
WARM_MARGIN_SECONDS = 600.0
FOREIGN: dict[ListName, frozenset[Do]] = {
    "unsafe": frozenset({"open roof", "open cover"}),
    "roof_close": frozenset({"open roof", "open cover", "stop work", "prompt", "warm camera"}),
    "roof_open": frozenset({"close roof", "park", "stop work", "warm camera", "close cover"}),
    "end": frozenset({"open roof", "open cover", "stop work"}),
}
WAITS: frozenset[Do] = frozenset({"prompt", "run", "switch", "warm camera", "close cover", "notify"})


@dataclass(frozen=True, slots=True)
class RigFacts:
    """What of the profile decides which actions there can be, and how long they may take."""

    has_roof: bool
    clears_telescope: bool
    has_cover: bool
    outputs: frozenset[str]
    motor_seconds: float
    roof_within_seconds: float
    degrees_per_minute: float


def steps(actions: ActionsSection, facts: RigFacts, name: ListName) -> tuple[ActionSection, ...]:
    """The list as it is carried out, every limit filled in."""
    given: tuple[ActionSection, ...] | None = getattr(actions, name)
    chosen = _usual(facts, name) if given is None else given
    return tuple(
        step
        if step.within_seconds is not None
        else step.model_copy(update={"within_seconds": _limit(actions, facts, name, step.do)})
        for step in chosen
    )


def longest_seconds(every: tuple[ActionSection, ...]) -> float:
    """What a list takes when each of its actions takes all the time it may."""
    return sum(step.delay_seconds + step.limit for step in every)


def _usual(facts: RigFacts, name: ListName) -> tuple[ActionSection, ...]:
    return tuple(ActionSection(do=do) for do in _usual_dos(facts, name))


def _usual_dos(facts: RigFacts, name: ListName) -> Iterator[Do]:
    if name == "roof_open":
        if facts.has_roof:
            yield "open roof"
        return
    if name == "roof_close":
        if facts.has_roof:
            if not facts.clears_telescope:
                yield "park"
            yield "close roof"
        return
    if name == "unsafe":
        yield "stop work"
    roof_first = name == "unsafe" and facts.clears_telescope
    motions: tuple[Do, ...] = ("close roof", "park") if roof_first else ("park", "close roof")
    yield from (do for do in motions if facts.has_roof or do != "close roof")
    if facts.has_cover:
        yield "close cover"
    if name == "end":
        yield "warm camera"


def _limit(actions: ActionsSection, facts: RigFacts, name: ListName, do: Do) -> float:
    match do:
        case "park":
            return facts.roof_within_seconds * PARK_SHARE if name == "unsafe" else PARK_SECONDS
        case "close roof" if name == "unsafe":
            return facts.roof_within_seconds
        case "close roof" if name == "end":
            return longest_seconds(tuple(s for s in steps(actions, facts, "roof_close") if s.do != "park"))
        case "close roof" | "open roof":
            return facts.motor_seconds + ROOF_MARGIN_SECONDS
        case "warm camera":
            return COLDEST_RISE_CELSIUS / facts.degrees_per_minute * 60 + WARM_MARGIN_SECONDS
        case _:
            return USUAL_SECONDS[do]


def check_lists(actions: ActionsSection, facts: RigFacts) -> None:
    """ValueError, naming list and action, for a list that cannot be safe or cannot be carried out."""
    for name in LISTS:
        for step in getattr(actions, name) or ():
            _check_possible(facts, name, step)
    if actions.unsafe is not None:
        _check_unsafe(actions, facts)
    if actions.roof_close is not None:
        _check_order(actions.roof_close, facts, "roof_close", must_park=False)
    if actions.roof_open is not None:
        _require(actions.roof_open, "roof_open", "open roof", "opens no roof")
    if actions.end is not None:
        _check_order(actions.end, facts, "end", must_park=True)


def _check_possible(facts: RigFacts, name: ListName, step: ActionSection) -> None:
    if step.do in FOREIGN[name]:
        raise ValueError(f'[[actions.{name}]] must not "{step.do}"; leave that action out')
    if not facts.has_roof and ("roof" in step.do or name.startswith("roof")):
        raise ValueError(f"[[actions.{name}]] is about a roof and there is none; add [roof] or leave it out")
    if "cover" in step.do and not facts.has_cover:
        raise ValueError(f'[[actions.{name}]] has "{step.do}" and there is none; add [cover] or leave it out')
    if step.do == "switch" and step.output not in facts.outputs:
        known = ", ".join(sorted(facts.outputs)) or "none"
        raise ValueError(f"[[actions.{name}]] switches {step.output!r}; the [[output]]s are: {known}")


def _check_unsafe(actions: ActionsSection, facts: RigFacts) -> None:
    listed = actions.unsafe or ()
    _require(listed, "unsafe", "stop work", "leaves the sequence in command of the telescope")
    motions: list[Do] = ["park", "close roof", "warm camera", "close cover"]
    first = next((step.do for step in listed if step.do in {"stop work", *motions}), None)
    if first != "stop work":
        raise ValueError('[[actions.unsafe]] must "stop work" before anything is moved; put it first')
    _check_order(listed, facts, "unsafe", must_park=True)
    waiting = _seconds_before_safe(steps(actions, facts, "unsafe"))
    if facts.has_roof:
        waiting += _seconds_before_safe(steps(actions, facts, "roof_close"))
    most = facts.roof_within_seconds / 2
    if waiting > most:
        raise ValueError(
            f"[[actions.unsafe]] may wait {waiting:g} s for other things before the rig is parked and closed,"
            f" {most:g} are allowed (half of safety.roof_within_seconds); put them last or limit them more"
        )


def _seconds_before_safe(every: tuple[ActionSection, ...]) -> float:
    """What delays, and actions that do not make it safe, may take before the last one that does."""
    last = max((n for n, step in enumerate(every) if step.do in {"park", "close roof"}), default=-1)
    before = every[: last + 1]
    return sum(step.delay_seconds + (step.limit if step.do in WAITS else 0.0) for step in before)


def _check_order(
    listed: tuple[ActionSection, ...], facts: RigFacts, name: ListName, *, must_park: bool
) -> None:
    """Parked, closed, and in this order unless the roof clears the telescope."""
    if must_park:
        _require(listed, name, "park", "leaves the telescope where it points")
    if not facts.has_roof:
        return
    _require(listed, name, "close roof", "leaves the roof open")
    dos = [step.do for step in listed]
    if not facts.clears_telescope and ("park" not in dos or dos.index("park") > dos.index("close roof")):
        raise ValueError(f'[[actions.{name}]] must "park" before it can "close roof"; put it before')


def _require(listed: tuple[ActionSection, ...], name: ListName, do: Do, else_: str) -> None:
    if do not in {step.do for step in listed}:
        raise ValueError(f'[[actions.{name}]] has no "{do}": it {else_}; add do = "{do}"')
