"""A phone on the box's Wi-Fi: it follows the news, and is gone whenever the faults say so."""

import asyncio
from collections.abc import Callable

from appliance.api import Api
from appliance.box.startup import PHONE
from appliance.bus import who_is_needed
from hardware.simulator.faults import FaultKind, Faults

LOOK_SECONDS = 20.0
# A phone in a pocket looks rarely; it must not decide how long a rehearsal takes.
POCKET_SECONDS = 300.0


async def phone(api: Api, faults: Faults, utc: Callable[[float | None], float]) -> None:
    """Long polls as the page makes them; one that is under way when the phone goes is simply dropped."""
    after = 0
    while True:
        poll = asyncio.create_task(api.updates(after, within=LOOK_SECONDS))
        gone = faults.active(FaultKind.CLIENT_GONE, utc(None))
        try:
            if gone:
                await asyncio.sleep(0.5)
                poll.cancel()
                await asyncio.sleep(gone.seconds)
            elif news := await poll:
                after = news[-1].id
                await _answer(api, utc(None))
        finally:
            poll.cancel()
        await asyncio.sleep(POCKET_SECONDS)


async def _answer(api: Api, unix: float) -> None:
    """A person who sees that the box does not know the time gives it the phone's."""
    asked = who_is_needed(api.bus.states())
    if asked is not None and PHONE in asked.answers:
        await api.call("clock", {"unix": unix})
