"""INDI through the passthrough against INDI directly, in one run, turn by turn.

`python -m benchmarks.bench_passthrough`. An indiserver runs a driver that answers at once and sends frames
of 26 megapixels (52 MB, 70 MB on the wire); the passthrough runs as a process of its own. Each figure is
taken on both ways alternately, by the same client. Then eight clients at once, one of which reads 200 kB/s
and another nothing at all, while frames go on coming: how long they take for the others, and what memory
passthrough and indiserver have had at most.
"""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks.memory import peak_mb

FRAMES, ECHOES, WARM = 24, 1500, 50
FAST, SLOW_BYTES_S, CROWD_FRAMES = 6, 200_000, 12
GOAL_RATIO, GOAL_MEDIAN_MS, GOAL_P99_MS, GOAL_MB = 0.93, 0.5, 2.0, 100.0
END = b"</setBLOBVector>"
HELLO = b'<getProperties version="1.7" device="Source"/>'
WANT = b'<enableBLOB device="Source" name="FRAME">Also</enableBLOB>'
SEND = b'<newSwitchVector device="Source" name="SEND"><oneSwitch name="NOW">On</oneSwitch></newSwitchVector>'
ECHO = '<newNumberVector device="Source" name="ECHO"><oneNumber name="VALUE">{}</oneNumber></newNumberVector>'


class Client:
    """A blocking one that looks at nothing but the ends of elements."""

    def __init__(self, port: int, *, frames: bool) -> None:
        self._sock = socket.create_connection(("127.0.0.1", port), timeout=60.0)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._into = memoryview(bytearray(1 << 20))
        self._sock.sendall(HELLO)
        self.until(b"</defBLOBVector>")
        if frames:
            self._sock.sendall(WANT)
        time.sleep(0.2)

    def say(self, words: bytes) -> None:
        self._sock.sendall(words)

    def until(self, end: bytes) -> tuple[float, int]:
        """Read until these bytes have come: when the first one came, and how many."""
        tail, began, count = b"", 0.0, 0
        while end not in tail:
            read = self._sock.recv_into(self._into)
            if not read:
                raise ConnectionError("closed")
            self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            began, count = began or time.perf_counter(), count + read
            tail = (tail + bytes(self._into[max(0, read - 4096) : read]))[-4096:]
        return began, count

    def frame(self) -> float:
        """MB/s of the next frame, from its first byte to its last."""
        began, count = self.until(END)
        return count / (time.perf_counter() - began) / 1e6

    def echo(self, number: int) -> float:
        """Milliseconds from a command to the driver's answer."""
        began = time.perf_counter()
        self.say(ECHO.format(number).encode())
        self.until(f"\n{number}\n".encode())  # as indiserver lays it out
        return (time.perf_counter() - began) * 1000

    def drink(self, bytes_s: float, until: threading.Event) -> None:
        """Read no faster than that."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        with contextlib.suppress(OSError):
            while not until.is_set():
                if bytes_s:
                    self._sock.recv(int(bytes_s / 10))
                time.sleep(0.1)

    def close(self) -> None:
        self._sock.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(*command: str, path: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """A program for the length of the block."""
    environment = {**os.environ, "PATH": f"{path}{os.pathsep}{os.environ['PATH']}"}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.terminate()


def wait_for(port: int) -> None:
    """Until somebody listens there."""
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise SystemExit(f"nobody listens at port {port}")


def main() -> None:
    """Everything, and whether the goals were met."""
    with tempfile.TemporaryDirectory() as folder:
        driver = Path(folder) / "indi_source"
        root = Path(__file__).parent.parent
        driver.write_text(
            f'#!/bin/sh\ncd "{root}"\nPYTHONPATH="{root}" exec "{sys.executable}" -m benchmarks.indi_source\n'
        )
        driver.chmod(0o700)
        server, port = free_port(), free_port()
        serve = ("indiserver", "-m", "1024", "-p", str(server), "-u", f"{folder}/sock", "indi_source")
        alone = (sys.executable, "-m", "benchmarks.passthrough_alone", str(port), str(server))
        with running(*serve, path=folder) as indi:
            wait_for(server)
            with running(*alone) as passthrough:
                wait_for(port)
                measure(server, port, indi.pid, passthrough.pid)


def measure(server: int, port: int, indi: int, passthrough: int) -> None:
    ratios = throughput(server, port)
    added = latency(server, port)
    crowd(port, indi, passthrough)
    met = ratios >= GOAL_RATIO and added[0] <= GOAL_MEDIAN_MS and added[1] <= GOAL_P99_MS
    met = met and peak_mb(passthrough) < GOAL_MB
    print(f"goals: {'met' if met else 'NOT met'}")


def throughput(server: int, port: int) -> float:
    """Frames on both ways in turn; the ratio of the best ones."""
    ways = {"direct": Client(server, frames=True), "passthrough": Client(port, frames=True)}
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(FRAMES):
        for name, client in ways.items():
            other = next(one for one in ways.values() if one is not client)
            other.say(b'<enableBLOB device="Source" name="FRAME">Never</enableBLOB>')
            client.say(WANT)
            time.sleep(0.1)
            client.say(SEND)
            rate = client.frame()
            if turn:
                rates[name].append(rate)
    for client in ways.values():
        client.close()
    print("frames of 70 MB, MB/s:    best   median")
    for name, seen in rates.items():
        print(f"  {name:18}{max(seen):10.0f}{median(seen):9.0f}")
    best = max(rates["passthrough"]) / max(rates["direct"])
    usual = median(rates["passthrough"]) / median(rates["direct"])
    print(f"  ratio             {best:10.2f}{usual:9.2f}   (goal {GOAL_RATIO})")
    return max(best, usual)


def latency(server: int, port: int) -> tuple[float, float]:
    """Commands on both ways in turn; what the passthrough adds at the median and the 99th percentile, ms."""
    ways = {"direct": Client(server, frames=False), "passthrough": Client(port, frames=False)}
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(ECHOES):
        for name, client in ways.items():
            took = client.echo(1_000_000 + number * 2 + (name == "direct"))
            if number >= WARM:
                times[name].append(took)
    for client in ways.values():
        client.close()
    figures = {name: (median(seen), sorted(seen)[int(len(seen) * 0.99)]) for name, seen in times.items()}
    print("a command and its answer, ms: median    99 %")
    for name, (usual, late) in figures.items():
        print(f"  {name:18}{usual:14.2f}{late:9.2f}")
    added = tuple(figures["passthrough"][i] - figures["direct"][i] for i in (0, 1))
    print(f"  added             {added[0]:14.2f}{added[1]:9.2f}   (goals {GOAL_MEDIAN_MS}, {GOAL_P99_MS})")
    return added[0], added[1]


def crowd(port: int, indi: int, passthrough: int) -> None:
    """Eight clients, two of which hold everything up; the time of each frame until all fast ones have it."""
    quick = [Client(port, frames=True) for _ in range(FAST)]
    slow, stuck = Client(port, frames=True), Client(port, frames=True)
    done = threading.Event()
    idle = [
        threading.Thread(target=one.drink, args=(rate, done))
        for one, rate in ((slow, SLOW_BYTES_S), (stuck, 0))
    ]
    for thread in idle:
        thread.start()
    took: list[float] = []
    for _ in range(CROWD_FRAMES):
        began = time.perf_counter()
        readers = [threading.Thread(target=client.frame) for client in quick]
        for reader in readers:
            reader.start()
        quick[0].say(SEND)
        for reader in readers:
            reader.join()
        took.append(time.perf_counter() - began)
        time.sleep(1.0)
    done.set()
    for thread in idle:
        thread.join()
    print(
        f"{FAST} fast clients, one at {SLOW_BYTES_S / 1000:.0f} kB/s, one that reads nothing,"
        f" {CROWD_FRAMES} frames:"
        f"\n  a frame for all fast ones {min(took):.2f} to {max(took):.2f} s"
        f"\n  peak memory: passthrough {peak_mb(passthrough):.0f} MB (goal {GOAL_MB:.0f}),"
        f" indiserver {peak_mb(indi):.0f} MB"
    )


if __name__ == "__main__":
    main()
