"""A faults file: what goes wrong tonight, in a person's words.

    [[fault]]
    kind = "rain"
    at = "23:40"
    minutes = 20

    [[fault]]
    kind = "device lost"
    device = "mount"
    after_minutes = 95

`kind` is one of FaultKind's names. `at` is a UTC time, the first after the rehearsal's start;
`after_minutes` counts from there. What is left out (minutes, amount, device) is the usual of the kind, from
`fault_kinds.HABITS`.
"""

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from appliance.errors import BadInput
from appliance.profile import Section, load_toml
from appliance.rehearsal.fault_kinds import HABITS
from appliance.rehearsal.moments import clock_seconds, next_at
from hardware.simulator.faults import Fault, FaultKind, Faults

LONGEST_MINUTES = 7 * 24 * 60.0


class FaultSection(Section):
    """One [[fault]]."""

    kind: FaultKind
    at: Annotated[int, BeforeValidator(clock_seconds)] | None = None
    after_minutes: float | None = Field(None, ge=0, le=LONGEST_MINUTES)
    minutes: float | None = Field(None, ge=0, le=LONGEST_MINUTES)
    device: str | None = None
    amount: float | None = Field(None, allow_inf_nan=False)

    @model_validator(mode="after")
    def _one_moment(self) -> "FaultSection":
        if (self.at is None) == (self.after_minutes is None):
            raise ValueError("say when it begins: either at or after_minutes")
        return self

    @model_validator(mode="after")
    def _a_device_it_can_strike(self) -> "FaultSection":
        strikes = HABITS[self.kind].strikes
        if self.device is not None and self.device not in strikes:
            can = f"can strike {', '.join(strikes)}" if strikes else "takes no device"
            raise ValueError(f"{self.kind.value} {can}, not {self.device!r}")
        return self

    def fault(self, start_unix: float) -> Fault:
        """In a night that starts then (UTC, seconds since 1970)."""
        habit = HABITS[self.kind]
        begins = (
            start_unix + 60 * (self.after_minutes or 0.0) if self.at is None else next_at(self.at, start_unix)
        )
        minutes = habit.minutes[0] if self.minutes is None else self.minutes
        amount = habit.amount[0] if self.amount is None else self.amount
        device = self.device or next(iter(habit.strikes), "")
        return Fault(self.kind, begins, 60.0 * minutes, device, amount)


class FaultsFile(Section):
    """The whole file."""

    fault: tuple[FaultSection, ...] = ()


def faults_from(path: Path, start_unix: float) -> Faults:
    """Read a faults file for a night that starts then; BadInput names the field, the value and the remedy."""
    sections = load_toml(path, FaultsFile, BadInput).fault
    faults = (section.fault(start_unix) for section in sections)
    return Faults(tuple(sorted(faults, key=lambda fault: fault.begins)))
