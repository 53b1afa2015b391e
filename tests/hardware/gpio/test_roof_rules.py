"""Every stand a roof can have, and what may follow: all of them, one by one."""

from itertools import product

from hardware.devices import RoofState
from hardware.gpio.roof_rules import Motor, Stand, Verdict, decide, where

TURNING = (Motor.OPENING, Motor.CLOSING)
EVERY = [
    Stand(goal, opened, closed, motor, overtime, overdue, rested)
    for goal, motor in product(TURNING, Motor)
    for opened, closed, overtime, overdue, rested in product((False, True), repeat=5)
]


def test_what_holds_in_every_stand() -> None:
    assert len(EVERY) == 2 * 3 * 2**5 == 192
    for stand in EVERY:
        step = decide(stand)
        assert step.motor in {Motor.OFF, stand.goal}, "it never turns away from its goal"
        if step.verdict is not Verdict.GOES_ON:
            assert step.motor is Motor.OFF, "whatever ends a movement leaves the motor off"
        if stand.open_limit and stand.closed_limit:
            assert step.verdict is Verdict.CONTRADICTION
        elif stand.arrived:
            assert step.verdict is Verdict.ARRIVED
        else:
            assert step.verdict not in {Verdict.CONTRADICTION, Verdict.ARRIVED}
        if stand.motor is stand.goal and stand.overtime:
            assert step.motor is Motor.OFF, "no motor runs over its time"
        if stand.motor is stand.goal and stand.overdue and stand.behind:
            assert step.motor is Motor.OFF, "no motor pulls at a roof that does not leave"
        if stand.motor is not stand.goal and step.motor is stand.goal:
            assert stand.motor is Motor.OFF, "no reversal without a stop"
            assert stand.rested, "and without a pause"
        if stand.goal is Motor.OPENING and stand.open_limit:
            assert step.motor is Motor.OFF, "it is not pressed into its end"
        if stand.goal is Motor.CLOSING and stand.closed_limit:
            assert step.motor is Motor.OFF


def test_a_movement_begins_and_goes_on_where_nothing_speaks_against_it() -> None:
    for goal in TURNING:
        behind = {"open_limit": goal is Motor.CLOSING, "closed_limit": goal is Motor.OPENING}
        start = Stand(goal=goal, motor=Motor.OFF, overtime=True, overdue=True, rested=True, **behind)
        assert decide(start).motor is goal, "how long it stood does not count as running"
        under_way = Stand(goal, False, False, goal, overtime=False, overdue=True, rested=False)
        assert decide(under_way).motor is goal


def test_where_it_is_comes_from_its_switches() -> None:
    for opened, closed, motor in product((False, True), (False, True), Motor):
        state = where(opened, closed, motor)
        if opened and closed:
            assert state is None
        if state is RoofState.OPEN:
            assert opened
        if state is RoofState.CLOSED:
            assert closed
        if motor is Motor.OFF and not opened and not closed:
            assert state is RoofState.UNKNOWN
        if state is RoofState.MOVING:
            assert motor is not Motor.OFF
        if motor is Motor.OPENING and not opened:
            assert state in {RoofState.MOVING, None}, "one that sets out is not closed any more"
