"""The composition root: profile → journal → rig → sequence → api → page, and all of it down again."""

import contextlib
import fcntl
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator, Set
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from appliance.box.assembly import (
    World,
    assembled,
    check_space,
    check_tonight,
    checked,
    opened_journal,
    served,
)
from appliance.box.box import JOURNAL, LOG, Box
from appliance.box.heartbeat import Heartbeat, Left, rig_file
from appliance.box.notify import Notifier
from appliance.box.programs import run_shutdown, run_startup
from appliance.box.surfaces import surfaced
from appliance.box.tonight import tonight_told
from appliance.box.wished import still_wanted
from appliance.bus import Bus
from appliance.cli.console import show
from appliance.cli.guarded import feed_indi_watchdog, say_what_is_left
from appliance.cli.opening import opened_page
from appliance.cli.power import power_off
from appliance.cli.refused import shown
from appliance.cli.rehearsing import rehearsals
from appliance.cli.streams import noise_to, warnings_to
from appliance.errors import NotWritable
from appliance.imaging.atomic import translated
from appliance.imaging.calculator import Calculator
from appliance.imaging.disk import check_room
from appliance.observer import Observer
from appliance.plan import Plan, expanded
from appliance.profile import Profile
from appliance.safety.messages import SafetyState
from appliance.sequence.beside import beside
from appliance.sequence.checks import SPARE_BYTES
from appliance.solve.solvers import available
from hardware.devices import IndiServer
from hardware.gsc import install_shim
from hardware.registry import INDI_WATCHDOG, Registry, drivers
from hardware.system_clock import synchronised

INDI_SOCKET, INDI_PORT = "/tmp/indiserver", 7624  # noqa: S108 - indiserver's own default
BEHIND_PORT = 7625  # where it is when the passthrough takes its place


@dataclass(frozen=True, slots=True)
class Outside:
    """What other processes do for the box: `indi_socket` is of an indiserver that one keeps up for it with
    the profile's drivers, `guarded` the folder that it shares with its guardian. Neither is needed.
    """

    indi_socket: str = ""
    guarded: Path | None = None
    notifier: Notifier = field(default_factory=lambda: Notifier(None))


ALONE = Outside()
GUARDED = SafetyState(source="guardian", safe=False, reasons=("the guardian is making the rig safe",))


@asynccontextmanager
async def running_box(
    profile: Profile, plan: Plan, folder: Path, outside: Outside = ALONE,
    *, start: bool = True, file: Path | None = None,
) -> AsyncIterator[Box]:  # fmt: skip
    """Check all that can be checked without the gear, then start everything; on leaving all of it ends.

    Not `start`: it is not to begin by itself, so that a rig left in use is made safe, unless there is
    still a person's `wish` for this night. `file` is the profile's.
    The profile's own programs run before anything is started, and after everything has ended.
    Raises BadInput, NotWritable, DiskFull, ScriptFailed or DeviceMissing before anything moves.
    """
    written, plan = plan, expanded(plan)
    observer = Observer(profile.site.place())
    targets = checked(profile, plan, folder, observer)
    async with AsyncExitStack() as stack:
        stack.enter_context(only_one(folder))
        if not (folder / JOURNAL).exists():  # a full disk is left as it is
            check_room(folder, SPARE_BYTES)
        journal = await opened_journal(folder, stack)
        await check_space(journal, plan, folder)
        await check_tonight(profile, journal, plan, targets, observer)
        stack.enter_context(noise_to(folder / LOG))
        stack.enter_context(warnings_to(folder / LOG))
        await run_startup(profile, folder, print)
        stack.push_async_callback(run_shutdown, profile, folder, print)
        runtime = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nightbox-")))
        server = indi_server(profile, folder, runtime, outside.indi_socket)
        heart = Heartbeat(outside.guarded, outside.notifier)
        heart.waiting = partial(shown, profile, observer, GUARDED)
        await stack.enter_async_context(heart.holding(rig_file(profile, server), print))
        wish = None if start else await still_wanted(journal, plan, observer.site, observer.unix())
        goes_on = start or (wish is not None and not wish.hopeless)
        registry = await stack.enter_async_context(
            drivers(profile.drivers(), server, observer.unix, observer.site)
        )
        world = World(
            observer=observer,
            opener=registry,
            calculator=await stack.enter_async_context(Calculator.start()),
            solvers=lambda publish: available(profile.solver.order, publish=publish),
            show=show,
            bus=Bus(),
            clock_known=synchronised,
            left_unsafe=heart.left.unsafe,
            in_use=in_use(heart.left, goes_on=goes_on),
            abandoned=abandoned(heart.left, profile, goes_on=goes_on),
        )
        box = await stack.enter_async_context(assembled(profile, plan, targets, folder, journal, world))
        box.wish, box.written = wish, written
        heart.alive, heart.at_stake = lambda: box.watch.alive, lambda: box.rig.had_mount
        say_what_is_left(heart.left, box, watches=outside.guarded is not None)
        if profile.guardian.indi_watchdog:
            feeding = feed_indi_watchdog(profile, registry, server, box, heart)
            await stack.enter_async_context(beside(feeding))
        indi, alone = server.port if "indi" in profile.drivers() else None, outside.guarded is not None
        await _start_surfaces(box, registry, indi, file, stack, alone=alone)
        outside.notifier.ready()
        yield box
        outside.notifier.stopping()
        heart.rest(await box.at_rest() if box.rig.had_mount else heart.left.at_rest)


def in_use(left: Left, *, goes_on: bool) -> bool:
    """Was the mount, and is it still there as far as is known? After a power cut only who goes on knows."""
    return not left.at_rest and (goes_on or not left.rebooted)


def abandoned(left: Left, profile: Profile, *, goes_on: bool) -> bool:
    """Is there a rig in use that nobody goes on with?

    After a power cut a rig without a roof may have been carried home: it moves when a person wants it.
    """
    if left.unsafe:
        return True
    return not (left.at_rest or goes_on or (left.rebooted and profile.roof is None))


async def _start_surfaces(
    box: Box, opener: Registry, indi: int | None, file: Path | None, stack: AsyncExitStack, *, alone: bool
) -> None:
    """Page, panel, MQTT and INDI's port; a box with a panel may be asked to switch itself off."""
    api = await stack.enter_async_context(served(box, power_off if box.profile.panel else None, file))
    await stack.enter_async_context(rehearsals(box, api))
    await stack.enter_async_context(tonight_told(box, api))
    await stack.enter_async_context(surfaced(box, api, opener, indi))
    opening = opened_page(box.profile.page, api, box.folder, box.observer, alone=alone)
    box.url = (await stack.enter_async_context(opening)).url


@asynccontextmanager
async def opened_drivers(
    profile: Profile, folder: Path, observer: Observer, also: Set[str] = frozenset()
) -> AsyncIterator[Registry]:
    """The profile's drivers, `also` those, with an indiserver of our own when it lists drivers."""
    names = profile.drivers() | also
    with tempfile.TemporaryDirectory(prefix="nightbox-") as runtime:
        server = indi_server(profile, folder, Path(runtime))
        async with drivers(names, server, observer.unix, observer.site) as registry:
            yield registry


def indi_server(profile: Profile, folder: Path, runtime: Path, kept: str = "") -> IndiServer:
    """The profile's indiserver; its socket is in `runtime` because socket paths must be short.

    Without drivers in the profile it is the one that runs already, where indiserver is by default. `kept`
    is the socket of one that another process keeps up for us.
    """
    names, link = indi_drivers(profile), profile.indi.link
    if kept:
        return IndiServer(kept, usual_port(profile), names, kept=True, link=link)
    if not names:
        return IndiServer(profile.indi.socket or INDI_SOCKET, usual_port(profile), link=link)
    install_shim(runtime)
    return IndiServer(
        socket=profile.indi.socket or str(runtime / "indi.sock"),
        port=profile.indi.port or free_port(),
        drivers=names,
        home=str(folder.absolute() / "indi"),
        path=(str(runtime),),
        log=str(folder.absolute() / "indiserver.log"),
        link=link,
    )


def usual_port(profile: Profile) -> int:
    """Of an indiserver that is not started by the box itself."""
    front = profile.passthrough
    return profile.indi.port or (BEHIND_PORT if front.enabled and front.port == INDI_PORT else INDI_PORT)


def indi_drivers(profile: Profile) -> tuple[str, ...]:
    """What the indiserver has to run; none when it is not ours."""
    names = profile.indi.drivers
    wanted = names and profile.guardian.indi_watchdog and INDI_WATCHDOG not in names
    return (*names, INDI_WATCHDOG) if wanted else names


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
