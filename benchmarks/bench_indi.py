"""26-megapixel frames through INDI into a running sequence: dead time, event-loop lag, memory.

`python -m benchmarks.bench_indi`. The whole box runs as at night, on INDI's simulators (a 6248 x 4176
sensor of 16 bits): it connects, slews, centres, then takes subs one after the other, each measured,
solved, written to FITS and previewed while the next is exposed, with the vitals, the phone page and a
phone reading it. Nothing in it is touched or replaced for the measurement.

Dead time is seen from outside: a second client of the same indiserver, a process of its own, notes when
it has the whole frame and when the box's next request for an exposure passes the server. The floor, on
the same server and by the same ruler, is a bare client that throws the frame away and asks at once.

INDI's simulator draws its frame when it is asked for it: between the request and its Busy lie 0.5 to
2.5 s of its own, which no camera has; they are shown and not counted.
"""

import asyncio
import contextlib
import os
import sys
import tempfile
import time
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from appliance.box.access import KeptAccess
from appliance.box.box import Box
from appliance.cli.compose import indi_server, running_box
from appliance.cli.demo import best_target, darkest, demo_profile
from appliance.imaging.calculator import Calculator
from appliance.journal import Sub, SubState
from appliance.plan import Plan, Step, Target
from appliance.profile import Profile
from appliance.sequence.messages import SequenceState
from benchmarks.lag import Lags, control, ticking
from benchmarks.memory import peak_mb
from hardware.indi.server import OwnedServer

HERE = Path(__file__).parent
WIDTH, HEIGHT, PIXEL_UM = 6248, 4176, 3.76
SUBS, SECONDS = 10, 2.0
GOAL_MS = 20.0
Event = tuple[float, str]


@dataclass(slots=True)
class Night:
    """What was seen of the box: moments on the system's monotonic clock, memory in MB."""

    began: float
    composed: float
    first_sub: float
    ended: float
    saved: list[Sub]
    controller_mb: float
    calculator_mb: float


def rig(drivers: bool, socket: str = "", port: int = 0, *, big: bool = True) -> Profile:
    """The small night's simulators, with a big sensor or their own; without focuser there is no focus run."""
    profile: dict[str, Any] = tomllib.loads(demo_profile("indi", darkest(time.time())))
    needed = ("indi_simulator_telescope", "indi_simulator_ccd")
    profile["indi"] = {"drivers": needed if drivers else (), "socket": socket, "port": port}
    for absent in ("focuser", "filter_wheel", "rotator", "roof", "weather", "gnss"):
        del profile[absent]
    profile["camera"]["setup"] |= (
        {}
        if not big
        else {
            "SIMULATOR_SETTINGS.SIM_XRES": float(WIDTH),
            "SIMULATOR_SETTINGS.SIM_YRES": float(HEIGHT),
            "SIMULATOR_SETTINGS.SIM_XSIZE": PIXEL_UM,
            "SIMULATOR_SETTINGS.SIM_YSIZE": PIXEL_UM,
        }
    )
    profile["page"] = {"host": "127.0.0.1", "port": 0}
    return Profile.model_validate(profile)


def plan_for(profile: Profile, seconds: float = SECONDS, count: int = SUBS) -> Plan:
    """Subs of one target and nothing between them."""
    name = best_target(profile.site.place(), time.time())
    step = Step(seconds=seconds, count=count, dither_every=0)
    return Plan(name="Benchmark", target=(Target(name=name, step=(step,)),), cool=False, warm_at_end=False)


@asynccontextmanager
async def program(*command: str) -> AsyncIterator[list[str]]:
    """Run a Python program of ours beside the block; the lines it printed are there after it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-IS", *command, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    lines: list[str] = []
    reading = asyncio.create_task(process.stdout.read())
    try:
        yield lines
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        lines += (await reading).decode().splitlines()
        await process.wait()


def local_link(box: Box) -> str:
    """Opens the page once, as who sits at this machine."""
    port = box.url.rstrip("/").rpartition(":")[2]
    return f"http://127.0.0.1:{port}/?key={KeptAccess(box.folder).read().key}"


async def take_subs(profile: Profile, plan: Plan, folder: Path, log: Path, phones: int = 1) -> Night:
    """The box's night, with what it says to the person in a file instead of the terminal."""
    began = time.monotonic()
    with log.open("w", encoding="utf-8") as quiet, contextlib.redirect_stdout(quiet):
        async with running_box(profile, plan, folder) as box:
            composed = time.monotonic()
            async with program(str(HERE / "phone.py"), local_link(box), str(phones)):
                sequence = box.jobs.start("sequence", box.sequence())
                first_sub = await _first_sub(box, sequence)
                await sequence
            ended = time.monotonic()
            saved = await box.journal.read(Sub, state=SubState.SAVED)
            assert isinstance(box.calculator, Calculator)
            assert box.calculator.pid
            memory = peak_mb(os.getpid()), peak_mb(box.calculator.pid)
            return Night(began, composed, first_sub, ended, saved, *memory)


async def _first_sub(box: Box, sequence: asyncio.Task[Any]) -> float:
    with box.bus.subscribe(SequenceState) as mailbox:
        async for message in mailbox:
            if sequence.done() or (isinstance(message, SequenceState) and message.doing == "Exposing"):
                break
    return time.monotonic()


def dead_times(events: list[Event]) -> list[float]:
    """Milliseconds from each frame but the last to the request for the next one."""
    frames = [at for at, what in events if what == "frame"]
    asked = [at for at, what in events if what == "asked"]
    return [1e3 * (min(at for at in asked if at > frame) - frame) for frame in frames[:-1]]


def drawing(events: list[Event]) -> list[float]:
    """Seconds from each request to the simulator's Busy."""
    busy = [at for at, what in events if what == "busy"]
    return [min(b for b in busy if b > at) - at for at, what in events if what == "asked"]


async def main() -> None:
    """The box first, then the bare client on the camera as the box has left it."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        settings = indi_server(rig(drivers=True), folder, folder / "run")
        profile = rig(False, settings.socket, settings.port)
        plan = plan_for(profile)
        (folder / "night").mkdir()
        wire = str(HERE / "wire.py")
        async with OwnedServer(settings).running():
            with control() as machine:
                async with ticking() as ours, program(wire, settings.socket) as seen:
                    night = await take_subs(profile, plan, folder / "night", folder / "said")
            async with program(wire, settings.socket) as floor:
                bare = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-IS", wire, settings.socket, str(SECONDS), str(SUBS)),
                    stdout=asyncio.subprocess.DEVNULL,
                )
                await bare.wait()
        report(night, parse(seen), parse(floor), ours, machine)


def parse(lines: list[str]) -> list[Event]:
    """Events in order."""
    return [(float(at), what) for at, what in (line.split() for line in lines)]


def report(night: Night, seen: list[Event], floor: list[Event], ours: Lags, machine: Lags) -> None:
    """Print the tables."""
    solved = sum(sub.ra_deg is not None for sub in night.saved)
    print(f"{WIDTH} x {HEIGHT} through INDI: {len(night.saved)} subs of {SECONDS:g} s saved, {solved} solved")
    subs = [event for event in seen if event[0] > night.first_sub]
    box, bare = dead_times(subs), dead_times(floor)
    print("dead time, from a frame's last byte to the next exposure's request, ms")
    print(f"{'':20}{'median':>8}{'max':>8}{'frames':>8}")
    for row, times in (("nightbox", box), ("bare client", bare)):
        print(f"{row:20}{median(times):8.1f}{max(times):8.1f}{len(times):8d}")
    print(f"(the simulator's drawing, not counted: median {median(drawing(subs)):.2f} s)")
    print(f"event-loop lag, ms (goal: worst below {GOAL_MS:g} while frames flow)")
    print(f"{'':20}{'worst':>8}{'99.9 %':>8}{'ticks':>8}   empty loop:{'worst':>8}{'99.9 %':>8}")
    spans = {
        "start of the box": (night.began, night.composed),
        "connect to centred": (night.composed, night.first_sub),
        "subs": (night.first_sub, night.ended),
    }
    for row, span in spans.items():
        mine, theirs = ours.between(*span), machine.between(*span)
        print(f"{row:20}{mine[0]:8.1f}{mine[1]:8.1f}{mine[2]:8d}{theirs[0]:22.1f}{theirs[1]:8.1f}")
    print(f"peak resident memory: controller {night.controller_mb:.0f} MB,", end=" ")
    print(f"calculator {night.calculator_mb:.0f} MB")


if __name__ == "__main__":
    asyncio.run(main())
