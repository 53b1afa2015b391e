"""What the box tells of tonight beside its work: what comes next, what is ready, what would be refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from appliance.api import Api
from appliance.box.night_log import log_commands
from appliance.box.outlook import Outlook
from appliance.box.readiness import readiness
from appliance.box.refusals import refusals
from appliance.box.reports import report_commands
from appliance.box.tonight_commands import tonight_commands
from appliance.bus import State
from appliance.errors import NightboxError
from appliance.focus.triggers.messages import FocusTriggers
from appliance.leases import LeasesState
from appliance.rig import RigState
from appliance.safety.messages import SafetyState
from appliance.sequence.beside import beside
from appliance.sequence.coming import next_event
from appliance.sequence.messages import NextEvent, SequenceState
from appliance.sequence.vitals import RoofNow

if TYPE_CHECKING:
    from appliance.box.box import Box

LOOK_SECONDS = 20.0
READY_SECONDS = 15.0
APART_SECONDS = 1.0  # news come in crowds


@asynccontextmanager
async def tonight_told(box: "Box", api: Api) -> AsyncIterator[None]:
    """The states and the commands of tonight, as long as the block lasts."""
    async with AsyncExitStack() as stack:
        outlook = Outlook(box)
        stack.callback(outlook.close)
        await stack.enter_async_context(beside(_watch(box, outlook)))
        for command in (*tonight_commands(box, outlook), *log_commands(box), *report_commands(box)):
            api.register(command)
        yield


async def _watch(box: "Box", outlook: Outlook) -> None:
    """Look whenever something has changed, and every LOOK_SECONDS: time alone changes what comes next."""
    news, clock = asyncio.Event(), asyncio.get_running_loop().time
    due = clock()
    async with beside(_listen(box, news)):
        while True:
            news.clear()
            await _look(box, outlook, ready=clock() >= due)
            if clock() >= due:
                due = clock() + READY_SECONDS
            await asyncio.sleep(APART_SECONDS)
            await _any(news, LOOK_SECONDS)


async def _listen(box: "Box", news: asyncio.Event) -> None:
    with box.bus.subscribe(
        SequenceState, FocusTriggers, SafetyState, RigState, RoofNow, LeasesState
    ) as mailbox:
        async for _ in mailbox:
            news.set()


async def _any(news: asyncio.Event, within: float) -> None:
    try:
        async with asyncio.timeout(within):
            await news.wait()
    except TimeoutError:
        return


async def _look(box: "Box", outlook: Outlook, *, ready: bool) -> None:
    """`ready`: the checklist, too, which asks the journal and the rig for much."""
    try:
        ahead = await outlook.ahead()
        if ready:
            _tell(box, await readiness(box, outlook))
    except NightboxError:
        return  # a journal or a horizon that cannot be read: whoever needs it says so
    none = NextEvent(source="sequence")
    _tell(box, none if ahead is None else next_event(ahead, outlook.sequence(), box.observer.unix()))
    _tell(box, await refusals(box))


def _tell(box: "Box", state: State) -> None:
    """Publish what is not known yet."""
    if state not in box.bus.states():
        box.bus.publish(state)
