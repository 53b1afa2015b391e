"""Idle time between subs on INDI's camera simulator, beside a bare INDI socket in the same run.

`python -m benchmarks.bench_idle`. The whole box takes short subs of one target with the simulator's own
sensor (1.3 megapixels), each measured, solved, written and previewed while the next is exposed. Idle time is
what lies between two exposures: from one request for an exposure to the next, less the exposure; seen from
outside by a second client of the same indiserver. It includes the simulator's own readout and drawing, which
the bare client, that throws its frames away and asks at once, has as well: the difference is ours.

Peers measured so (1 s subs): INDIGO 89 ms, Ekos 276, CCDciel 365; a bare socket 32 to 46.
"""

import asyncio
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from statistics import median

from appliance.cli.compose import indi_server
from benchmarks.bench_indi import HERE, Event, parse, plan_for, program, rig, take_subs
from hardware.indi.server import OwnedServer

COUNTS = {1.0: 20, 0.2: 40}
GOAL_MS = 50.0


async def main() -> None:
    """Each length of sub by the box, then by the bare client on the camera as the box has left it."""
    print("idle time between subs, ms, on INDI's camera simulator (1.3 megapixels)")
    print(f"{'':14}{'median':>8}{'90 %':>8}{'worst':>8}{'subs':>6}")
    for seconds, count in COUNTS.items():
        box, bare = await _both(seconds, count)
        for row, times in ((f"box, {seconds:g} s", box), (f"bare, {seconds:g} s", bare)):
            tenth = sorted(times)[int(0.9 * len(times))]
            print(f"{row:14}{median(times):8.0f}{tenth:8.0f}{max(times):8.0f}{len(times):6d}")
        print(f"{'ours':14}{median(box) - median(bare):8.0f}   (goal: at most {GOAL_MS:g})")


async def _both(seconds: float, count: int) -> tuple[list[float], list[float]]:
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        settings = indi_server(rig(drivers=True, big=False), folder, folder / "run")
        profile = rig(False, settings.socket, settings.port, big=False)
        (folder / "night").mkdir()
        wire = str(HERE / "wire.py")
        async with OwnedServer(settings).running():
            async with program(wire, settings.socket) as seen:
                plan = plan_for(profile, seconds, count)
                night = await take_subs(profile, plan, folder / "night", folder / "said")
            async with program(wire, settings.socket) as floor:
                bare = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-IS", wire, settings.socket, str(seconds), str(count)),
                    stdout=asyncio.subprocess.DEVNULL,
                )
                await bare.wait()
        subs = [event for event in parse(seen) if event[0] > night.first_sub]
        return idle_times(subs, seconds), idle_times(parse(floor), seconds)


def idle_times(events: list[Event], seconds: float) -> list[float]:
    """Milliseconds from one request to the next, less the exposure."""
    asked = [at for at, what in events if what == "asked"]
    return [1e3 * (later - at - seconds) for at, later in pairwise(asked)]


if __name__ == "__main__":
    asyncio.run(main())
