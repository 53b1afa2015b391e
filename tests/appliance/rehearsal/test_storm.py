"""The storm's own arithmetic; the storm itself is in tests/night."""

import hashlib

import pytest

from appliance.rehearsal.figures import cost_minutes, table
from appliance.rehearsal.play import Played
from appliance.rehearsal.storm import RAISED, Result, one_night
from hardware.virtual_time import Standstill


def journals_of(seed: int, *, pixels: bool = False) -> list[str]:
    """The journal of a seed's night, played twice."""
    journals: list[str] = []

    def keep(played: Played) -> None:
        journal = played.scenario.folder / "journal.sqlite"
        journals.append(hashlib.sha256(journal.read_bytes()).hexdigest())

    results = [one_night(seed, pixels, tell=keep) for _ in range(2)]
    assert results[0] == results[1]
    return journals


@pytest.mark.parametrize(("seed", "pixels"), [(20, False), (3, True)])
@pytest.mark.timeout(400)
def test_a_seed_gives_the_same_night_again_byte_for_byte(seed: int, pixels: bool) -> None:
    first, again = journals_of(seed, pixels=pixels)
    assert first == again


def test_a_night_that_raises_is_broken_and_the_storm_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def raising(*_: object) -> None:
        raise Standstill("everybody waits")

    monkeypatch.setattr("appliance.rehearsal.storm.play", raising)
    result = one_night(20)
    assert (result.seed, result.outcome, result.exposed) == (20, RAISED, 0.0)
    assert result.faults
    assert [(one.name, one.seen) for one in result.breaches] == [
        ("bugs", "the night itself failed: Standstill('everybody waits')")
    ]


def test_the_cost_of_each_kind_is_told_apart() -> None:
    """Rain costs 60 minutes and a crash 10 in this made-up storm."""
    nights = [
        Result(seed, "complete", faults, 36_000 - 60 * lost, 36_000.0, faults.count("crash"), 1, ())
        for seed, (faults, lost) in enumerate(
            [
                (("rain",), 60.0),
                (("crash",), 10.0),
                (("rain", "crash"), 70.0),
                ((), 0.0),
                (("crash",) * 2, 20.0),
            ]
        )
    ]
    costs = cost_minutes(nights)
    assert costs["crash"] == pytest.approx((10.0, 0.0), abs=1e-9)
    assert costs["rain"] == pytest.approx((60.0, 0.0), abs=1e-9)
    assert table(nights)[1:] == [
        "crash                   3      3   10.0 ± 0.0",
        "rain                    2      2   60.0 ± 0.0",
    ]


def test_what_nights_differ_in_by_chance_is_told_as_an_error() -> None:
    """Rain costs 50 to 70 minutes here, a crash nothing or as much as it gains."""
    nights = [
        Result(seed, "complete", (kind,), 36_000 - 60 * lost, 36_000.0, 0, 1, ())
        for seed, (kind, lost) in enumerate(
            [("rain", 50.0), ("rain", 70.0), ("crash", -10.0), ("crash", 10.0), ("crash", 0.0)]
        )
    ]
    costs = cost_minutes(nights)
    assert costs["rain"] == pytest.approx((60.0, (400 / 3 / 2) ** 0.5))
    assert costs["crash"] == pytest.approx((0.0, (400 / 3 / 3) ** 0.5), abs=1e-9)
