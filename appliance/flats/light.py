"""What a flat shall be, and what takes it: the same for twilight, panel and wizard."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

SAMPLE = 256  # pixels a side are enough for a level to a tenth of a percent
FULL_SHARE = 0.95  # of where a pixel is full: beyond it the level says little
LEAST_ADU = 1.0


@dataclass(frozen=True, slots=True)
class Aim:
    """A level in ADU as read out, within a share of it, by an exposure within limits (seconds).

    `bias` is the level without light, `full` where pixels are full.
    """

    adu: float
    tolerance: float
    shortest: float
    longest: float
    bias: float
    full: float = 65_535.0

    @property
    def light(self) -> float:
        """ADU over the bias."""
        return max(self.adu - self.bias, LEAST_ADU)

    def hits(self, level: float) -> bool:
        """Is that near enough?"""
        return abs(level - self.adu) <= self.tolerance * self.adu

    def light_of(self, level: float) -> float:
        """ADU over the bias in a frame; a full one had more than it shows, taken for four times as much."""
        seen = max(level - self.bias, LEAST_ADU)
        return 4 * seen if level >= FULL_SHARE * self.full else seen

    def fitted(self, seconds: float) -> float:
        """Within the limits, with four digits: it is written into names."""
        return float(f"{min(max(seconds, self.shortest), self.longest):.4g}")


@dataclass(frozen=True, slots=True, eq=False)
class Exposed:
    """A frame that waits for the verdict: its level in ADU as read out, when it began (loop time)."""

    level: float
    seconds: float
    begins: float
    frame: Any = None


class FlatFrames(Protocol):
    """The rig, seen by who takes flats. Errors of its devices leave as they are."""

    async def missing(self, filter_: str) -> int:
        """How many are still wanted."""
        ...

    def through(self, filter_: str) -> AbstractAsyncContextManager[None]:
        """Work on one filter, which is selected for the length of the block."""
        ...

    async def expose(self, filter_: str, seconds: float) -> Exposed: ...

    async def keep(self, exposed: Exposed) -> None:
        """It counts."""
        ...

    async def drop(self, exposed: Exposed) -> None:
        """It does not count."""
        ...

    async def ready(self) -> bool:
        """Waits while paused; False when there is no time for another."""
        ...


def level(pixels: NDArray[np.uint16]) -> float:
    """The median of the middle quarter, in ADU; of a colour sensor the mean of its four colours' medians.

    The middle is what the eye and every other program judge a flat by: corners are darker.
    """
    rows, columns = pixels.shape
    middle = pixels[rows // 4 : rows - rows // 4, columns // 4 : columns - columns // 4]
    step = max(1, min(middle.shape) // SAMPLE) | 1  # odd: every colour of a Bayer pattern is met
    few = middle[::step, ::step]
    colours = [few[i::2, j::2] for i in (0, 1) for j in (0, 1)]
    return float(np.mean([np.median(one) for one in colours if one.size]))
