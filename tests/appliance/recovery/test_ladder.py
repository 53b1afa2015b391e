"""Which rung comes when: in order, each in its time, each once in a round."""

from hypothesis import given
from hypothesis import strategies as st

from appliance.profile import RecoverySection
from appliance.recovery.ladder import Ladder, Rung, Taken, ladder_of

ORDER = list(Rung)
some = st.frozensets(st.sampled_from(Rung), min_size=1)
seconds = st.floats(0, 3600)
ladders = st.builds(Ladder, st.fixed_dictionaries(dict.fromkeys(Rung, seconds)), st.floats(60, 7200))


def climbed(ladder: Ladder, able: frozenset[Rung], steps: int, lasting: float = 7.0) -> list[Taken]:
    """Every rung at the moment at which it may be taken, the device away from 100 s on."""
    taken: list[Taken] = []
    for _ in range(steps):
        due = ladder.due(100.0, tuple(taken), able)
        assert due is not None
        taken.append(Taken(due.rung, due.at + lasting))
    return taken


@given(ladders, some)
def test_a_round_takes_every_possible_rung_once_and_in_order(ladder: Ladder, able: frozenset[Rung]) -> None:
    taken = climbed(ladder, able, 2 * len(able))
    first, second = taken[: len(able)], taken[len(able) :]
    assert [one.rung for one in first] == [rung for rung in Rung if rung in able]
    assert [one.rung for one in second] == [one.rung for one in first]


@given(ladders, some)
def test_between_two_rungs_it_holds_off_and_longest_before_it_begins_anew(
    ladder: Ladder, able: frozenset[Rung]
) -> None:
    moment = 100.0
    for before, one in zip([None, *climbed(ladder, able, 9)], climbed(ladder, able, 9), strict=False):
        anew = before is not None and ORDER.index(one.rung) <= ORDER.index(before.rung)
        least = max(ladder.again, ladder.after[one.rung]) if anew else ladder.after[one.rung]
        assert one.at - 7.0 - moment >= least - 1e-6
        moment = one.at


@given(ladders, some)
def test_in_a_hurry_it_does_not_hold_off_but_begins_anew_no_sooner(
    ladder: Ladder, able: frozenset[Rung]
) -> None:
    due = ladder.due(100.0, (), able, eager=True)
    assert due is not None
    assert due.at == 100.0
    top = Taken(max(able, key=ORDER.index), 500.0)
    anew = ladder.due(100.0, (top,), able, eager=True)
    assert anew is not None
    assert anew.at >= 500.0 + ladder.again


def test_nothing_possible_is_nothing_due() -> None:
    assert ladder_of(RecoverySection()).due(0.0, (), frozenset()) is None


def test_what_became_impossible_is_left_out() -> None:
    """A driver that has gone shows no device to reconnect to."""
    ladder = ladder_of(RecoverySection())
    taken = (Taken(Rung.RECONNECT, 10.0),)
    due = ladder.due(0.0, taken, {Rung.RECONNECT, Rung.SERVER})
    assert due == Taken(Rung.SERVER, 70.0)
