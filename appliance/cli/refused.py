"""A box that cannot run as it is told: until somebody corrects that, it says so wherever it can."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from appliance.api import Api
from appliance.box.notify import Notifier
from appliance.bus import Bus, NeedsPerson, State
from appliance.cli.opening import opened_page
from appliance.errors import BadInput
from appliance.observer import Observer
from appliance.profile import PageSection, Profile
from appliance.sequence.beside import beside
from appliance.surfaces.mqtt import run_mqtt
from appliance.surfaces.mqtt_broker import broker
from appliance.surfaces.panel.sign import sign
from hardware.devices import Site
from hardware.registry import drivers

ALIVE_SECONDS = 1.0
ENDS = (signal.SIGINT, signal.SIGTERM)


async def stay(profile: Profile | None, wrong: BadInput, notifier: Notifier, folder: Path) -> None:
    """Until SIGTERM: on the page, and where the profile could be read on its panel and broker, too.

    Who may use the page is what is kept in the folder.
    Nothing of the rig is opened: what is at stake is the guardian's.
    """
    observer = Observer(profile.site.place() if profile else Site(0.0, 0.0))
    bus, leave = Bus(), asyncio.Event()
    text = f"{wrong.sentence.rstrip('.')}. {wrong.advice} Then restart Nightbox."
    bus.publish(NeedsPerson(source="box", text=text, since=observer.unix()))
    api = Api(bus, observer.unix, lambda: None)
    for wish in ENDS:
        asyncio.get_running_loop().add_signal_handler(wish, leave.set)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(beside(api.listen()))
        if profile and profile.mqtt:
            await stack.enter_async_context(beside(run_mqtt(profile.mqtt, api, broker)))
        if profile:
            await stack.enter_async_context(shown(profile, observer, *bus.states()))
        page = profile.page if profile else PageSection()
        server = await stack.enter_async_context(opened_page(page, api, folder, observer, alone=True))
        print(f"Phone page: {server.url}", flush=True)
        notifier.ready()
        while not leave.is_set():
            notifier.alive()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ALIVE_SECONDS):
                    await leave.wait()


@asynccontextmanager
async def shown(profile: Profile, observer: Observer, *states: State) -> AsyncIterator[None]:
    """On the panel, if there is one."""
    section = profile.panel
    if section is None:
        yield
        return
    names = {part.driver for part in section.parts().values()}
    async with (
        drivers(names, None, observer.unix, observer.site) as opener,
        sign(section, opener, observer.unix, *states),
    ):
        yield
