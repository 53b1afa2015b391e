"""Our own link to the indiserver against libindi's, on one server: frames, commands, and coming back.

`python -m benchmarks.bench_link [RECONNECTS]`. The server is Debian's indiserver, on its Unix socket; the
driver is a small one that has a frame of 26 megapixels (52 MB) ready and stamps it as it sends it, so that
what is told is the way alone: server, link, decoding, and the pixels in hand on the event loop. Each
measurement has a process of its own, the two links in turn.
"""

import asyncio
import json
import socket
import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from hardware.devices import IndiServer
from hardware.indi.server import OwnedServer

LINKS = ("asyncio", "pyindi")
ROUNDS, FRAMES, COMMANDS, EVENTS = 3, 12, 500, 5000
RECONNECTS = {"asyncio": 200, "pyindi": 20}  # libindi needs seconds for each
PARTS = 4  # each a process that ends in the middle of the traffic
DRIVER = Path(__file__).parent / "link_driver.py"
Numbers = dict[str, Any]


def server(folder: Path) -> IndiServer:
    """One of our own with the benchmark's driver."""
    driver = folder / "indi_bench"
    driver.write_text(f'#!/bin/sh\nexec "{sys.executable}" -IS "{DRIVER}"\n', encoding="utf-8")
    driver.chmod(0o700)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return IndiServer(str(folder / "sock"), port, ("indi_bench",), str(folder / "home"), (str(folder),))


async def client(link: str, path: str, what: str, count: int) -> tuple[Numbers, int]:
    """What it measured, and how it ended."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.link_client", link, path, what, str(count)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,  # libindi has much to say there
    )
    assert process.stdout
    told = await process.stdout.read()
    code = await process.wait()
    return json.loads(told) if told else {}, code


async def measure(path: str, what: str, count: int) -> dict[str, list[Numbers]]:
    """In turn, so that other programs' moods meet both."""
    found: dict[str, list[Numbers]] = {link: [] for link in LINKS}
    for _ in range(ROUNDS):
        for link in LINKS:
            numbers, code = await client(link, path, what, count)
            if code:
                raise RuntimeError(f"the {link} link's {what} ended with {code}")
            found[link].append(numbers)
    return found


def all_of(rounds: list[Numbers], key: str) -> list[float]:
    """One measure of every round, in one list."""
    values = [numbers[key] for numbers in rounds]
    return [one for value in values for one in (value if isinstance(value, list) else [value])]


def row(name: object, *cells: object) -> None:
    """One line of a table: numbers as they are formatted, right-aligned."""
    print(f"{name:10}" + "".join(f"{cell:>13}" for cell in cells))


def show_frames(found: dict[str, list[Numbers]]) -> None:
    """Latency, processor and memory."""
    print(f"frame of 52 MB from the driver to pixels, {ROUNDS} x {FRAMES} frames")
    row("", "min ms", "median ms", "max ms", "CPU ms", "peak MB", "for frames", "loop lag ms")
    for link, rounds in found.items():
        ms = all_of(rounds, "ms")
        cpu, lag = 1e3 * median(all_of(rounds, "cpu")), max(all_of(rounds, "lag"))
        peak, more = max(all_of(rounds, "peak")), max(all_of(rounds, "more"))
        times = (f"{value:.0f}" for value in (min(ms), median(ms), max(ms), cpu, peak, more))
        row(link, *times, f"{lag:.1f}")


def show_talk(commands: dict[str, list[Numbers]], events: dict[str, list[Numbers]]) -> None:
    """What small elements cost."""
    print(f"command and its answer, {ROUNDS} x {COMMANDS}; updates that come at once, {ROUNDS} x {EVENTS}")
    row("", "median ms", "99 % ms", "CPU us", "update us", "CPU us")
    for link in LINKS:
        ms = all_of(commands[link], "ms")
        micros = (
            median(all_of(commands[link], "cpu")),
            median(all_of(events[link], "seconds")) / EVENTS,
            median(all_of(events[link], "cpu")),
        )
        row(
            link,
            f"{median(ms):.2f}",
            f"{quantiles(ms, n=100)[-1]:.2f}",
            *(f"{1e6 * us:.0f}" for us in micros),
        )


async def reconnects(path: str, counts: dict[str, int]) -> None:
    """Each process connects so many times, and ends without a goodbye."""
    print("connecting again under traffic (2000 updates and 5 frames a second), then ending under it")
    row("", "times", "median s", "max s", "refused", "deaf for 3 s", "died")
    for link in LINKS:
        seconds: list[float] = []
        refused = deaf = died = 0
        for _ in range(PARTS):
            numbers, code = await client(link, path, "reconnects", counts[link] // PARTS)
            seconds += numbers.get("seconds", [])
            refused, deaf = refused + numbers.get("refused", 0), deaf + numbers.get("deaf", 0)
            died += code != 0
        times = (f"{median(seconds):.3f}", f"{max(seconds):.3f}") if seconds else ("-", "-")
        row(link, counts[link], *times, refused, deaf, f"{died} of {PARTS}")


async def main() -> None:
    """Everything on one server."""
    counts = dict.fromkeys(LINKS, int(sys.argv[1])) if sys.argv[1:] else RECONNECTS
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        settings = server(Path(name))
        async with OwnedServer(settings).running():
            show_frames(await measure(settings.socket, "frames", FRAMES))
            commands = await measure(settings.socket, "commands", COMMANDS)
            show_talk(commands, await measure(settings.socket, "events", EVENTS))
            await reconnects(settings.socket, counts)


if __name__ == "__main__":
    asyncio.run(main())
