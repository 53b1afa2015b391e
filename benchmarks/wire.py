"""A bare INDI client on the server's Unix socket, standard library only: the ruler, and the floor.

`python benchmarks/wire.py SOCKET` prints a line `MOMENT WHAT` (seconds of the system's monotonic clock)
whenever it has received a whole frame ("frame"), or another client's request for an exposure has passed
the server ("asked"), or the camera says that it exposes ("busy"). With SECONDS and COUNT as well it takes
so many exposures itself, asking for the next one as soon as it has a frame, which it throws away.
"""

import array
import os
import re
import socket
import sys
import time
from collections.abc import Iterator

DEVICE = "CCD Simulator"
ELEMENT = re.compile(rb"<(setBLOBVector|newNumberVector|setNumberVector)\b([^>]*)>.*?</\1>", re.DOTALL)
HELLO = f"""<getProperties version="1.7" device="{DEVICE}"/>
<enableBLOB device="{DEVICE}" name="CCD1">Also</enableBLOB>
"""
EXPOSE = """<newNumberVector device="{}" name="CCD_EXPOSURE">
<oneNumber name="CCD_EXPOSURE_VALUE">{}</oneNumber></newNumberVector>
"""
LONGEST_ELEMENT = 65536


def elements(server: socket.socket) -> Iterator[tuple[str, bytes]]:
    """Each vector we look at, as it arrives: its tag and its attributes."""
    waiting = b""
    while True:
        # A local client gets a frame as a descriptor of the driver's memory: with it, all bytes are here.
        data, ancillary, _, _ = server.recvmsg(65536, 4096)
        if not data:
            return
        for _, _, descriptors in ancillary:
            for descriptor in array.array("i", descriptors[: len(descriptors) // 4 * 4]):
                os.close(descriptor)
        waiting += data
        end = 0
        for element in ELEMENT.finditer(waiting):
            end = element.end()
            yield element[1].decode(), element[2]
        waiting = waiting[end:][-LONGEST_ELEMENT:]


def events(server: socket.socket) -> Iterator[str]:
    """What happens to the camera."""
    busy = False
    for tag, attributes in elements(server):
        if tag == "setBLOBVector":
            yield "frame"
        elif b'"CCD_EXPOSURE"' in attributes:
            if tag == "newNumberVector":
                yield "asked"
            elif not busy and b'"Busy"' in attributes:
                yield "busy"
            busy = b'"Busy"' in attributes


def main(path: str, seconds: float = 0.0, count: int = 0) -> None:
    """Watch until the server ends, or take `count` exposures."""
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(f"\0{path}")
        server.sendall(HELLO.encode())
        ask = EXPOSE.format(DEVICE, seconds).encode()
        if count:
            server.sendall(ask)
        for what in events(server):
            now = time.monotonic()
            if what == "frame" and count:
                count -= 1
                if not count:
                    return
                server.sendall(ask)
            print(f"{now:.6f} {what}", flush=True)


if __name__ == "__main__":
    socket_path, *exposing = sys.argv[1:]
    if exposing:
        main(socket_path, float(exposing[0]), int(exposing[1]))
    else:
        main(socket_path)
