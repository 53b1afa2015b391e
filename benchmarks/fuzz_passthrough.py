"""What hostile clients cost the box: `python -m benchmarks.fuzz_passthrough [SECONDS] [SEED]`.

Connections to the passthrough, several at a time, send streams of INDI's tokens put together at random (as
fuzz_wire does), in chunks of random sizes, and read or do not. Beside them one client asks for one of the
box's own devices and must be answered each time. Told is the longest turn of the event loop, by the
processor: for so long everything else has to wait; and what is left of it all at the end.
"""

import asyncio
import random
import socket
import sys
import time
from contextlib import suppress
from typing import cast

import psutil

from appliance.bus import Bus, State
from appliance.leases import House, Leases
from appliance.profile import PassthroughSection, Profile
from appliance.rig import Opener, Rig
from appliance.safety.gatekeeper import Gatekeeper
from appliance.safety.interlock import Verdict
from appliance.surfaces.indi_passthrough.guard import Used
from appliance.surfaces.indi_passthrough.own.house import own_vectors
from appliance.surfaces.indi_passthrough.own.measured import Measured
from appliance.surfaces.indi_passthrough.run import Wiring, run_passthrough
from benchmarks.fuzz_wire import chunks, stream
from benchmarks.passthrough_alone import RIG
from hardware.worker import Worker

HOSTS = 6
ASK = b'<getProperties version="1.7" device="Nightbox Sequence" name="SEQUENCE_STATE"/>'
GOAL_MS = 50.0


class Turns:
    """The longest turn of the loop, in this thread's processor time."""

    def __init__(self) -> None:
        self.worst = 0.0

    async def run(self) -> None:
        while True:
            began = time.thread_time()
            await asyncio.sleep(0)
            self.worst = max(self.worst, time.thread_time() - began)
            await asyncio.sleep(0.001)


def hostile(port: int, seed: int, ends: float) -> tuple[int, int]:
    """One after the other, in a thread; how many connections, and how many bytes they took."""
    chance, count, sent = random.Random(seed), 0, 0
    while time.monotonic() < ends:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1.0) as one:
            one.settimeout(chance.choice([0.0, 0.2]))
            count += 1
            for chunk in chunks(chance, stream(chance)):
                sent += one.send(chunk)
                if chance.random() < 0.1:
                    one.recv(4096)
    return count, sent


async def asking(port: int, told: list[float]) -> None:
    """How long each answer took."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while True:
            began = time.perf_counter()
            writer.write(ASK)
            await reader.readuntil(b"</defTextVector>")
            told.append(time.perf_counter() - began)
            await asyncio.sleep(0.05)
    finally:
        writer.close()


async def main(seconds: float, seed: int) -> None:
    """Until the time is up; an assertion fails when something is left."""
    profile, bus, leases_of = Profile.model_validate(RIG), Bus(), Leases(House(), lambda _: None)
    bus.publish(State(source="fuzz"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    wiring = Wiring(
        section=PassthroughSection(enabled=True, port=port), upstream=None, bus=bus, leases=leases_of,
        gate=Gatekeeper(profile, lambda: Verdict.SAFE),
        rig=Rig(profile, cast(Opener, _NoOpener()), bus.publish),
        used=Used({}), vectors=lambda states: own_vectors(profile, Measured(), states),
    )  # fmt: skip
    passthrough = asyncio.create_task(run_passthrough(wiring))
    await asyncio.sleep(0.5)
    me, turns, told = psutil.Process(), Turns(), list[float]()
    before, memory = me.num_fds(), me.memory_info().rss
    beside = [asyncio.create_task(turns.run()), asyncio.create_task(asking(port, told))]
    workers = [Worker(f"hostile {n}") for n in range(HOSTS)]
    ends = time.monotonic() + seconds
    done = await asyncio.gather(
        *(worker.call(hostile, port, seed + n, ends) for n, worker in enumerate(workers))
    )
    for task in beside:
        task.cancel()
    await asyncio.gather(*beside, return_exceptions=True)
    for worker in workers:
        worker.close()
    for _ in range(100):
        if not leases_of.state().clients:
            break
        await asyncio.sleep(0.1)
    await asyncio.sleep(1.0)  # for the last ones' sockets
    left = me.num_fds() - before
    print(f"seed {seed}: {sum(n for n, _ in done)} connections, {sum(n for _, n in done) / 1e6:.0f} MB taken")
    print(f"longest turn of the loop {1e3 * turns.worst:.1f} ms (goal {GOAL_MS:.0f})")
    print(f"{len(told)} answers to the client beside them, the slowest after {1e3 * max(told):.0f} ms")
    print(f"left: {left} descriptors, {(me.memory_info().rss - memory) / 1e6:.1f} MB more resident")
    passthrough.cancel()
    await asyncio.gather(passthrough, return_exceptions=True)
    if leases_of.state().clients or leases_of.state().devices:
        raise AssertionError("somebody is left")


class _NoOpener:
    """There is nothing to open."""

    def __getattr__(self, _: str) -> object:
        return None


if __name__ == "__main__":
    asyncio.run(
        main(
            float(sys.argv[1]) if sys.argv[1:] else 30.0,
            int(sys.argv[2]) if sys.argv[2:] else random.randrange(1 << 32),
        )
    )
