"""A Wi-Fi between phone and box, that can fall silent and be switched off; and a browser as the phone."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.web.fake_box import Box

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic")
PHONE, TABLET = {"width": 360, "height": 740}, {"width": 1024, "height": 768}


class Wifi:
    """Passes bytes on the box's loop; `port` is where the phone finds the box."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self.port = 0
        self._heard = asyncio.Event()
        self._ways: dict[asyncio.StreamWriter, str] = {}
        self._heard.set()

    async def open(self, port: int = 0) -> None:
        """In reach, at this port or any."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Out of reach: nobody answers any more."""
        self._server.close()
        for way in list(self._ways):
            way.transport.abort()
        await self._server.wait_closed()

    async def silence(self) -> None:
        """Connections stay, and carry nothing: as a phone at the end of the garden has it."""
        self._heard.clear()

    async def hear(self) -> None:
        """They carry on."""
        self._heard.set()

    @property
    def streams(self) -> int:
        """How many streams of news are open."""
        return sum(asked.startswith("GET /api/events") for asked in self._ways.values())

    async def _serve(self, phone: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        assert self.box.server is not None
        self._ways[answer] = ""
        try:
            news, to_box = await asyncio.open_connection("127.0.0.1", self.box.server.port)
        except OSError:
            answer.transport.abort()
            self._ways.pop(answer, None)
            return
        asking = asyncio.create_task(self._pass(phone, to_box, answer))
        try:
            await self._pass(news, answer)
        finally:
            asking.cancel()
            for way in (to_box, answer):
                way.transport.abort()
            self._ways.pop(answer, None)

    async def _pass(
        self,
        source: asyncio.StreamReader,
        to: asyncio.StreamWriter,
        noted: asyncio.StreamWriter | None = None,
    ) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                await self._heard.wait()
                if noted in self._ways:
                    self._ways[noted] = data[:80].decode("latin-1")
                to.write(data)
                await to.drain()
        with suppress(OSError):
            to.close()  # what is still on its way arrives first
            await to.wait_closed()


@contextmanager
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
        yield made
        made.close()


def phone(made: Browser, box: Box, port: int, **more: Any) -> BrowserContext:
    """A phone of its own, logged in, that finds the box at this port."""
    context = made.new_context(
        viewport=more.pop("viewport", PHONE), base_url=f"http://127.0.0.1:{port}", **more
    )
    context.add_cookies([{**cookie, "url": f"http://127.0.0.1:{port}"} for cookie in box.cookies()])
    context.set_default_timeout(40_000)
    return context


def wait_for_truth(page: Page) -> None:
    """Until the page has been told what is true; a page without a status strip has nothing to be told.

    Not wait_for_function: unless its condition holds at once it needs eval, which the page forbids.
    """
    if (mount := page.locator("#strip-mount b")).count():
        expect(mount).not_to_have_text("–")
