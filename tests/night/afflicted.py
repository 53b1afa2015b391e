"""`nightbox` with two illnesses to be had by signal: USR1 blocks its event loop, USR2 fills its memory."""

import resource
import signal
import sys
import time
from pathlib import Path

from appliance.cli import main

HOURS = 3600.0
CHUNK, ROOM = 1 << 20, 64 << 20
hoard: list[bytearray] = []


def block(*_: object) -> None:
    time.sleep(HOURS)


def fill(*_: object) -> None:
    """Nothing is left, and stays so: whatever needs memory from now on fails."""
    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + ROOM, used + ROOM))
    for size in (CHUNK, 4096, 512):
        try:
            while True:
                hoard.append(bytearray(size))
        except MemoryError:
            continue


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, block)
    signal.signal(signal.SIGUSR2, fill)
    sys.exit(main())
