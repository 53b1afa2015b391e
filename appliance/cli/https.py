"""The page over HTTPS, by the box's own authority; its certificate follows names, addresses and time."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from appliance.box.certificates import Certificates, certificates, fingerprint
from appliance.bus import Publish, Said
from appliance.cli.console import show_authority
from appliance.errors import StorageFailed
from appliance.observer import Observer
from appliance.profile import PageSection
from appliance.sequence.beside import beside
from appliance.surfaces.tls import Front
from hardware.worker import Worker

LOOK_SECONDS = 60.0  # addresses change when a network comes, and the time when a phone tells it
EVERYWHERE = {"", "0.0.0.0"}  # noqa: S104 - only recognised here


class Https:
    """`client` and `authority` are for the page; `folder` is for the box's user alone."""

    def __init__(self, page: PageSection, folder: Path, observer: Observer) -> None:
        self._page, self._folder, self._observer = page, folder, observer
        self._front, self._worker = Front(), Worker("certificates")
        self._shown = False
        self.client = self._front.client
        self.authority = folder / "ca.crt"

    @asynccontextmanager
    async def serving(self, to: int, publish: Publish) -> AsyncIterator[int]:
        """In front of the page's port on this machine; yields its own. StorageFailed, FrontUnavailable."""
        page = self._page
        try:
            made = await self._renewed()
            host = "127.0.0.1" if page.host in EVERYWHERE else page.host
            async with (
                self._front.serving(page.host, page.https_port, (host, to)) as port,
                beside(self._follow(publish)),
            ):
                show_authority(port, fingerprint(made.authority))
                yield port
        finally:
            self._worker.close()

    async def _renewed(self) -> Certificates:
        """The certificate that is shown is for what the box is called now."""
        now, page = self._observer.now(), self._page
        files, anew = await self._worker.call(certificates, self._folder, _names(page), _addresses(), now)
        if anew or not self._shown:
            self._front.use(files.chain, files.key)
            self._shown = True
        return files

    async def _follow(self, publish: Publish) -> None:
        told = False
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self._renewed()
                told = False
            except StorageFailed as failed:
                if not told:
                    text = f"The page's certificate cannot be renewed. {failed.sentence}"
                    warning = Said(
                        source="page", level="warning", text=text, code=failed.code, advice=failed.advice
                    )
                    publish(warning)
                told = True


def _names(page: PageSection) -> set[str]:
    here = socket.gethostname().lower().partition(".")[0]
    own = {f"{here}.local"} if here.isascii() else set()  # it may be changed: a bare name would end the trust
    return {"nightbox", "nightbox.local", "localhost", *own, *page.names}


def _addresses() -> set[str]:
    every = (one for of_one in psutil.net_if_addrs().values() for one in of_one)
    return {one.address for one in every if one.family in {socket.AF_INET, socket.AF_INET6}}
