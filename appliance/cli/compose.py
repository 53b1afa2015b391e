"""The composition root: profile → journal → rig → sequence → api → page, and all of it down again."""

import asyncio
import contextlib
import fcntl
import socket
import tempfile
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from appliance.api import Api
from appliance.bus import Bus
from appliance.cli.box import JOURNAL, LOG, Box, commands
from appliance.cli.console import Console
from appliance.cli.streams import noise_to, warnings_to
from appliance.errors import NotWritable
from appliance.imaging.atomic import translated
from appliance.imaging.calculator import Calculator
from appliance.jobs import Jobs
from appliance.journal import Journal
from appliance.observer import Observer
from appliance.profile import Profile
from appliance.rig import Rig
from appliance.sequence.checks import check_folder, check_profile, check_sky, check_wheel, resolve
from appliance.sequence.night import Gate
from appliance.sequence.plan import Plan
from appliance.sequence.resume import unfinished
from appliance.sequence.vitals import watch_vitals
from appliance.solve.solvers import available
from hardware.devices import IndiServer
from hardware.gsc import install_shim
from hardware.registry import Registry, drivers
from web.app import page_server

INDI_SOCKET, INDI_PORT = "/tmp/indiserver", 7624  # noqa: S108 - indiserver's own default


@asynccontextmanager
async def running_box(profile: Profile, plan: Plan, folder: Path) -> AsyncIterator[Box]:
    """Check all that can be checked without the gear, then start everything; on leaving all of it ends.

    Raises BadInput, NotWritable, DiskFull or DeviceMissing before anything moves.
    """
    observer = Observer(profile.site.place())
    check_profile(profile)
    check_wheel(plan, profile)
    targets = resolve(plan)
    check_folder(folder)
    async with AsyncExitStack() as stack:
        stack.enter_context(only_one(folder))
        bus, journal = Bus(), await opened_journal(folder, stack)
        if await unfinished(journal, plan) is None:  # else it was up, and may have been taken, and set
            check_sky(plan, targets, observer)
        stack.enter_context(noise_to(folder / LOG))
        stack.enter_context(warnings_to(folder / LOG))
        console = Console(folder / LOG, observer, journal)
        await stack.enter_async_context(console.listening(bus))
        registry = await stack.enter_async_context(opened_drivers(profile, folder, observer))
        box = Box(
            profile=profile, plan=plan, targets=targets, folder=folder, bus=bus, observer=observer,
            journal=journal, console=console,
            calculator=await stack.enter_async_context(Calculator.start()),
            solvers=tuple(available(profile.solver.order, publish=bus.publish)),
            rig=Rig(profile, registry, bus.publish), jobs=Jobs(bus.publish), gate=Gate(),
        )  # fmt: skip
        await _start_surfaces(box, stack)
        stack.push_async_callback(box.jobs.stop_all)
        yield box


async def opened_journal(folder: Path, stack: AsyncExitStack) -> Journal:
    """The folder's journal, closed with the stack."""
    journal = await Journal.open(folder / JOURNAL)
    stack.push_async_callback(journal.close)
    return journal


async def _start_surfaces(box: Box, stack: AsyncExitStack) -> None:
    api = Api(box.bus, box.observer.unix, lambda: box.preview if box.preview.exists() else None)
    for command in commands(box):
        api.register(command)
    await stack.enter_async_context(background(api.listen()))
    vitals = watch_vitals(box.rig, box.observer, box.folder, box.bus)
    await stack.enter_async_context(background(vitals))
    page = box.profile.page
    server = page_server(api, page.host, page.port)
    server.start()
    stack.push_async_callback(server.stop)
    box.url = server.url


@asynccontextmanager
async def opened_drivers(profile: Profile, folder: Path, observer: Observer) -> AsyncIterator[Registry]:
    """The drivers the profile's devices need, with an indiserver of our own when it lists drivers."""
    names = profile.drivers()
    with tempfile.TemporaryDirectory(prefix="nightbox-") as runtime:
        server = indi_server(profile, folder, Path(runtime)) if "indi" in names else None
        async with drivers(names, server, observer.unix, observer.site) as registry:
            yield registry


def indi_server(profile: Profile, folder: Path, runtime: Path) -> IndiServer:
    """The profile's indiserver; its socket is in `runtime` because socket paths must be short.

    Without drivers in the profile it is the one that runs already, where indiserver is by default.
    """
    if not profile.indi.drivers:
        return IndiServer(profile.indi.socket or INDI_SOCKET, profile.indi.port or INDI_PORT)
    install_shim(runtime)
    return IndiServer(
        socket=profile.indi.socket or str(runtime / "indi.sock"),
        port=profile.indi.port or free_port(),
        drivers=profile.indi.drivers,
        home=str(folder.absolute() / "indi"),
        path=(str(runtime),),
        log=str(folder.absolute() / "indiserver.log"),
    )


def free_port() -> int:
    """A TCP port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Two controllers in one folder would both command the mount: the second is refused."""
    with translated(folder / ".lock"):
        lock = (folder / ".lock").open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise NotWritable(
                f"Another Nightbox is working in {folder}.",
                advice="Stop that one first, or give another folder.",
            ) from held
        yield


@asynccontextmanager
async def background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run a coroutine beside the block and cancel it after."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
