"""A disk that is full, for subs only or to the brim: the night waits for room, and ends safe without it."""

from pathlib import Path

import pytest

from appliance.errors import DiskFull
from appliance.rehearsal.play import Played, play
from hardware.simulator.faults import Fault, FaultKind
from tests.appliance.rehearsal.long_night import BEGINS, long_night, target

BRIMFUL = 1.0


def fault(kind: FaultKind, hours: float, minutes: float, amount: float = 0.0) -> Fault:
    return Fault(kind, BEGINS + hours * 3600, 60 * minutes, "", amount)


def evening(folder: Path, *faults: Fault) -> Played:
    return play(long_night(folder, *faults, target=[target("M31", 1.5)]))


def errors(played: Played) -> list[str]:
    return [one.said.text for one in played.heard if one.said.level == "error"]


def test_before_a_sub_and_while_it_is_saved(tmp_path: Path) -> None:
    """First a save fails; then there is no room before the sub, until the disk has some again."""
    played = evening(tmp_path, fault(FaultKind.DISK_FULL, 1.5, 20))
    assert (played.outcome, played.breaches) == ("complete", ())
    (why,) = errors(played)
    assert "could not be saved" in why
    assert why.endswith("waiting until there is room.")
    waited = 60 * 20 - (heard(played, "waiting until there is room") - BEGINS - 1.5 * 3600)
    assert heard(played, "There is room on the disk again") - heard(played, "waiting until") > waited


def heard(played: Played, text: str) -> float:
    return next(one.at for one in played.heard if text in one.said.text)


@pytest.mark.parametrize("minutes", [30, 600, 900], ids=["for a while", "until dawn", "into the day"])
def test_without_room_for_the_journal(minutes: float, tmp_path: Path) -> None:
    """Parked, closed and warm all the same; what could not be written down is settled when it can be."""
    played = evening(tmp_path, fault(FaultKind.DISK_FULL, 1.5, minutes, BRIMFUL))
    assert played.outcome == {30: "complete", 600: "incomplete", 900: "failed"}[int(minutes)]
    assert played.breaches == ()


@pytest.mark.parametrize("other", [FaultKind.RAIN, FaultKind.CRASH])
def test_and_something_else_as_well(other: FaultKind, tmp_path: Path) -> None:
    """The night cannot be gone on with before there is room; it is, and nobody has to press Start."""
    played = evening(tmp_path, fault(FaultKind.DISK_FULL, 1.5, 60, BRIMFUL), fault(other, 1.7, 20, 1.0))
    assert (played.outcome, played.breaches) == ("complete", ())
    assert any("waiting until there is room" in one.said.text for one in played.heard)


def test_a_new_night_is_refused_where_there_is_no_room(tmp_path: Path) -> None:
    with pytest.raises(DiskFull):
        evening(tmp_path, fault(FaultKind.DISK_FULL, -1, 120))
