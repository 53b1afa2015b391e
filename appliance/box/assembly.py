"""Putting a box together from what the world gives it: real at the telescope, simulated in a rehearsal."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path

from appliance.api import Api
from appliance.asking import Questions
from appliance.box.align_commands import align_commands
from appliance.box.alone import PowerOff, alone_commands
from appliance.box.box import JOURNAL, LOG, Box
from appliance.box.clock import watch_clock
from appliance.box.commands import commands
from appliance.box.dawn import end_at_dawn
from appliance.box.devices.commands import device_commands
from appliance.box.equipment_commands import equipment_commands
from appliance.box.errands import errands
from appliance.box.focusing.commands import focus_commands
from appliance.box.focusing.trend import watch_trend
from appliance.box.framing_commands import framing_commands
from appliance.box.graph_command import graph_commands
from appliance.box.idle import idle_guard
from appliance.box.offset_command import offset_command
from appliance.box.pictures import BoxPictures
from appliance.box.run_commands import run_commands
from appliance.box.safety_commands import safety_commands
from appliance.box.scribe import Scribe, Show
from appliance.box.sky_commands import Sky, sky_commands
from appliance.box.switching import output_command
from appliance.box.wanted import SEQUENCE
from appliance.bus import Bus, Publish
from appliance.byhand.look import PICTURE
from appliance.guide.letting_go import letting_go
from appliance.imaging.calculator import Holds
from appliance.imaging.disk import Free, check_room, check_writable, free_bytes
from appliance.jobs import Jobs
from appliance.journal import Journal
from appliance.observer import Observer
from appliance.outputs.outputs import Outputs
from appliance.plan import Plan
from appliance.profile import Profile
from appliance.rig import Opener, Rig
from appliance.safety.gatekeeper import Gatekeeper
from appliance.safety.guarded import guarded
from appliance.safety.memory import was_unsafe
from appliance.safety.performing import Performer, Switch
from appliance.safety.sources import Around
from appliance.safety.watch import Watch
from appliance.sequence.beside import beside
from appliance.sequence.checks import (
    SPARE_BYTES,
    check_profile,
    check_programs,
    check_sky,
    check_wheel,
    resolve,
)
from appliance.sequence.guide_watch import watch_guiding
from appliance.sequence.night import CONDITIONS, Gate
from appliance.sequence.resume import unfinished
from appliance.sequence.settings import horizon_of
from appliance.sequence.vitals import EVERY_SECONDS, watch_vitals
from appliance.sky.catalogue import Target
from appliance.sky.twilight import sun_altitude_deg
from appliance.solve.process import RunScript, run_program
from appliance.solve.solution import Solver
from hardware.devices import Site
from hardware.worker import Worker

NIGHT_DEG = -90.0  # the Sun that nobody minds


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """What is real at the telescope and simulated in a rehearsal; the solvers may tell of one left out.

    `clock_known`: has a time service set the machine's clock?
    `left_unsafe`: somebody began to make the rig safe and did not come to an end; that comes first.
    `in_use`: the mount was when the last controller died, and still stands there as far as is known;
    `abandoned`: and nobody wants the night to go on.
    `run` starts the external programs of the profile's lists and of the plan, which find
    `script_environment` beside the system's.
    """

    observer: Observer
    opener: Opener
    calculator: Holds
    solvers: Callable[[Publish], Sequence[Solver]]
    show: Show
    bus: Bus
    vitals_seconds: float = EVERY_SECONDS
    clock_known: Callable[[], bool] = lambda: True
    free_bytes: Free = free_bytes
    left_unsafe: bool = False
    in_use: bool = False
    abandoned: bool = False
    run: RunScript = run_program
    script_environment: Mapping[str, str] = field(default_factory=dict)


def checked(profile: Profile, plan: Plan, folder: Path, observer: Observer) -> tuple[Target, ...]:
    """The plan's targets once all that needs neither gear nor clock is known to fit.

    Raises BadInput or NotWritable.
    """
    check_profile(profile)
    check_wheel(plan, profile)
    check_programs(plan)
    targets = resolve(plan, observer.site, observer.unix())
    check_writable(folder)
    return targets


async def opened_journal(folder: Path, stack: AsyncExitStack) -> Journal:
    """The folder's journal, closed with the stack."""
    journal = await Journal.open(folder / JOURNAL)
    stack.push_async_callback(journal.close)
    return journal


async def check_tonight(
    profile: Profile, journal: Journal, plan: Plan, targets: tuple[Target, ...], observer: Observer
) -> None:
    """NeverUp for a target of a new plan; one that was begun was up, and may have been taken, and set.

    A box that nobody watches may not know the time yet: it looks after Start, and lives.
    """
    if profile.lonely is None and await unfinished(journal, plan) is None:
        check_sky(plan, targets, observer, horizon_of(profile))


async def check_space(journal: Journal, plan: Plan, folder: Path, free_on: Free = free_bytes) -> None:
    """DiskFull for a new plan. One that was begun waits for room by itself: somebody must watch its roof."""
    if await unfinished(journal, plan) is None:
        check_room(folder, SPARE_BYTES, free_on=free_on)


@asynccontextmanager
async def assembled(
    profile: Profile, plan: Plan, targets: tuple[Target, ...], folder: Path, journal: Journal, world: World
) -> AsyncIterator[Box]:
    """Everything wired and listening; on leaving the jobs are stopped.

    Nothing is moved yet, except by the safety watch, when it finds that it is not safe.
    """
    bus, observer = world.bus, world.observer
    async with AsyncExitStack() as stack:
        scribe = Scribe(folder / LOG, observer, journal, world.show)
        await stack.enter_async_context(scribe.listening(bus))
        guard = _guarded_rig(profile, plan, folder, world)
        gate = Gate()
        guard.watch.conditions.hold = partial(gate.hold, CONDITIONS)
        await stack.enter_async_context(beside(guard.outputs.run()))
        stack.push_async_callback(guard.outputs.end)
        box = Box(
            profile=profile, plan=plan, targets=targets, folder=folder, bus=bus, observer=observer,
            journal=journal, scribe=scribe, calculator=world.calculator,
            solvers=tuple(world.solvers(bus.publish)), rig=guard.rig, jobs=Jobs(bus.publish), gate=gate,
            watch=guard.watch, outputs=guard.outputs, interlock=guard.interlock, performer=guard.performer,
            questions=guard.questions, clock_known=world.clock_known, free_on=world.free_bytes,
            script_environment=world.script_environment, run_program=world.run,
        )  # fmt: skip
        vitals = watch_vitals(box.rig, observer, folder, bus, world.vitals_seconds)
        await stack.enter_async_context(beside(vitals))
        await stack.enter_async_context(beside(watch_trend(bus, observer)))
        if profile.guider is not None:
            guiding = watch_guiding(box.rig, observer, bus, world.vitals_seconds)
            await stack.enter_async_context(beside(guiding))
        runs = partial(box.jobs.running, SEQUENCE)
        idle = idle_guard(profile, box.rig, observer, bus.publish, runs, box.latest_pier)
        await stack.enter_async_context(beside(idle.watch()))
        remembered = world.left_unsafe or await was_unsafe(journal, observer.unix())
        await stack.enter_async_context(beside(box.watch.run(box.wanted, was_unsafe=remembered)))
        await stack.enter_async_context(beside(end_at_dawn(box)))
        # What safety has begun is brought to an end: nobody else closes that roof.
        stack.push_async_callback(box.watch.settled)
        stack.push_async_callback(partial(box.stop, for_good=False))
        yield box


@dataclass(frozen=True, slots=True, eq=False)
class _Guard:
    """The rig, and all that stands between it and whoever commands it."""

    rig: Rig
    watch: Watch
    outputs: Outputs
    questions: Questions
    interlock: Gatekeeper
    performer: Performer


def _guarded_rig(profile: Profile, plan: Plan, folder: Path, world: World) -> _Guard:
    """No way in to mount, roof and cover but by the interlock, which asks the watch whether it is safe."""
    observer, publish = world.observer, world.bus.publish

    def sun() -> float:
        """As it is within half a minute: it is asked often, and moves slowly."""
        return _sun_altitude_deg(observer.site, 60 * round(observer.unix() / 60))

    def unwanted_sun() -> float:
        return NIGHT_DEG if gate.daylight_asked else sun()

    # Who plans a night that need not be dark wants the sky open by day.
    by_day = plan.night == "any"
    gate = Gatekeeper(profile, lambda: watch.verdict, publish, sun, daylight_asked=by_day)
    opener = letting_go(world.opener, publish) if profile.guider else world.opener
    rig = Rig(profile, guarded(opener, gate), publish)
    outputs = Outputs(profile, rig, publish)
    questions = Questions(publish, observer.unix)
    performer = Performer(profile, rig, publish, questions, _switching(outputs), world.run, folder)
    sun_minds = None if by_day else unwanted_sun
    around = Around(
        sun_minds, lambda: world.free_bytes(folder), in_use=world.in_use, abandoned=world.abandoned
    )
    watch = Watch(profile, rig, observer, publish, around, performer)
    return _Guard(rig, watch, outputs, questions, gate, performer)


def _switching(outputs: Outputs) -> Switch:
    """By whoever tends the output, so that it stays as it was set."""

    async def switch(name: str, level: float, within: float) -> None:
        if level in {0.0, 1.0}:
            await outputs.set(name, "on" if level else "off", None, within)
        else:
            await outputs.set(name, "fixed", 100 * level, within)

    return switch


@lru_cache(maxsize=2)
def _sun_altitude_deg(site: Site, utc_unix: float) -> float:
    return float(sun_altitude_deg(site, utc_unix))


@asynccontextmanager
async def served(
    box: Box, power_off: PowerOff | None = None, profile_file: Path | None = None
) -> AsyncIterator[Api]:
    """The box's commands and news, for the surfaces; `power_off` lets them switch it off, `profile_file`
    change its settings.
    """
    api = Api(box.bus, box.observer.unix, lambda: box.preview if box.preview.exists() else None)
    by_hand = device_commands(box.hand, box.jobs, box.wanted, box.watch)
    every = (
        *commands(box),
        *alone_commands(box, power_off),
        output_command(box.outputs),
        *equipment_commands(box),
        *safety_commands(box),
        *by_hand,
        offset_command(box),
        *run_commands(box, pictures := BoxPictures(box)),
        *align_commands(box),
        *framing_commands(box),
        *focus_commands(box, api),
    )
    api.pictures = pictures
    api.star = box.folder / PICTURE
    async with AsyncExitStack() as stack:
        stack.push_async_callback(pictures.close)
        more = stack.enter_context(errands(box, profile_file))
        sky = Sky(box.observer, box.hand.night.horizon, stack.enter_context(closing(Worker("sky"))))
        for command in (*every, *more, *await graph_commands(box, stack), *sky_commands(sky)):
            api.register(command)
        await stack.enter_async_context(beside(api.listen()))
        await stack.enter_async_context(beside(watch_clock(box.clock_known, box.bus.publish)))
        yield api
