"""The journal of a rehearsed night, on its slow or full disk."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from appliance.errors import DiskFull
from appliance.journal import Journal, Record
from hardware.simulator.faults import FaultKind, Faults

Utc = Callable[[float | None], float]
# A line of the journal takes this share of what a slow disk takes for a sub.
SHARE = 0.05
BRIMFUL = 0.5  # from this amount on a full disk has no room for the journal either


class TroubledJournal(Journal):
    """As the real one; a write takes its time, and raises DiskFull where the disk is full to the brim."""

    faults: Faults = Faults()
    utc: Utc

    async def add(self, record: Record) -> int:
        await self._reach_disk()
        return await super().add(record)

    async def change(self, kind: type[Record], /, id: int, **values: object) -> None:  # noqa: A002
        await self._reach_disk()
        await super().change(kind, id, **values)

    async def _reach_disk(self) -> None:
        now = self.utc(None)
        if slow := self.faults.amount(FaultKind.SLOW_DISK, now):
            await asyncio.sleep(SHARE * slow)
        full = self.faults.active(FaultKind.DISK_FULL, now)
        if full is not None and full.amount >= BRIMFUL:
            raise DiskFull("The disk is full: the journal could not be written.")


async def troubled_journal(path: Path, faults: Faults, utc: Utc) -> Journal:
    """Open it as Journal.open does."""
    journal = await TroubledJournal.open(path)
    assert isinstance(journal, TroubledJournal)
    journal.faults, journal.utc = faults, utc
    return journal
