"""The storm, every time: some hundred nights with faults, and a handful with pixels.

It takes minutes of a core that the nights in real time leave idle, so it is played beside them
(tests/conftest.py); a file with at least three tests is given no second one meanwhile.
"""

import json
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest

from hardware.simulator.faults import FaultKind
from tests.night.storm_run import NIGHTS, PIXEL_NIGHTS

Results = list[dict[str, Any]]
pytestmark = pytest.mark.timeout(3600)


@pytest.fixture(scope="module")
def results() -> Results:
    # A process of its own, for it makes way for all others.
    command = [sys.executable, "-m", "tests.night.storm_run"]
    played = subprocess.run(command, capture_output=True, text=True, check=False)
    assert played.returncode == 0, played.stderr
    found: Results = json.loads(played.stdout)
    return found


def broken(results: Results) -> str:
    """A line to replay each night that broke something."""
    return "".join(
        f"\nnightbox storm --seed {one['seed']}{' --pixels' if one['pixels'] else ''}: {one['breaches']}"
        for one in results
        if one["breaches"]
    )


def test_no_night_breaks_an_invariant(results: Results) -> None:
    fast = [one for one in results if not one["pixels"]]
    assert len(fast) == NIGHTS
    assert not broken(fast), broken(fast)


def test_no_night_with_pixels_breaks_one(results: Results) -> None:
    drawn = [one for one in results if one["pixels"]]
    assert len(drawn) == PIXEL_NIGHTS
    assert not broken(drawn), broken(drawn)


def test_the_storm_was_one(results: Results) -> None:
    """Every kind of fault, crashes in plenty, and subs all the same: troubles must not end the nights."""
    fast = [one for one in results if not one["pixels"]]
    assert set(Counter(kind for one in fast for kind in one["faults"])) == {kind.value for kind in FaultKind}
    assert sum(one["crashes"] for one in fast) > NIGHTS / 4
    assert sum(one["exposed"] for one in results) / 3600 > 3 * len(results)
    outcomes = Counter(one["outcome"] for one in results)
    assert set(outcomes) <= {"complete", "incomplete", "failed"}
    assert outcomes["failed"] <= 0.03 * len(results), outcomes
