"""An indiserver with its simulators of one's own: free port, own HOME and socket."""

import asyncio
import socket
import time
from collections.abc import Callable
from pathlib import Path

from hardware.devices import DeviceSpec, IndiServer

SIMULATORS = ("telescope", "ccd", "focus", "wheel", "weather", "dome", "rotator", "gps")
SMALL = {"SIMULATOR_SETTINGS.SIM_XRES": 640, "SIMULATOR_SETTINGS.SIM_YRES": 512}


def settings(home: Path, *simulators: str) -> IndiServer:
    with socket.socket() as free:
        free.bind(("", 0))
        port = free.getsockname()[1]
    return IndiServer(
        socket=str(home / "sock"),
        port=port,
        drivers=tuple(f"indi_simulator_{name}" for name in simulators or SIMULATORS),
        home=str(home / "home"),
        log=str(home / "indi.log"),
    )


def spec(kind: str, **setup: float | str | bool) -> DeviceSpec:
    """As "CCD" for "CCD Simulator"; SMALL frames of the camera make the tests fast."""
    return DeviceSpec("indi", f"{kind} Simulator", {**(SMALL if kind == "CCD" else {}), **setup})


def utc_clock() -> Callable[[float | None], float]:
    loop = asyncio.get_running_loop()
    start_unix, start = time.time(), loop.time()
    return lambda moment: start_unix + (loop.time() if moment is None else moment) - start
