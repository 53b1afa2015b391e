"""Drawn faults: the same for a seed, within their bounds, what the rig can suffer, as many as asked."""

import subprocess
import sys
from collections import Counter
from itertools import pairwise
from statistics import mean as average

from hypothesis import given
from hypothesis import strategies as st

from appliance.rehearsal.draw import COMPANY_SECONDS, FAILURES, FELT, NEEDED_IN_RAIN, SPITE, draw_faults
from appliance.rehearsal.fault_kinds import HABITS, strikable
from hardware.simulator.faults import FaultKind
from hardware.simulator.faulty import DEVICES

DUSK, DAWN = 1_795_204_800.0, 1_795_240_800.0
seeds = st.integers(0, 2**63)
rigs = st.frozensets(st.sampled_from(DEVICES))


@given(seeds, rigs, st.floats(0, 20))
def test_every_fault_is_within_its_bounds_and_strikes_what_is_there(
    seed: int, rig: frozenset[str], mean: float
) -> None:
    faults = draw_faults(seed, DUSK, DAWN, mean, rig).every
    assert list(faults) == sorted(faults, key=lambda fault: fault.begins)
    for fault in faults:
        habit = HABITS[fault.kind]
        assert DUSK - 30 <= fault.begins <= DAWN + len(faults) * COMPANY_SECONDS
        assert 60 * habit.minutes[1] - 0.1 <= fault.seconds <= 60 * habit.minutes[2] + 0.1
        assert habit.amount[1] - 0.01 <= abs(fault.amount) <= habit.amount[2] + 0.01
        assert fault.amount >= 0 or habit.both_ways
        assert fault.device in strikable(fault.kind, rig)
        assert fault.device in rig or not habit.strikes
        assert not habit.needs or rig.intersection(habit.needs)


@given(seeds, rigs)
def test_the_same_seed_gives_the_same_faults(seed: int, rig: frozenset[str]) -> None:
    assert draw_faults(seed, DUSK, DAWN, 5.0, rig) == draw_faults(
        seed, DUSK, DAWN, 5.0, frozenset(sorted(rig, reverse=True))
    )


@given(seeds)
def test_without_a_mean_or_a_night_there_is_nothing_to_stumble_over(seed: int) -> None:
    assert draw_faults(seed, DUSK, DAWN, 0.0).every == ()
    near = [fault.begins for fault in draw_faults(seed, DUSK, DUSK, 3.0).every]
    assert all(DUSK - 30 <= moment <= DUSK + len(near) * COMPANY_SECONDS for moment in near)


def test_troubles_come_in_company() -> None:
    """Within minutes of the one before much oftener than chance would have it; rain above all."""
    nights = [draw_faults(seed, DUSK, DAWN).every for seed in range(200)]
    gaps = [b.begins - a.begins for night in nights for a, b in pairwise(night)]
    assert sum(gap <= COMPANY_SECONDS for gap in gaps) > 0.25 * len(gaps)
    needed = [
        other
        for night in nights
        for rain in night
        for other in night
        if rain.kind is FaultKind.RAIN
        and other.device in NEEDED_IN_RAIN
        and -30 <= other.begins - rain.begins <= 60
    ]
    assert len(needed) > 0.3 * sum(one.kind is FaultKind.RAIN for night in nights for one in night)


def test_what_sets_the_clock_wrong_often_restarts_the_box() -> None:
    nights = [draw_faults(seed, DUSK, DAWN).every for seed in range(600)]
    jumps = [(one, night) for night in nights for one in night if one.kind is FaultKind.CLOCK_JUMP]
    felt = [
        jump
        for jump, night in jumps
        if any(
            one.kind is FaultKind.CRASH and 0 <= one.begins - jump.begins <= COMPANY_SECONDS for one in night
        )
    ]
    assert 0.55 * len(jumps) < len(felt) < 0.9 * len(jumps)


def test_the_draw_depends_on_no_hash_and_no_machine() -> None:
    """Written down once: a change of these lines changes every replay command ever printed."""
    text = "from appliance.rehearsal.draw import *\n"
    text += f"for f in draw_faults(7, {DUSK}, {DAWN}, 8.0, frozenset(DEVICES) - {{'guider'}}).every:\n"
    text += (
        f"    print(f.kind.value, round(f.begins - {DUSK}, 1), f.seconds, f.device or '-', f.amount, sep='|')"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", text], env={"PYTHONHASHSEED": salt, "PYTHONPATH": "."},
            capture_output=True, text=True, check=True,
        ).stdout
        for salt in ("1", "2")
    }  # fmt: skip
    assert told == {SEVEN}


SEVEN = """\
device lost|13406.3|29.2|camera|0.0
rain|13508.9|824.1|-|2.58
device lost|14280.5|41.9|gnss|0.0
client gone|14308.8|971.4|-|0.0
star-poor field|18267.7|375.9|-|0.0
command ignored|18466.1|316.1|cover|0.0
"""


def test_many_nights_have_the_mean_number_and_every_kind_by_its_weight() -> None:
    nights = [draw_faults(seed, DUSK, DAWN, 3.0).every for seed in range(4000)]
    # 3.6 standard errors, besides what follows the rain out of spite
    told = Counter(fault.kind for night in nights for fault in night)
    spiteful = (SPITE * told[FaultKind.RAIN] + FELT * told[FaultKind.CLOCK_JUMP]) / len(nights)
    assert abs(average(map(len, nights)) - spiteful - 3.0) < 0.1
    assert {len(night) for night in nights} >= {0, 1, 2, 3, 4, 5, 6, 7}
    kinds = Counter(fault.kind for night in nights for fault in night)
    total, weights = kinds.total() - spiteful * len(nights), sum(habit.weight for habit in HABITS.values())
    for kind in set(FaultKind) - {*FAILURES, FaultKind.CRASH}:  # those come of others as well
        expected = total * HABITS[kind].weight / weights
        assert abs(kinds[kind] - expected) < 5 * expected**0.5, kind
    signs = Counter(
        fault.amount > 0 for night in nights for fault in night if fault.kind is FaultKind.CLOCK_JUMP
    )
    assert min(signs.values()) > 0.4 * signs.total()


def test_usual_values_lie_within_what_is_drawn_and_every_kind_is_known() -> None:
    assert set(HABITS) == set(FaultKind)
    for habit in HABITS.values():
        for usual, least, most in (habit.minutes, habit.amount):
            assert least <= usual <= most or usual == 0
        assert set(habit.needs) | set(habit.strikes) <= set(DEVICES)
