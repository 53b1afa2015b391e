"""The observer: the only maker of datetimes, and where the telescope stands."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from hardware.devices import Site


@dataclass(slots=True, eq=False)
class Observer:
    """UTC follows the event loop's clock from one anchor, so virtual time moves the sky too.

    `epoch_unix` is UTC (seconds since 1970) at loop time `epoch_loop`; only `correct` changes them.
    """

    site: Site
    epoch_unix: float = field(default_factory=time.time)
    epoch_loop: float = field(default_factory=lambda: asyncio.get_running_loop().time())

    def unix(self, moment: float | None = None) -> float:
        """UTC in seconds since 1970 at a moment of the loop's clock, by default this one."""
        loop = asyncio.get_running_loop().time() if moment is None else moment
        return self.epoch_unix + loop - self.epoch_loop

    def correct(self, utc_unix: float, at: float | None = None) -> None:
        """It was this UTC (seconds since 1970) at a moment of the loop's clock, by default now.

        For a box that woke up without knowing the time, before anything depends on it.
        """
        self.epoch_loop = asyncio.get_running_loop().time() if at is None else at
        self.epoch_unix = utc_unix

    def now(self) -> datetime:
        """The present, aware and in UTC."""
        return self.at(None)

    def at(self, moment: float | None) -> datetime:
        """The datetime of a moment of the loop's clock."""
        return datetime.fromtimestamp(self.unix(moment), UTC)
