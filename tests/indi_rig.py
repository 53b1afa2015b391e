"""An indiserver with its simulators of one's own: free port, own HOME and socket."""

import asyncio
import socket
import time
from collections.abc import Callable
from pathlib import Path

from hardware.devices import INDI_CLIENT, DeviceSpec, IndiClient, IndiServer
from hardware.indi.opener import IndiOpener
from hardware.indi.properties import Remote

SIMULATORS = ("telescope", "ccd", "focus", "wheel", "weather", "dome", "rotator", "gps")
SMALL = {"SIMULATOR_SETTINGS.SIM_XRES": 640, "SIMULATOR_SETTINGS.SIM_YRES": 512}


def settings(home: Path, *simulators: str, link: IndiClient = INDI_CLIENT) -> IndiServer:
    with socket.socket() as free:
        free.bind(("", 0))
        port = free.getsockname()[1]
    return IndiServer(
        socket=str(home / "sock"),
        port=port,
        drivers=tuple(
            name if name.startswith("indi_") else f"indi_simulator_{name}"
            for name in simulators or SIMULATORS
        ),
        home=str(home / "home"),
        log=str(home / "indi.log"),
        link=link,
    )


async def pretend(opener: IndiOpener, *devices: str) -> None:
    """Have drivers of real gear simulate it; they must be told before they connect."""
    session = await opener._connection.session(10.0)
    for device in devices:
        remote = Remote(session, opener._connection.link, device)
        await remote.until("SIMULATION", lambda _: True)
        await remote.set("SIMULATION", {"ENABLE": True})


def spec(kind: str, **setup: float | str | bool) -> DeviceSpec:
    """As "CCD" for "CCD Simulator"; SMALL frames of the camera make the tests fast."""
    return DeviceSpec("indi", f"{kind} Simulator", {**(SMALL if kind == "CCD" else {}), **setup})


def utc_clock() -> Callable[[float | None], float]:
    loop = asyncio.get_running_loop()
    start_unix, start = time.time(), loop.time()
    return lambda moment: start_unix + (loop.time() if moment is None else moment) - start
