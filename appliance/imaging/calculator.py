"""Heavy work on frames, outside the process: the event loop never waits for pixels.

async with Calculator.start() as calculator, calculator.hold(frame.pixels) as held:
    stars = await held.stars(StarSettings())
    await held.save(path, SubFacts(...))
    await held.preview(path, 1600)
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from appliance.imaging.calculator_link import CalculationFailed, Link, ProcessEnded
from appliance.imaging.close_up import CloseUp
from appliance.imaging.facts import SubFacts
from appliance.imaging.measure import StarSettings
from appliance.imaging.stars import StarField
from appliance.imaging.work import WORK
from hardware.worker import Worker

SLOTS = 2
LONGEST_SECONDS = 60.0  # a slow card needs 10 s for a 26-megapixel frame; a dead one never ends
FAREWELL_SECONDS = 15.0  # for saves still under way when the calculator is closed

Ask = Callable[[str, tuple[Any, ...]], Awaitable[Any]]


class Held:
    """A frame in shared memory. A cancelled save may still be completed, but never half."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def stars(self, settings: StarSettings) -> StarField:
        """Measure the stars."""
        field: StarField = await self._ask("stars", (settings,))
        return field

    async def save(self, path: Path, facts: SubFacts) -> None:
        """Write a FITS file that did not exist before; DiskFull, NotWritable or StorageFailed."""
        if facts.stars:  # the header needs the summary, not the list
            few = {name: getattr(facts.stars, name)[:0] for name in ("x", "y", "flux", "hfr")}
            facts = replace(facts, stars=replace(facts.stars, **few))
        await self._ask("save", (path, facts))

    async def close_up(
        self, path: Path, settings: StarSettings, near: tuple[float, float] | None = None, rank: int = 0
    ) -> CloseUp:
        """Measure the stars and look closely at one: the `near` one, else the `rank`-th best.

        Its picture goes to `path`, replacing the one before; errors as `save`.
        """
        seen: CloseUp = await self._ask("close_up", (path, settings, near, rank))
        return seen

    async def plain(self, path: Path) -> None:
        """Write a bare FITS file for another program, replacing the one before; errors as `save`."""
        await self._ask("plain", (path,))

    async def preview(self, path: Path, max_width: int, pattern: str | None = None) -> None:
        """Write a stretched JPEG, in colour with a `pattern`, replacing the one before; errors as `save`."""
        await self._ask("preview", (path, max_width, pattern))


class Holds(Protocol):
    """Whoever works on held frames: a process, or in a rehearsal this one."""

    def hold(self, pixels: NDArray[np.uint16]) -> AbstractAsyncContextManager[Held]:
        """Keep a frame for the length of the block."""
        ...


class Calculator:
    """One worker process and its shared memory: at most SLOTS frames are held at a time.

    The process is started anew when it has ended; a request it died in is repeated once, then
    CalculationFailed.
    """

    def __init__(self) -> None:
        self._slots = [_Slot(index, _anonymous_file()) for index in range(SLOTS)]
        self._free: asyncio.Queue[_Slot] = asyncio.Queue()
        for slot in self._slots:
            self._free.put_nowait(slot)
        self._copier = Worker("frame copy")
        self._link: asyncio.Task[Link] | None = None
        self._busy: set[asyncio.Task[Any]] = set()

    @classmethod
    @asynccontextmanager
    async def start(cls) -> AsyncIterator["Calculator"]:
        """Run a calculator for the length of the block; nothing is left behind."""
        calculator = cls()
        calculator._linked()  # warm it up while the box does something else
        try:
            yield calculator
        finally:
            await asyncio.shield(asyncio.ensure_future(calculator._close()))

    @property
    def pid(self) -> int | None:
        """The running process, None while there is none."""
        if self._link is None or not self._link.done() or self._link.cancelled() or self._link.exception():
            return None
        return None if self._link.result().ended else self._link.result().pid

    @asynccontextmanager
    async def hold(self, pixels: NDArray[np.uint16]) -> AsyncIterator[Held]:
        """Copy a frame to shared memory, once; waits while SLOTS frames are held already."""
        slot = await self._free.get()
        work: set[asyncio.Task[Any]] = set()

        async def ask(name: str, arguments: tuple[Any, ...]) -> Any:
            task = self._task(self._request(name, slot.index, pixels.shape, arguments))
            work.add(task)
            # Whoever stops waiting does not stop the process: the slot is busy until it is done.
            return await asyncio.shield(task)

        try:
            copy = self._task(self._copier.call(slot.fill, pixels))
            work.add(copy)
            await asyncio.shield(copy)
            yield Held(ask)
        finally:
            self._task(self._release(slot, work))

    def _task(self, work: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.ensure_future(work)
        self._busy.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._busy.discard(task)
        if not task.cancelled():
            task.exception()  # nobody may be waiting for it any more

    async def _release(self, slot: "_Slot", work: set[asyncio.Task[Any]]) -> None:
        if work:
            await asyncio.wait(work)
        if slot.index > 0:  # one warm slot is enough; a Raspberry Pi has better use for the rest
            await self._copier.call(slot.empty)
        self._free.put_nowait(slot)

    async def _request(self, name: str, slot: int, shape: tuple[int, int], arguments: tuple[Any, ...]) -> Any:
        for again in (False, True):
            link = await self._linked()
            try:
                async with asyncio.timeout(LONGEST_SECONDS):
                    return await link.ask(name, slot, shape, arguments, again)
            except ProcessEnded:
                continue
            except TimeoutError:
                link.kill()
        raise CalculationFailed(f"The calculator ended twice during one request ({name}).")

    def _linked(self) -> "asyncio.Future[Link]":
        link = self._link
        if link is None or (link.done() and (link.cancelled() or link.exception() or link.result().ended)):
            link = self._link = asyncio.create_task(Link.open([slot.descriptor for slot in self._slots]))
        return asyncio.shield(link)

    async def _close(self) -> None:
        if self._busy:
            await asyncio.wait(set(self._busy), timeout=FAREWELL_SECONDS)
        for task in self._busy:
            task.cancel()
        if self._link:
            for link in await asyncio.gather(self._link, return_exceptions=True):
                if isinstance(link, Link):
                    await link.close()
        self._copier.close()
        for slot in self._slots:
            os.close(slot.descriptor)


class LocalCalculator:
    """The same work in this process, for rehearsals: in virtual time nothing may wait for a real clock."""

    @asynccontextmanager
    async def hold(self, pixels: NDArray[np.uint16]) -> AsyncIterator[Held]:
        """As Calculator.hold."""

        async def ask(name: str, arguments: tuple[Any, ...]) -> Any:
            await asyncio.sleep(0)
            return WORK[name](pixels, *arguments, again=False)

        yield Held(ask)


@dataclass(frozen=True, slots=True)
class _Slot:
    index: int
    descriptor: int

    def fill(self, pixels: NDArray[np.uint16]) -> None:
        # Written, not mapped: unmapping tens of megabytes would hold the interpreter for milliseconds.
        left = memoryview(np.ascontiguousarray(pixels).data).cast("B") if pixels.size else memoryview(b"")
        place = 0
        while left:
            written = os.pwrite(self.descriptor, left, place)
            left, place = left[written:], place + written

    def empty(self) -> None:
        os.truncate(self.descriptor, 0)


def _anonymous_file() -> int:
    """A file without a name: it is gone with the last process that has it, however that ends."""
    if sys.platform == "linux":
        return os.memfd_create("nightbox-frame")
    with tempfile.TemporaryFile() as file:  # type: ignore[unreachable]
        return os.dup(file.fileno())
