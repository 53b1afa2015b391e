"""Opening the phone page, and the ways in that are told to who sits at this machine."""

from functools import partial
from pathlib import Path

from appliance.api import Api
from appliance.box.access import KeptAccess
from appliance.cli.console import show_local_link, show_pairing_code
from appliance.profile import PageSection
from hardware.worker import Worker
from web.app import PageServer, Security, page_server


def open_page(page: PageSection, api: Api, folder: Path, *, alone: bool) -> PageServer:
    """The phone page, serving; who may use it is kept in this folder. Each pairing code is printed.

    Where nobody sits (`alone`) the link that opens it on this machine is not: logs are read by others.
    """
    access = KeptAccess(folder)
    server = page_server(
        api, Security(access, page.access == "paired", page.names, show_pairing_code), page.host, page.port
    )
    server.start()
    api.forget_password = partial(_forget, access, api)
    api.pairing_code()
    if server.loopback and page.access == "paired" and not alone:
        show_local_link(f"{server.loopback}?key={access.read().key}")
    return server


async def _forget(access: KeptAccess, api: Api) -> None:
    """The password, so that whoever stands at the box may set another."""
    worker = Worker("page access")  # a disk may take its time
    try:
        await worker.call(access.forget)
    finally:
        worker.close()
    api.pairing_code()
