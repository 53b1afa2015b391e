"""Two planted bugs in nights that nobody made for them: seeds of the storm catch them."""

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from appliance.imaging.atomic import Sync, new_file
from appliance.rehearsal.scenario import Scenario
from appliance.rehearsal.storm import one_night
from appliance.rehearsal.weathered import storm_night
from appliance.safety.interlock import ALLOWED
from hardware.simulator.faults import FaultKind
from tests.appliance.rehearsal.test_planted_bugs import for_ever

Patch = pytest.MonkeyPatch
pytestmark = pytest.mark.timeout(400)

AWAY = {FaultKind.DEVICE_LOST, FaultKind.SILENT, FaultKind.IGNORED, FaultKind.STUCK}


def seeds(wanted: Callable[[Scenario], bool], most: int = 300) -> Iterator[int]:
    """Those of the first seeds in whose nights it could show; only these are played."""
    return (seed for seed in range(1, most) if wanted(storm_night(seed, Path("nowhere"))))


def caught(seeds: Iterator[int], name: str) -> bool:
    return any(name in {breach.name for breach in one_night(seed).breaches} for seed in islice(seeds, 6))


def rains_while_the_mount_is_away(night: Scenario) -> bool:
    roof, faults = night.profile.roof, night.faults.every
    away = [one for one in faults if one.device == "mount" and one.kind in AWAY]
    rains = [one for one in faults if one.kind is FaultKind.RAIN]
    met = any(one.begins - 60 <= rain.begins <= one.begins + one.seconds for one in away for rain in rains)
    return met and roof is not None and not roof.clears


def test_a_roof_that_closes_without_asking_the_park_sensor(monkeypatch: Patch) -> None:
    monkeypatch.setattr("appliance.safety.gatekeeper.decide", lambda _now, _command: ALLOWED)
    monkeypatch.setattr("appliance.safety.gatekeeper.Gatekeeper._released", for_ever)
    assert caught(seeds(rains_while_the_mount_is_away), "roof")


def test_subs_marked_saved_before_they_are_synced(monkeypatch: Patch) -> None:
    """A crash comes, and the disk has nothing but names."""

    def hasty(path: Path, replace: bool = False, *, sync: Sync) -> Any:
        def folders(descriptor: int, path: Path) -> None:
            if path.is_dir():
                sync(descriptor, path)

        return new_file(path, replace, folders)

    def dies(night: Scenario) -> bool:
        return any(one.kind is FaultKind.CRASH for one in night.faults.every)

    monkeypatch.setattr("appliance.rehearsal.sketching.new_file", hasty)
    assert caught(seeds(dies), "files")
