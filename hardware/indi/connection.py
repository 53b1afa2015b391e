"""Staying connected: one session after another on the same link."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hardware.errors import DeviceLost, DeviceMissing
from hardware.indi.link import Link
from hardware.indi.outside import Server
from hardware.indi.properties import Gone, Session

log = logging.getLogger(__name__)

PING_EVERY_SECONDS = 1.0
SILENCE_SECONDS = 5.0  # a 60-megapixel frame on a small machine holds a reply up for less than a second
RETRY_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)


class Connection:
    """Keeps a link connected while `running`; a server of our own that falls silent is killed."""

    def __init__(self, link: Link, server: Server | None) -> None:
        self.link = link
        self._server = server
        self._session: Session | None = None
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Connection"]:
        keeper = asyncio.create_task(self._keep_connected())
        try:
            yield self
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)
            if self._session:
                self._session.lost("Nightbox has disconnected")
            if self._server:  # first, because disconnecting from a server that still talks takes 2 s
                await self._server.stop()
            try:
                await self.link.close()
            except DeviceLost as stuck:
                log.warning("INDI link did not close: %s", stuck.sentence)

    async def session(self, within: float) -> Session:
        """The connected session, waited for; DeviceMissing when there is none in time."""
        try:
            async with asyncio.timeout(within), self._changed:
                while (session := self._session) is None or session.ended:
                    await self._changed.wait()
                return session
        except TimeoutError as late:
            raise DeviceMissing(
                "INDI server",
                "no INDI server answers",
                advice="Start indiserver, or list drivers in the profile.",
            ) from late

    @property
    def current(self) -> Session | None:
        """The session that is connected now, None while there is none."""
        return None if self._session is None or self._session.ended else self._session

    async def _keep_connected(self) -> None:
        attempts, up_before = 0, False
        while True:
            session = Session()
            try:
                await self.link.connect(session)
                await self.link.ping(SILENCE_SECONDS)
            except DeviceLost as lost:
                session.lost(lost.sentence)
                await asyncio.sleep(RETRY_SECONDS[min(attempts, len(RETRY_SECONDS) - 1)])
                attempts += 1
                continue
            log.info("INDI server connected%s", " again" if up_before else "")
            attempts, up_before = 0, True
            async with self._changed:
                self._session = session
                self._changed.notify_all()
            reason = await self._until_lost(session)
            log.warning("INDI server lost: %s", reason)

    async def _until_lost(self, session: Session) -> str:
        """Ping until the connection ends by itself or by silence."""
        heartbeat = asyncio.create_task(self._heartbeat(session))
        try:
            with session.watch(None) as watch:
                while not isinstance(await watch.next(), Gone) or not session.ended:
                    pass
        finally:
            heartbeat.cancel()
            await asyncio.gather(heartbeat, return_exceptions=True)
        return session.ended or ""

    async def _heartbeat(self, session: Session) -> None:
        while True:
            await asyncio.sleep(PING_EVERY_SECONDS)
            try:
                await self.link.ping(SILENCE_SECONDS)
            except DeviceLost as lost:
                # Kill a stopped server first: disconnecting from one that still runs takes seconds.
                if self._server and not session.ended:
                    self._server.kill()
                session.lost(lost.sentence)
                return
