"""One link under the benchmark, in a process of its own.

`python -m benchmarks.link_client LINK SOCKET WHAT N`

Prints what it measured as JSON. WHAT is "frames", "commands", "events" or "reconnects"; after the last it
ends in the middle of the traffic, as a controller does that is stopped.
"""

import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.lag import ticking
from benchmarks.memory import peak_mb
from hardware.errors import DeviceLost
from hardware.indi.asyncio_link import AsyncioLink
from hardware.indi.fits import pixels
from hardware.indi.link import Kind, Link, Picture, Property

Numbers = dict[str, Any]
PROPERTIES_SECONDS = 3.0


def made(kind: str, socket: str) -> Link:
    """As the opener makes it."""
    if kind == "asyncio":
        return AsyncioLink(socket, pixels)
    from hardware.indi.pyindi_link import PyIndiLink  # noqa: PLC0415 - its memory is pyindi's to answer for

    return PyIndiLink(socket, 7624, pixels)


class Waiting:
    """A Listener that sets `came` when what is awaited has come."""

    def __init__(self) -> None:
        self.came = asyncio.Event()
        self.awaited: Callable[[Property | Picture], bool] = lambda _: False
        self.defined = self.updated = self.received = self._heard

    def _heard(self, what: Property | Picture) -> None:
        if self.awaited(what):
            self.came.set()

    def deleted(self, device: str, name: str | None) -> None: ...
    def said(self, device: str | None, text: str) -> None: ...
    def lost(self, reason: str) -> None: ...

    def expect(self, awaited: Callable[[Property | Picture], bool]) -> None:
        self.came.clear()
        self.awaited = awaited

    async def wait(self, seconds: float = 30.0) -> None:
        async with asyncio.timeout(seconds):
            await self.came.wait()


def cpu() -> float:
    """Seconds of all threads of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def named(name: str, value: float | None = None) -> Callable[[Property | Picture], bool]:
    return lambda what: (
        what.name == name and (value is None or (isinstance(what, Property) and what.values[name] == value))
    )


async def tell(link: Link, name: str, value: float) -> None:
    await link.send("Bench", name, Kind.NUMBER, {name: value})


async def ready(link: Link) -> Waiting:
    """Connected, everything defined."""
    listener = Waiting()
    listener.expect(named("CCD1"))
    await link.connect(listener)
    await listener.wait(PROPERTIES_SECONDS)
    return listener


async def frames(link: Link, count: int) -> Numbers:
    """Milliseconds from the driver's stamp to the pixels in hand."""
    listener = await ready(link)
    await link.want_pictures("Bench", "CCD1")
    taken: list[float] = []

    def received(what: Property | Picture) -> bool:
        if not isinstance(what, Picture) or isinstance(what.content, ValueError):
            return False
        stamp = int.from_bytes(what.content[0, :4].tobytes(), "little")
        taken.append((time.monotonic_ns() - stamp) / 1e6)
        return True

    before, used = peak_mb(os.getpid()), cpu()
    started = time.monotonic()
    async with ticking() as lags:
        for _ in range(count):
            listener.expect(received)
            await tell(link, "FRAME", 1)
            await listener.wait()
    worst = lags.between(started, time.monotonic())[0]
    peak = peak_mb(os.getpid())
    return {"ms": taken, "cpu": (cpu() - used) / count, "peak": peak, "more": peak - before, "lag": worst}


async def commands(link: Link, count: int) -> Numbers:
    """Milliseconds from sending a number to hearing it back."""
    listener = await ready(link)
    taken, used = [], cpu()
    for n in range(1, count + 1):
        listener.expect(named("ECHO", n))
        started = time.monotonic()
        await tell(link, "ECHO", n)
        await listener.wait()
        taken.append((time.monotonic() - started) * 1e3)
    return {"ms": taken, "cpu": (cpu() - used) / count}


async def events(link: Link, count: int) -> Numbers:
    """Seconds for so many updates at once."""
    listener = await ready(link)
    used, started = cpu(), time.monotonic()
    listener.expect(named("BURST", count))
    await tell(link, "BURST", count)
    await listener.wait()
    return {"seconds": time.monotonic() - started, "cpu": (cpu() - used) / count}


async def reconnects(link: Link, count: int) -> Numbers:
    """Each in the middle of numbers and frames that come without a pause."""
    taken: list[float] = []
    deaf = refused = 0
    for n in range(count):
        started = time.monotonic()
        try:
            listener = await ready(link)
            await link.ping(PROPERTIES_SECONDS)
            taken.append(time.monotonic() - started)
            await link.want_pictures("Bench", "CCD1")
            if n == 0:
                await tell(link, "TALK", 2000)
            listener.expect(lambda what: isinstance(what, Picture))
            await listener.wait(PROPERTIES_SECONDS)  # the traffic flows
        except DeviceLost:
            refused += 1
        except TimeoutError:
            deaf += 1
    return {"seconds": taken, "refused": refused, "deaf": deaf}


async def measured(kind: str, socket: str, what: str, count: int) -> None:
    measure = {"frames": frames, "commands": commands, "events": events, "reconnects": reconnects}[what]
    link = made(kind, socket)
    print(json.dumps(await measure(link, count)), flush=True)
    if what != "reconnects":
        await link.close()


if __name__ == "__main__":
    asyncio.run(measured(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
