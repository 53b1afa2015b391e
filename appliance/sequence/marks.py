"""What is done once in a night, or once in a turn of the list, and not again after a restart."""

from appliance.journal import Mark
from appliance.sequence.night import Night
from appliance.sky.windows import DAY


async def is_marked(night: Night, name: str, dusk: float) -> bool:
    """Has this been done in the night of that dusk (UTC seconds)?"""
    marks = await night.journal.read(Mark, run=night.run, name=name)
    return any(mark.at > dusk - DAY / 2 for mark in marks)


async def mark(night: Night, name: str) -> None:
    """It is done."""
    await night.journal.add(Mark(run=night.run, at=night.observer.unix(), name=name))
