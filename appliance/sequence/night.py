"""What a running sequence needs, wired once by the composition root."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from appliance.asking import Questions
from appliance.bus import Publish, Said
from appliance.errors import NightboxError, StorageFailed
from appliance.focus.triggers import FocusWish
from appliance.imaging.calculator import Holds
from appliance.imaging.disk import Free, free_bytes
from appliance.journal import Journal, Span
from appliance.observer import Observer
from appliance.plan import Plan
from appliance.pointing.pier import Pier
from appliance.profile import ActionSection, ListName, Profile
from appliance.rig import Rig
from appliance.sequence.desk import Desk
from appliance.sequence.messages import SequenceState
from appliance.sky.catalogue import Target as CatalogueTarget
from appliance.sky.horizon import Horizon
from appliance.solve.process import RunScript, run_program
from appliance.solve.solution import Solver

NO_HORIZON = Horizon()
CONDITIONS = "conditions"  # who holds the sequence while the sky is no use
LENT = "lent"  # and while one of its devices is lent


class Gate:
    """Where the sequence waits before its next sub: paused by a person, or held by name for a reason."""

    def __init__(self) -> None:
        self.paused = False
        """Has a person paused it?"""
        self._passes = asyncio.Event()
        self._free = asyncio.Event()
        self._holds: dict[str, str] = {}
        self._resting = 0
        self.rested: Callable[[], None] = lambda: None
        """Called when the sequence begins to wait because it is held, and when it goes on."""
        self._changed()

    def pause(self) -> None:
        self.paused = True
        self._changed()

    def resume(self) -> None:
        """What is held stays so: a person's Start makes no clouds pass."""
        self.paused = False
        self._changed()

    async def passed(self) -> None:
        """Returns when not paused; when a device is lent, too: it makes way as for a wait, paused or not."""
        await self._passes.wait()

    def hold(self, name: str, reason: str) -> None:
        """Have it wait, for a reason in plain words; "" lets it go on. Each name holds for itself."""
        self._holds.pop(name, None)
        if reason:
            self._holds[name] = reason
        self._changed()

    @property
    def held(self) -> str:
        """Why it is held, "" when it is not."""
        return "; ".join(self._holds.values())

    @property
    def at_rest(self) -> bool:
        """Does the sequence wait now because it is held, and command nothing?"""
        return self._resting > 0

    async def free(self) -> None:
        """Returns when not held."""
        self._resting += 1
        self.rested()
        try:
            await self._free.wait()
        finally:
            self._resting -= 1
            self.rested()

    def _changed(self) -> None:
        for event, so in (
            (self._passes, not self.paused or LENT in self._holds),
            (self._free, not self._holds),
        ):
            if so:
                event.set()
            else:
                event.clear()


class Actions(Protocol):
    """The profile's lists of actions, as whoever put the box together carries them out."""

    async def open_roof(self) -> None:
        """With all that the list says; why it is not open leaves."""
        ...

    async def close_roof(self, *, park: bool) -> None:
        """With all that the list says, except parking where `park` is False; why it is not closed leaves."""
        ...

    async def perform(
        self, step: ActionSection, how: Callable[[ActionSection], Awaitable[None]] | None = None
    ) -> None:
        """One action after its delay, within its limit, the usual way or the one given."""
        ...

    def note(self, name: ListName, step: ActionSection, failure: NightboxError) -> bool:
        """Say that an action failed; True when its list is to end there."""
        ...


@dataclass(slots=True)
class Night:
    """One run of one plan on one rig. `targets` are the plan's, resolved, in the plan's order.

    `images` is where subs go, `preview` the JPEG of the newest one; `run` is the journal's id. `free_on`
    tells the room on a folder's disk. `keywords` are a person's own for every header; `pier` is what the run
    has learned of the side the telescope is on. `edition` counts the changes of the plan while it runs;
    `skipped` is a target that a person wants left for tonight.
    """

    profile: Profile
    plan: Plan
    targets: tuple[CatalogueTarget, ...]
    rig: Rig
    journal: Journal
    run: int
    observer: Observer
    calculator: Holds
    solvers: tuple[Solver, ...]
    images: Path
    preview: Path
    publish: Publish
    gate: Gate
    actions: Actions
    questions: Questions
    desk: Desk
    horizon: Horizon = NO_HORIZON
    run_program: RunScript = run_program
    script_environment: Callable[[], Mapping[str, str]] = dict
    edition: int = 0
    skipped: str = ""
    free_on: Free = free_bytes
    keywords: list[tuple[str, str]] = field(default_factory=list)
    focus_wish: FocusWish = field(default_factory=FocusWish)
    down: set[str] = field(default_factory=set)
    pier: Pier | None = None
    state: SequenceState = field(default_factory=lambda: SequenceState(source="sequence", phase="idle"))

    def replan(self, plan: Plan, targets: tuple[CatalogueTarget, ...]) -> None:
        """Go on with a changed plan, from the next sub on."""
        self.plan, self.targets, self.edition = plan, targets, self.edition + 1
        self.show(plan=plan.name, total=plan.total)

    def show(self, **changes: object) -> None:
        """Publish the sequence's state with some fields changed; a new `doing` is no waiting unless said."""
        if "doing" in changes:
            changes.setdefault("waiting", False)
            changes.setdefault("until", None)
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.publish(self.state)

    def say(
        self, text: str, level: str = "info", code: str = "", advice: str = "", *, routine: bool = False
    ) -> None:
        """One line for the person at the telescope."""
        said = Said(source="sequence", text=text, level=level, code=code, advice=advice, routine=routine)
        self.publish(said)

    def goes_down(self, what: str, failure: NightboxError, level: str = "warning", then: str = "") -> None:
        """Say what failed, once for as long as it does not come back; `then` is what happens now."""
        if what not in self.down:
            self.down.add(what)
            text = f"{failure.sentence.rstrip('.')}; {then}." if then else failure.sentence
            self.say(text, level, failure.code, failure.advice)

    def comes_back(self, what: str, text: str) -> None:
        """Say so, if it was down."""
        if what in self.down:
            self.down.discard(what)
            self.say(text)

    @asynccontextmanager
    async def span(self, name: str) -> AsyncIterator[None]:
        """A long step: shown while it lasts, and a bar of the journal's timeline.

        A journal that cannot be written is no reason not to park: the step has no bar then.
        """
        self.show(doing=name)
        self.say(f"{name} …", routine=True)
        began, bar = self.observer.unix(), 0
        with suppress(StorageFailed):
            bar = await self.journal.add(Span(run=self.run, name=name, started=began))
        outcome = "failed"
        try:
            yield
            outcome = "done"
        except asyncio.CancelledError:
            outcome = "stopped"
            raise
        finally:
            ended = self.observer.unix()
            with suppress(StorageFailed):
                await asyncio.shield(self.journal.change(Span, bar, ended=ended, outcome=outcome))
            self.say(f"{name}: {outcome} after {ended - began:.0f} s.", routine=outcome == "done")
