"""Keeping an indiserver up for others, so that it outlives the controller."""

import asyncio
import signal
from collections.abc import Callable

from hardware.devices import IndiServer
from hardware.indi.server import OwnedServer

GOODBYES = (signal.SIGINT, signal.SIGTERM)


async def serve(settings: IndiServer, ready: Callable[[], None]) -> None:
    """Run the server and its drivers, each started again when it ends, until SIGINT or SIGTERM.

    `ready` is called once it has been started. DeviceMissing when it or a driver is not installed.
    """
    leave = asyncio.Event()
    for goodbye in GOODBYES:
        asyncio.get_running_loop().add_signal_handler(goodbye, leave.set)
    async with OwnedServer(settings).running():
        ready()
        await leave.wait()
