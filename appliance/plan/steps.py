"""Steps: so many exposures of one kind, and templates of them that several targets share."""

from typing import Literal

from pydantic import Field

from appliance.profile.section import Section
from hardware.devices import FrameKind

FrameWord = Literal["light", "dark", "flat", "bias"]


class Camera(Section):
    """What a sub asks of the camera beside its exposure; None leaves what the profile or the camera has."""

    binning: int = Field(1, ge=1, le=4)
    gain: int | None = Field(None, ge=0)
    offset: int | None = Field(None, ge=0)
    readout_mode: str = ""

    def label(self) -> str:
        """A few words that tell these settings from others."""
        gain = "" if self.gain is None else f" gain {self.gain}"
        offset = "" if self.offset is None else f" offset {self.offset}"
        mode = f" {self.readout_mode}" if self.readout_mode else ""
        return f"bin{self.binning}{gain}{offset}{mode}"


class Step(Camera):
    """Subs of one kind: `count` exposures of `seconds` through `filter`, each the mean of `stack` of them.

    `dither_every` and `focus_every` subs of this step (0: never); `focus_before` its first sub.
    """

    description: str = ""
    frame: FrameWord = "light"
    filter: str = ""
    seconds: float = Field(gt=0, le=7200)
    count: int = Field(ge=1, le=100_000)
    stack: int = Field(1, ge=1, le=1000)
    dither_every: int = Field(1, ge=0)
    focus_before: bool = False
    focus_every: int = Field(0, ge=0)

    @property
    def kind(self) -> FrameKind:
        return FrameKind[self.frame.upper()]

    @property
    def exposed_seconds(self) -> float:
        """The exposure of one sub, all of its stack."""
        return self.seconds * self.stack

    def key(self) -> str:
        """Recognises the same step again, whatever its count, dithering and focusing."""
        frame = "" if self.frame == "light" else f"{self.frame} "
        stack = "" if self.stack == 1 else f" stack {self.stack}"
        return f"{frame}{self.filter or 'no filter'} {self.seconds:g}s {self.label()}{stack}"


class Template(Section):
    """Steps with a name, for several targets; `changed` (UTC, seconds since 1970) is its file's, if any."""

    description: str = ""
    step: tuple[Step, ...] = Field(min_length=1)
    changed: float | None = Field(None, exclude=True)
