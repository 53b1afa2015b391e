"""A plan: what to take tonight, from a TOML file a person can read."""

from pathlib import Path

from pydantic import Field, model_validator

from appliance.errors import BadPlan
from appliance.profile import Section, load_toml
from hardware.devices import FrameKind


class Step(Section):
    """Subs of one kind: `count` exposures of `seconds` through `filter`."""

    filter: str = ""
    seconds: float = Field(gt=0, le=7200)
    count: int = Field(ge=1, le=100_000)
    binning: int = Field(1, ge=1, le=4)
    gain: int | None = Field(None, ge=0)
    offset: int | None = Field(None, ge=0)
    dither_every: int = Field(1, ge=0)

    @property
    def kind(self) -> FrameKind:
        return FrameKind.LIGHT

    def key(self) -> str:
        """Recognises the same step again, whatever its count and dithering."""
        gain = "" if self.gain is None else f" gain {self.gain}"
        return f"{self.filter or 'no filter'} {self.seconds:g}s bin{self.binning}{gain}"


class Target(Section):
    """One place on the sky, by catalogue name or by its own J2000 degrees."""

    name: str = Field(min_length=1)
    ra_deg: float | None = Field(None, ge=0, lt=360)
    dec_deg: float | None = Field(None, ge=-90, le=90)
    min_altitude_deg: float = Field(15.0, ge=-5, le=90)
    step: tuple[Step, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _both_or_neither(self) -> "Target":
        if (self.ra_deg is None) != (self.dec_deg is None):
            raise ValueError("give both ra_deg and dec_deg, or neither and a catalogue name")
        return self


class Plan(Section):
    """Targets in order, and how the night begins and ends."""

    name: str = Field(min_length=1)
    target: tuple[Target, ...] = Field(min_length=1)
    cool: bool = True
    focus_at_start: bool = True
    focus_on_filter_change: bool = True
    park_at_end: bool = True
    warm_at_end: bool = True

    @property
    def total(self) -> int:
        """Subs in the whole plan."""
        return sum(step.count for target in self.target for step in target.step)


def step_keys(plan: Plan) -> list[list[str]]:
    """A key for every step of every target, unique within the plan and stable when counts change."""
    seen: dict[str, int] = {}
    keys: list[list[str]] = []
    for target in plan.target:
        keys.append([])
        for step in target.step:
            key = f"{target.name}: {step.key()}"
            seen[key] = seen.get(key, 0) + 1
            keys[-1].append(key if seen[key] == 1 else f"{key} ({seen[key]})")
    return keys


def load_plan(path: Path) -> Plan:
    """Read and check a plan; BadPlan names the field, the value and the remedy."""
    return load_toml(path, Plan, BadPlan)
