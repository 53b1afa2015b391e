"""Faults files: when a fault begins, what may be left out, and errors that name field, value and remedy."""

from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.errors import BadInput
from appliance.rehearsal.fault_files import faults_from
from appliance.rehearsal.fault_kinds import HABITS
from hardware.simulator.faults import Fault, FaultKind

START = 1_795_203_900.0  # 2026-11-20 19:45 UTC
MIDNIGHT = 1_795_219_200.0
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        path = tmp_path / "faults.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def one(path: Path) -> Fault:
    (fault,) = faults_from(path, START).every
    return fault


def test_all_that_can_be_said_of_a_fault(write: Write) -> None:
    path = write(
        """
        [[fault]]
        kind = "device lost"
        device = "mount"
        after_minutes = 95
        minutes = 2.5

        [[fault]]
        kind = "rain"
        at = "23:40"
        minutes = 20
        amount = 0.8
        """
    )
    assert faults_from(path, START).every == (
        Fault(FaultKind.DEVICE_LOST, START + 95 * 60, 150.0, "mount", 0.0),
        Fault(FaultKind.RAIN, MIDNIGHT - 20 * 60, 1200.0, "", 0.8),
    )


def test_faults_come_in_order_of_time(write: Write) -> None:
    path = write("".join(f'[[fault]]\nkind = "rain"\nafter_minutes = {n}\n' for n in (30, 10, 20)))
    begun = [(fault.begins - START) / 60 for fault in faults_from(path, START).every]
    assert begun == [10, 20, 30]


@pytest.mark.parametrize(
    ("at", "begins"),
    [
        ('"19:45"', START),
        ('"19:45:01"', START + 1),
        ('"00:00"', MIDNIGHT),
        ('"1:30"', MIDNIGHT + 5400),
        ('"19:44"', START - 60 + 86400),
        ("23:40:30", MIDNIGHT - 1170),  # TOML's own time
    ],
)
def test_a_time_is_the_first_one_after_the_start(write: Write, at: str, begins: float) -> None:
    assert one(write(f'[[fault]]\nkind = "crash"\nat = {at}')).begins == begins


@pytest.mark.parametrize("kind", FaultKind, ids=lambda kind: kind.name)
def test_every_kind_has_its_defaults(write: Write, kind: FaultKind) -> None:
    fault = one(write(f'[[fault]]\nkind = "{kind.value}"\nafter_minutes = 0'))
    habit = HABITS[kind]
    assert fault.kind is kind
    assert (fault.seconds, fault.amount) == (60 * habit.minutes[0], habit.amount[0])
    striking = {FaultKind.DEVICE_LOST, FaultKind.SILENT, FaultKind.STUCK, FaultKind.IGNORED}
    assert (fault.device != "") == (kind in striking)


def test_a_person_can_say_zero(write: Write) -> None:
    fault = one(write('[[fault]]\nkind = "clouds"\nafter_minutes = 0\nminutes = 0\namount = 0'))
    assert (fault.begins, fault.seconds, fault.amount) == (START, 0.0, 0.0)


def test_an_empty_file_is_a_calm_night(write: Write) -> None:
    assert faults_from(write(""), START).every == ()


RAIN = '[[fault]]\nkind = "rain"\n'


@pytest.mark.parametrize(
    ("text", "field", "said", "advice"),
    [
        (
            '[[fault]]\nkind = "sharks"\nat = "23:00"',
            "fault.0.kind",
            "'sharks'",
            "Correct it in faults.toml.",
        ),
        ('[[fault]]\nat = "23:00"', "fault.0.kind", "does not say it", "Add fault.0.kind"),
        (RAIN, "fault.0", "either at or after_minutes", "Correct it"),
        (RAIN + 'at = "23:00"\nafter_minutes = 3', "fault.0", "either at or after_minutes", "Correct it"),
        (RAIN + 'at = "25:00"', "fault.0.at", "'25:00' does not fit: it must be a UTC time", "Correct it"),
        (RAIN + "at = 23", "fault.0.at", "23 does not fit: it must be a UTC time", "Correct it"),
        (RAIN + "after_minutes = -1", "fault.0.after_minutes", "-1", "Correct it"),
        (RAIN + "after_minutes = nan", "fault.0.after_minutes", "nan", "Correct it"),
        (RAIN + "after_minutes = 1\nminutes = inf", "fault.0.minutes", "inf", "Correct it"),
        (RAIN + "after_minutes = 1\namount = inf", "fault.0.amount", "inf", "Correct it"),
        (
            RAIN + "after_minutes = 1\nlong = 3",
            "fault.0.long",
            "unknown key",
            "kind, at, after_minutes, minutes",
        ),
        (
            RAIN + 'after_minutes = 1\ndevice = "roof"',
            "fault.0",
            "rain takes no device, not 'roof'",
            "Correct it",
        ),
        (
            '[[fault]]\nkind = "command ignored"\nafter_minutes = 1\ndevice = "gnss"',
            "fault.0",
            "command ignored can strike mount, focuser",
            "Correct it",
        ),
        ("[[fault]\n", "faults.toml", "not TOML", "Correct"),
    ],
)
def test_what_does_not_fit_is_named(write: Write, text: str, field: str, said: str, advice: str) -> None:
    with pytest.raises(BadInput) as bad:
        faults_from(write(text), START)
    assert bad.value.field.endswith(field)
    assert said in bad.value.sentence
    assert advice in bad.value.advice


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        faults_from(tmp_path / "none.toml", START)
