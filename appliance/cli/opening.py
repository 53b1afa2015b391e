"""Opening the phone page, and the ways in that are told to who sits at this machine."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from appliance.api import Api
from appliance.box.access import KeptAccess
from appliance.cli.console import show_local_link, show_pairing_code
from appliance.cli.https import Https
from appliance.observer import Observer
from appliance.profile import PageSection
from hardware.worker import Worker
from web.app import PageServer, Security, page_server


@asynccontextmanager
async def opened_page(
    page: PageSection, api: Api, folder: Path, observer: Observer, *, alone: bool
) -> AsyncIterator[PageServer]:
    """The phone page, serving; who may use it is kept in this folder. Each pairing code is printed.

    Where nobody sits (`alone`) the link that opens it on this machine is not: logs are read by others.
    """
    access = KeptAccess(folder)
    https = Https(page, access.folder, observer) if page.https else None
    security = Security(
        access, page.access == "paired", page.names, show_pairing_code,
        client=https.client if https else None, authority=https.authority if https else None,
    )  # fmt: skip
    async with AsyncExitStack() as stack:
        server = page_server(api, security, page.host, page.port)
        server.start()
        stack.push_async_callback(server.stop)
        if https:
            await stack.enter_async_context(https.serving(server.port, api.bus.publish))
        api.forget_password = partial(_forget, access, api)
        api.pairing_code()
        if server.loopback and page.access == "paired" and not alone:
            show_local_link(f"{server.loopback}?key={access.read().key}")
        yield server


async def _forget(access: KeptAccess, api: Api) -> None:
    """The password, so that whoever stands at the box may set another."""
    worker = Worker("page access")  # a disk may take its time
    try:
        await worker.call(access.forget)
    finally:
        worker.close()
    api.pairing_code()
