"""A whole box on the simulated rig in real time, under the open sky of one evening, with its page."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, cast

from appliance.box.assembly import World as Given
from appliance.box.assembly import assembled, checked, opened_journal, served
from appliance.box.box import Box
from appliance.bus import Bus
from appliance.observer import Observer
from appliance.rehearsal.sketching import FastCalculator, SketchSolver
from appliance.rig import Opener
from hardware.simulator.opener import SimulatorOpener
from hardware.simulator.shutter import Shutter
from hardware.simulator.sky import Sky
from hardware.simulator.world import World
from tests.appliance.box.open_field import NIGHT, PLAN, field_profile
from tests.appliance.rehearsal.long_night import SITE, simulated
from tests.web.fake_box import Memory
from web.app import Bridge, PageServer, Security, create_app
from web.security.sessions import Sessions, new_session

# Quicker than any real mount: who waits for a test is a person.
QUICK: dict[str, Any] = {
    "mount": simulated("Mount", slew_deg_s=20.0, settle_seconds=0.2),
    "centring": {"seconds": 0.5, "tolerance_arcsec": 60.0},
}


@dataclass(frozen=True)
class Running:
    """`ask` calls a function on the box's loop; `cookie` is a phone's that is logged in."""

    port: int
    cookie: str
    box: Box
    sky: Sky
    loop: asyncio.AbstractEventLoop

    def ask(self, question: Callable[[], Any]) -> Any:
        async def call() -> Any:
            return question()

        return asyncio.run_coroutine_threadsafe(call(), self.loop).result(20)


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    """On a loop of its own in a thread; ended with the block."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    stack = AsyncExitStack()
    try:
        yield asyncio.run_coroutine_threadsafe(_start(folder, stack), loop).result(60)
    finally:
        asyncio.run_coroutine_threadsafe(stack.aclose(), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _start(folder: Path, stack: AsyncExitStack) -> Running:
    loop = asyncio.get_running_loop()
    began = loop.time()

    def utc(moment: float | None) -> float:
        return NIGHT + (loop.time() if moment is None else moment) - began

    sky = Sky(World(site=SITE, seed=7, fidelity="fast", heavens=True), utc)
    sky.roof = Shutter("open")
    profile, observer = field_profile(**QUICK), Observer(SITE, NIGHT, began)
    given = Given(
        observer=observer, opener=cast(Opener, SimulatorOpener(sky)), calculator=FastCalculator(),
        solvers=lambda _: (SketchSolver(),), show=lambda *_: None, bus=Bus(), vitals_seconds=0.5,
        clock_known=lambda: True,
    )  # fmt: skip
    journal = await opened_journal(folder, stack)
    targets = checked(profile, PLAN, folder, observer)
    box = await stack.enter_async_context(assembled(profile, PLAN, targets, folder, journal, given))
    api = await stack.enter_async_context(served(box))
    bridge = Bridge(loop)
    app = create_app(api, bridge, Security(Memory()))
    server = PageServer(app, bridge, "127.0.0.1", 0)
    port = server.start()
    stack.push_async_callback(server.stop)
    sessions = app.session_interface
    assert isinstance(sessions, Sessions)
    return Running(port, str(sessions.serializer_now().dumps(new_session(signed_in=True))), box, sky, loop)
