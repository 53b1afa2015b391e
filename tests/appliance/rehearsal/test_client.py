"""The phone of a rehearsed night: it follows the news, drops its poll when it goes, and catches up."""

import asyncio
from itertools import pairwise

import pytest

from appliance.api import Api, Update
from appliance.bus import Bus, Said
from appliance.rehearsal.client import LOOK_SECONDS, POCKET_SECONDS, phone
from hardware.simulator.faults import Fault, FaultKind, Faults

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]

GONE = Fault(FaultKind.CLIENT_GONE, POCKET_SECONDS, 3600.0)


def now() -> float:
    return asyncio.get_running_loop().time()


class Watched(Api):
    """It notes every poll: when it began, after which news, and what came of it."""

    def __init__(self, bus: Bus) -> None:
        super().__init__(bus, now)
        self.polls: list[tuple[float, int, str]] = []

    async def updates(self, after: int, within: float = LOOK_SECONDS) -> list[Update]:
        began, came = now(), "dropped"
        try:
            news = await super().updates(after, within)
            came = f"{len(news)} new"
            return news
        finally:
            self.polls.append((began, after, came))


async def follow(*faults: Fault) -> list[tuple[float, int, str]]:
    """Two hours, in which something is said every ten minutes."""
    bus = Bus()
    api = Watched(bus)
    tasks = [
        asyncio.create_task(api.listen()),
        asyncio.create_task(phone(api, Faults(faults), lambda _: now())),
    ]
    for number in range(12):
        await asyncio.sleep(600)
        bus.publish(Said(source="test", text=str(number)))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return api.polls


async def test_it_looks_every_five_minutes() -> None:
    polls = await follow()
    assert len(polls) > 20
    assert max(b[0] - a[0] for a, b in pairwise(polls)) <= POCKET_SECONDS + LOOK_SECONDS
    assert not [poll for poll in polls if poll[2] == "dropped"]


async def test_one_that_is_gone_misses_nothing() -> None:
    polls = await follow(GONE)
    during = [
        began for began, _, _ in polls if GONE.begins + LOOK_SECONDS < began < GONE.begins + GONE.seconds
    ]
    assert during == []
    (dropped,) = [index for index, poll in enumerate(polls) if poll[2] == "dropped"]
    _, asked_after, came = polls[dropped + 1]
    assert asked_after == polls[dropped][1]  # from where it stopped
    assert int(came.split()[0]) >= 5
