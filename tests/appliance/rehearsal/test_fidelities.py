"""Pixels and sketches of the same stormy night: the same steps at the same times, the same subs."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from appliance.rehearsal.play import Played, play
from appliance.rehearsal.storm import exposed, made
from appliance.rehearsal.weathered import storm_night

pytestmark = pytest.mark.timeout(400)

# Nights with a crash, lost mains, clouds, a lost and a silent device, and rain.
SEEDS = (1, 3, 7)
SECONDS = 90.0  # a look more or less, and what follows from it


def spans(played: Played) -> list[tuple[str, float]]:
    with closing(sqlite3.connect(played.scenario.folder / "journal.sqlite")) as database:
        return list(database.execute("SELECT name, started FROM span ORDER BY id"))


@pytest.mark.parametrize("seed", SEEDS)
def test_both_fidelities_tell_the_same_night(seed: int, tmp_path: Path) -> None:
    real = play(storm_night(seed, made(tmp_path / "real"), pixels=True))
    fast = play(storm_night(seed, made(tmp_path / "fast"), pixels=True, sketched=True))
    assert (real.scenario.fast, fast.scenario.fast) == (False, True)
    assert real.scenario.faults == fast.scenario.faults
    assert (real.outcome, real.crashes, real.breaches) == (fast.outcome, fast.crashes, fast.breaches)
    assert exposed(real) == exposed(fast)
    assert [name for name, _ in spans(real)] == [name for name, _ in spans(fast)]
    for (name, there), (_, here) in zip(spans(real), spans(fast), strict=True):
        assert there == pytest.approx(here, abs=SECONDS), name
