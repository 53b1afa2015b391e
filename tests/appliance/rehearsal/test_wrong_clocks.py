"""A clock that is wrong: felt by a box that starts, and set right by satellites or by a person's phone."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from appliance.profile import Profile
from appliance.rehearsal.play import Played, play
from appliance.rehearsal.storm import made
from hardware.simulator.faults import Fault, FaultKind
from tests.appliance.rehearsal.long_night import BEGINS, PROFILE, long_night, simulated, target

CRASH = Fault(FaultKind.CRASH, BEGINS + 1.6 * 3600, 60.0, amount=5.0)
ALONE: dict[str, Any] = {"startup": {"check_clock": True}}


def jump(hours: float, seconds: float) -> Fault:
    return Fault(FaultKind.CLOCK_JUMP, BEGINS + hours * 3600, 0.0, amount=seconds)


def evening(folder: Path, *faults: Fault, **rig: Any) -> Played:
    night = long_night(made(folder), *faults, target=[target("M31", 1.5)])
    return play(replace(night, profile=Profile.model_validate({**PROFILE, **rig})))


def off_by(played: Played) -> float:
    """Seconds by which the box's clock was wrong for the words that it wrote last."""
    last = played.heard[-1]
    line = (played.scenario.folder / "nightbox.log").read_text(encoding="utf-8").splitlines()[-1]
    hours, minutes, seconds = (int(part) for part in line.split()[0].split(":"))
    return (hours * 3600 + minutes * 60 + seconds - last.at % 86400 + 43200) % 86400 - 43200


def test_a_jump_while_it_runs_is_no_matter(tmp_path: Path) -> None:
    """The box asked the machine's clock when it started: byte for byte the same night."""
    journals = [
        hashlib.sha256((evening(tmp_path / str(n), *faults).scenario.folder / "journal.sqlite").read_bytes())
        for n, faults in enumerate([(), (jump(1.2, 5000.0),)])
    ]
    assert journals[0].hexdigest() == journals[1].hexdigest()


@pytest.mark.parametrize("seconds", [3000.0, -3000.0])
def test_who_starts_again_believes_it(seconds: float, tmp_path: Path) -> None:
    """Where nothing tells better; it looks where it points, and takes its subs all the same."""
    played = evening(tmp_path / "night", jump(1.5, seconds), CRASH)
    assert (played.crashes, played.breaches) == (1, ())
    assert off_by(played) == pytest.approx(seconds, abs=2)


@pytest.mark.parametrize("seconds", [3000.0, -3000.0])
def test_the_satellites_set_it_right(seconds: float, tmp_path: Path) -> None:
    played = evening(tmp_path / "night", jump(1.5, seconds), CRASH, gnss=simulated("GNSS"), **ALONE)
    assert (played.outcome, played.breaches) == ("complete", ())
    way = "slow" if seconds < 0 else "fast"
    assert any(f"3000 s {way}: set by the satellites" in one.said.text for one in played.heard)
    assert off_by(played) == pytest.approx(0, abs=2)


def test_a_person_sets_it_with_the_phone(tmp_path: Path) -> None:
    """Also before the first sub: nothing has moved until then."""
    played = evening(tmp_path / "night", jump(-1.0, -9000.0), **ALONE)
    assert (played.outcome, played.breaches) == ("complete", ())
    assert any("The clock was set by a phone" in one.said.text for one in played.heard)
    assert off_by(played) == pytest.approx(0, abs=2)


def test_while_the_person_is_away_the_mount_keeps_within_its_limits(tmp_path: Path) -> None:
    """The phone is gone for two hours, in which M31 crosses the meridian."""
    gone = Fault(FaultKind.CLIENT_GONE, BEGINS + 1.5 * 3600, 7200.0)
    played = evening(tmp_path / "night", jump(1.5, -3000.0), CRASH, gone, **ALONE)
    assert played.breaches == ()
