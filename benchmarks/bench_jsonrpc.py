"""JSON-RPC under attack: how long do the loop and an honest client wait, and does the box grow?

`python -m benchmarks.bench_jsonrpc [SECONDS]`, or `check`, which fails when it stalls or grows. The surface
runs on this loop; ATTACKERS processes send half requests, rubbish, deep and long JSON, batches, and hang up
or read slowly, as their seeds say. An honest client asks the same question all the time.

"own" is the most processor time that the loop has spent between two looks at everything else: a stall of
ours, however busy the machine is. The control row is a process that only ticks: the machine's doing.
"""

import asyncio
import gc
import json
import os
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from random import Random

import numpy as np

from appliance.api import Api
from appliance.bus import Bus
from appliance.observer import Observer
from appliance.profile import JsonRpcSection, Profile
from appliance.rig import Rig
from appliance.sequence.beside import beside
from appliance.surfaces.jsonrpc.desk import Desk
from appliance.surfaces.jsonrpc.limits import LONGEST
from appliance.surfaces.jsonrpc.run import run_jsonrpc
from benchmarks.lag import control, ticking
from hardware.devices import Site
from hardware.simulator.opener import SimulatorOpener

ATTACKERS, SECONDS, WORST_MS, MOST_GROWTH_MB = 2, 20.0, 50.0, 16.0
SITE = Site(48.1, 11.6, 520.0)
PROFILE = {
    "name": "bench", "site": {"latitude_deg": 48.1, "longitude_deg": 11.6},
    "telescope": {"focal_length_mm": 360.0, "aperture_mm": 72.0},
    "camera": {"driver": "simulator", "name": "Camera"}, "mount": {"driver": "simulator", "name": "Mount"},
}  # fmt: skip
ASKED = b'{"jsonrpc": "2.0", "method": "status", "params": ["mount", "sequence"], "id": 1}\n'


def hostile(random: Random) -> bytes:
    """One thing that no decent client sends."""
    size = random.choice((10, 1_000, LONGEST - 100, LONGEST + 10_000))
    one = {"jsonrpc": "2.0", "method": random.choice(("status", "Hz2Eq", "CurrentHeader", "x")), "id": 1}
    return random.choice((
        lambda: b"[" * size + b"\n", lambda: b'{"a":' * (size // 5) + b"\n",
        lambda: b'"' + b"\\u0000" * (size // 6) + b'"\n',
        lambda: random.randbytes(size) + b"\n", lambda: b"9" * size + b"\n", lambda: b"\n" * min(size, 2_000),
        lambda: json.dumps([one] * 100).encode() + b"\n",
        lambda: json.dumps(one | {"params": ["x" * size]}).encode() + b"\n",
        lambda: b"GET / HTTP/1.1\r\n\r\n", lambda: b"POST /jsonrpc HTTP/1.1\r\n" + b"A: b\r\n" * (size // 6),
        lambda: b"POST /jsonrpc HTTP/1.1\r\nContent-Length: 60000\r\n\r\n{",
        lambda: b"status\r\nlog\r\n" * 50,
    ))()  # fmt: skip


async def attack(port: int, seed: int) -> None:
    """Until the process is killed."""
    random = Random(seed)

    async def one() -> None:
        while True:
            with suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                for _ in range(random.randint(1, 5)):
                    writer.write(hostile(random))
                    if random.random() < 0.5:
                        with suppress(TimeoutError):
                            async with asyncio.timeout(random.random()):
                                await reader.read(random.choice((1, 100, 100_000)))
                writer.transport.abort()

    await asyncio.gather(*(one() for _ in range(8)))


async def honest(port: int, seconds: float) -> list[float]:
    """Milliseconds that each answer took."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    took, ends = [], time.monotonic() + seconds
    while time.monotonic() < ends:
        began = time.monotonic()
        writer.write(ASKED)
        await reader.readline()
        took.append(1e3 * (time.monotonic() - began))
        await asyncio.sleep(0.005)
    writer.close()
    return took


def resident_mb() -> float:
    """What this process has in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


async def own_ms(most: list[float]) -> None:
    """For ever: the most processor time of this thread between two turns of the loop goes into `most`."""
    before = time.thread_time()
    while True:
        await asyncio.sleep(0.001)
        now = time.thread_time()
        most[0], before = max(most[0], 1e3 * (now - before)), now


async def row(name: str, port: int, seconds: float) -> float:
    """One line of the table; the worst stall of our own in ms."""
    started, own = time.monotonic(), [0.0]
    async with ticking() as lags, beside(own_ms(own)):
        took = await honest(port, seconds)
    worst, usual, _ = lags.between(started, time.monotonic())
    median, late = np.quantile(took, [0.5, 0.99])
    print(
        f"{name:10}{own[0]:9.1f}{worst:9.1f}{usual:9.1f}{median:9.2f}{late:9.2f}{len(took):8d}"
        f"{resident_mb():9.1f}"
    )
    return own[0]


async def main(seconds: float) -> bool:
    """True when nothing stalled and nothing grew."""
    bus, listens = Bus(), asyncio.get_running_loop().create_future()
    observer = Observer(SITE)
    profile = Profile.model_validate(PROFILE)
    rig = Rig(profile, SimulatorOpener.demo(observer.unix, SITE), bus.publish)
    with tempfile.TemporaryDirectory() as folder:
        api = Api(bus, observer.unix)
        desk = Desk(api, rig, profile, observer, Path(folder), lambda: (), lambda: "bench")
        async with beside(run_jsonrpc(JsonRpcSection(port=0), desk, listens.set_result)):
            return await measured(await listens, seconds)


async def measured(port: int, seconds: float) -> bool:
    """The table, and the verdict."""
    print("JSON-RPC: the loop's lag and an honest client's wait in ms, and memory in MB")
    print(f"{'':10}{'own':>9}{'worst':>9}{'99.9 %':>9}{'median':>9}{'99 %':>9}{'asked':>8}{'MB':>9}")
    await row("idle", port, 3.0)
    attackers = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.bench_jsonrpc", "attack", str(port), str(seed)),
        )
        for seed in range(ATTACKERS)
    ]
    try:
        await row("attack", port, 3.0)  # every cache is warm
        gc.collect()
        before, began = resident_mb(), time.monotonic()
        with control() as machine:
            worst = await row("attack", port, seconds)
        machines = machine.between(began, time.monotonic())[0]
        print(f"{'control':10}{'':9}{machines:9.1f}")
    finally:
        for attacker in attackers:
            attacker.kill()
            await attacker.wait()
    await row("afterwards", port, 3.0)
    gc.collect()
    grown = resident_mb() - before
    stalled = worst > WORST_MS
    print(f"grown by {grown:.1f} MB; {'STALLED' if stalled else 'no stall'} beyond {WORST_MS:g} ms")
    return not stalled and grown <= MOST_GROWTH_MB


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["attack", port, seed]:
            asyncio.run(attack(int(port), int(seed)))
        case ["check"]:
            sys.exit(not asyncio.run(main(SECONDS)))
        case given:
            asyncio.run(main(float(given[0]) if given else SECONDS))
