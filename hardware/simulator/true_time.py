"""The true time of the simulated world, whatever the box believes."""

from collections.abc import Callable


class TrueTime:
    """UTC in seconds since 1970 at a moment of the loop's clock, None is now.

    One object that all parts of a sky hold, so that a copy of the sky can be given another clock.
    """

    def __init__(self, utc: Callable[[float | None], float]) -> None:
        self._utc = utc

    def __call__(self, moment: float | None = None) -> float:
        return self._utc(moment)

    @classmethod
    def of(cls, utc: "Callable[[float | None], float] | TrueTime") -> "TrueTime":
        """The same object where it is one already."""
        return utc if isinstance(utc, cls) else cls(utc)
