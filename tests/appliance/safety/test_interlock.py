"""Every situation there can be, and every command: what must never be allowed is not.

The promises are stated here on their own, not in terms of the rules; and each rule is needed for one of them.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import islice, product
from pathlib import Path

import pytest

from appliance.safety import interlock
from appliance.safety.interlock import (
    OVERRIDDEN_RULES,
    RULES,
    Allowed,
    Command,
    MountIs,
    ParkSwitch,
    Refused,
    RoofIs,
    Rule,
    Situation,
    Verdict,
    decide,
)
from tests.conftest import TOLD

Decision = tuple[Situation, Command]
C = Command
ROOFS = {C.OPEN_ROOF, C.CLOSE_ROOF}
LEAVES = {C.UNPARK, C.SLEW, C.TRACK}
NEVER_REFUSED = {C.PARK, C.STOP_TRACKING, C.STOP_ROOF, C.CLOSE_COVER}
FLAGS = 8
SAFETY_PAGE = Path(__file__).parents[3] / "docs" / "safety.md"


@cache
def situations() -> tuple[Situation, ...]:
    return tuple(
        Situation(roof, switch, mount, verdict, *flags)
        for roof, switch, mount, verdict in product(RoofIs, ParkSwitch, MountIs, Verdict)
        for flags in product((False, True), repeat=FLAGS)
    )


@cache
def allowed() -> dict[Command, list[Situation]]:
    """Every decision there is, made once."""
    found: dict[Command, list[Situation]] = {command: [] for command in Command}
    for now in situations():
        for command in Command:
            if isinstance(decide(now, command), Allowed):
                found[command].append(now)
    return found


def over_the_telescope(now: Situation, command: Command) -> bool:
    """The roof moves only over a telescope that the physical switch sees parked and that stands still."""
    seen = now.switch is ParkSwitch.PRESSED
    still = not now.mount_moves and now.mount not in {MountIs.SLEWING, MountIs.TRACKING}
    return command in ROOFS and not (now.overridden or now.clears_telescope or (seen and still))


def into_the_roof(now: Situation, command: Command) -> bool:
    """The telescope leaves its place only where no roof is in its way: there is none, or it stands open."""
    out_of_way = now.roof is RoofIs.ABSENT or (now.roof is RoofIs.OPEN and not now.roof_moves)
    return command in LEAVES and not (out_of_way or now.clears_telescope)


def out_into_the_rain(now: Situation, command: Command) -> bool:
    """Nothing is opened or pointed at the sky when it is not safe, or not known to be."""
    dry = now.verdict in {Verdict.SAFE, Verdict.UNWATCHED}
    by_hand = now.overridden and command is C.OPEN_ROOF
    under_roof = command is C.OPEN_COVER and now.roof is RoofIs.CLOSED and not now.roof_moves
    return command in LEAVES | {C.OPEN_ROOF, C.OPEN_COVER} and not (dry or by_hand or under_roof)


def into_the_sun(now: Situation, command: Command) -> bool:
    """Neither roof nor cover opens to a sky with the Sun in it, unless that was asked for."""
    by_hand = now.overridden and command is C.OPEN_ROOF
    under_roof = command is C.OPEN_COVER and now.roof is RoofIs.CLOSED and not now.roof_moves
    opens = command in {C.OPEN_ROOF, C.OPEN_COVER} and not (by_hand or under_roof)
    return opens and now.daylight and not now.daylight_asked


def with_an_empty_battery(now: Situation, command: Command) -> bool:
    """Nobody but a person at the button opens what may not be closed again."""
    return command is C.OPEN_ROOF and now.battery_low and not now.overridden


def against_a_running_motor(now: Situation, command: Command) -> bool:
    """No motor is reversed, or told twice, without a stop; not even by hand."""
    return command in ROOFS and (now.roof_moves or now.roof is RoofIs.MOVING)


def of_a_roof_in_doubt(now: Situation, command: Command) -> bool:
    """One that contradicts itself, or says nothing, or does not exist, is moved by hand or not at all."""
    doubt = now.roof in {RoofIs.FAULT, RoofIs.SILENT} and not now.overridden
    return command in ROOFS and (doubt or now.roof is RoofIs.ABSENT)


def onto_a_person(now: Situation, command: Command) -> bool:
    """A roof that a person has stopped does not start again by itself at once."""
    return command in ROOFS and now.stopped_by_hand and not now.overridden


PROMISES: tuple[Callable[[Situation, Command], bool], ...] = (
    over_the_telescope, into_the_roof, out_into_the_rain, into_the_sun, with_an_empty_battery,
    against_a_running_motor, of_a_roof_in_doubt, onto_a_person,
)  # fmt: skip


def test_all_of_them_are_looked_at_and_the_page_says_how_many(
    record_property: Callable[[str, object], None],
) -> None:
    count = 7 * 4 * 5 * 4 * 2**FLAGS
    assert len(set(situations())) == count == 143_360
    told = f"The interlock was asked in {count:,} situations: {count * len(Command):,} decisions."
    record_property(TOLD, told)
    page = SAFETY_PAGE.read_text(encoding="utf-8")
    assert f"{count:,} situations" in page
    assert f"{count * len(Command):,} decisions" in page


@pytest.mark.parametrize("broken", PROMISES, ids=lambda promise: promise.__name__)
def test_nothing_of_this_is_ever_allowed(broken: Callable[[Situation, Command], bool]) -> None:
    assert not [
        (now, command) for command, every in allowed().items() for now in every if broken(now, command)
    ]


def test_what_makes_it_safer_is_never_refused() -> None:
    for command in NEVER_REFUSED:
        assert len(allowed()[command]) == 143_360


def test_in_the_rain_a_parked_telescope_never_keeps_the_roof_open() -> None:
    """Whatever the weather, the Sun, the battery: only the roof itself or a person can."""
    closes = set(allowed()[C.CLOSE_ROOF])
    for now in situations():
        seen = now.switch is ParkSwitch.PRESSED and now.mount in {
            MountIs.PARKED,
            MountIs.STILL,
            MountIs.UNKNOWN,
        }
        ready = now.roof in {RoofIs.OPEN, RoofIs.CLOSED, RoofIs.BETWEEN} and not now.stopped_by_hand
        if ready and seen and not now.roof_moves and not now.mount_moves:
            assert now in closes, now


def test_a_cover_under_a_closed_roof_may_always_open() -> None:
    opens = set(allowed()[C.OPEN_COVER])
    assert not [
        now for now in situations() if now.roof is RoofIs.CLOSED and not now.roof_moves and now not in opens
    ]


def test_the_button_moves_a_roof_that_nothing_else_may_and_nothing_but_the_roof() -> None:
    stuck = Situation(
        RoofIs.FAULT, ParkSwitch.UNKNOWN, MountIs.UNKNOWN, Verdict.UNSAFE, battery_low=True, overridden=True
    )
    assert isinstance(decide(stuck, C.CLOSE_ROOF), Allowed)
    assert isinstance(decide(replace(stuck, overridden=False), C.CLOSE_ROOF), Refused)
    for command in LEAVES | {C.OPEN_COVER}:
        with_button = {now for now in allowed()[command] if now.overridden}
        without = {replace(now, overridden=True) for now in allowed()[command] if not now.overridden}
        assert with_button == without, command


def test_a_better_world_never_forbids_what_a_worse_one_allows() -> None:
    for command, every in allowed().items():
        for now in every[::7]:
            better = replace(
                now, verdict=Verdict.SAFE, roof_moves=False, mount_moves=False, daylight=False,
                battery_low=False, stopped_by_hand=False,
            )  # fmt: skip
            assert isinstance(decide(better, command), Allowed), (now, command)


@cache
def refused_by_one_rule_only() -> dict[Rule, list[Decision]]:
    """The decisions that hang on a single rule: without it they would be allowed."""
    found: dict[Rule, list[Decision]] = {rule: [] for rule in RULES}
    for now in situations():
        for command in (one for one in C if one not in NEVER_REFUSED):
            rules = OVERRIDDEN_RULES if now.overridden and command in ROOFS else RULES
            against = list(islice((rule for rule in rules if rule(now, command)), 2))
            if len(against) == 1:
                found[against[0]].append((now, command))
    return found


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_without_any_one_of_the_rules_a_promise_is_broken(
    rule: Rule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interlock, "RULES", tuple(one for one in RULES if one is not rule))
    monkeypatch.setattr(
        interlock, "OVERRIDDEN_RULES", tuple(one for one in OVERRIDDEN_RULES if one is not rule)
    )
    let_through = refused_by_one_rule_only()[rule]
    assert let_through
    for now, command in let_through[:: max(1, len(let_through) // 100)]:
        assert isinstance(decide(now, command), Allowed)
        assert any(broken(now, command) for broken in PROMISES), (now, command)


def test_every_refusal_says_which_rule_and_what_to_do() -> None:
    said = {rule(now, command) for rule in RULES for now, command in refused_by_one_rule_only()[rule][:200]}
    refusals = [answer for answer in said if answer is not None]
    assert len({answer.reason for answer in refusals}) == len(RULES)
    assert all(answer.reason and answer.advice.endswith(".") for answer in refusals)
