"""What makes a dark or a bias fit a sub: exposure, temperature and the camera's settings."""

from dataclasses import dataclass
from typing import Literal

EXPOSURE_SECONDS = 2.0  # darks so much longer or shorter still fit,
EXPOSURE_SHARE = 0.1  # but not by more than this share of the exposure
CELSIUS = 1.0


@dataclass(frozen=True, slots=True)
class DarkKind:
    """None is whatever the camera has, or what a header does not tell: it fits everything. Bias: 0 s."""

    frame: Literal["dark", "bias"]
    seconds: float
    binning: int = 1
    gain: int | None = None
    offset: int | None = None
    readout_mode: str = ""
    celsius: float | None = None

    def fits(self, other: "DarkKind", within: float | None = None) -> bool:
        """Is the other one good for this? `within` seconds of its exposure, by default 2 s and 10 %."""
        if within is None:
            within = min(EXPOSURE_SECONDS, EXPOSURE_SHARE * self.seconds)
        same = (self.frame, self.binning) == (other.frame, other.binning)
        near = self.frame == "bias" or abs(self.seconds - other.seconds) <= within + 1e-6
        return same and near and self._settings_fit(other)

    def _settings_fit(self, other: "DarkKind") -> bool:
        pairs = (
            (self.gain, other.gain), (self.offset, other.offset),
            (self.readout_mode.lower() or None, other.readout_mode.lower() or None),
        )  # fmt: skip
        same = all(one is None or two is None or one == two for one, two in pairs)
        if self.celsius is None or other.celsius is None:
            return same
        return same and abs(self.celsius - other.celsius) <= CELSIUS

    def label(self) -> str:
        """For a person, and to recognise it again."""
        parts = [
            "bias" if self.frame == "bias" else f"dark {self.seconds:g} s",
            f"bin {self.binning}",
            *([] if self.gain is None else [f"gain {self.gain}"]),
            *([] if self.offset is None else [f"offset {self.offset}"]),
            *([self.readout_mode] if self.readout_mode else []),
            *([] if self.celsius is None else [f"{self.celsius:g} °C"]),
        ]
        return ", ".join(parts)
