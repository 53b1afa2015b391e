"""What a running sequence needs, wired once by the composition root."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from appliance.bus import Publish, Said
from appliance.imaging.calculator import Calculator, LocalCalculator
from appliance.journal import Journal, Span
from appliance.observer import Observer
from appliance.profile import Profile
from appliance.rig import Rig
from appliance.sequence.messages import SequenceState
from appliance.sequence.plan import Plan
from appliance.sky.catalogue import Target as CatalogueTarget
from appliance.solve.solution import Solver


class Gate:
    """Pause: closed, the sequence waits before its next sub."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()

    @property
    def paused(self) -> bool:
        return not self._open.is_set()

    def pause(self) -> None:
        self._open.clear()

    def resume(self) -> None:
        self._open.set()

    async def passed(self) -> None:
        """Returns when not paused."""
        await self._open.wait()


@dataclass(slots=True)
class Night:
    """One run of one plan on one rig. `targets` are the plan's, resolved, in the plan's order.

    `images` is where subs go, `preview` the JPEG of the newest one; `run` is the journal's id.
    """

    profile: Profile
    plan: Plan
    targets: tuple[CatalogueTarget, ...]
    rig: Rig
    journal: Journal
    run: int
    observer: Observer
    calculator: Calculator | LocalCalculator
    solvers: tuple[Solver, ...]
    images: Path
    preview: Path
    publish: Publish
    gate: Gate
    state: SequenceState = field(default_factory=lambda: SequenceState(source="sequence", phase="idle"))

    def show(self, **changes: object) -> None:
        """Publish the sequence's state with some fields changed."""
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.publish(self.state)

    def say(self, text: str, level: str = "info", code: str = "", advice: str = "") -> None:
        """One line for the person at the telescope."""
        self.publish(Said(source="sequence", text=text, level=level, code=code, advice=advice))

    @asynccontextmanager
    async def span(self, name: str) -> AsyncIterator[None]:
        """A long step: shown while it lasts, and a bar of the journal's timeline."""
        self.show(doing=name)
        self.say(f"{name} …")
        began = self.observer.unix()
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
            await asyncio.shield(self.journal.change(Span, bar, ended=ended, outcome=outcome))
            self.say(f"{name}: {outcome} after {ended - began:.0f} s.")
