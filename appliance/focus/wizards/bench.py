"""What all wizards share: samples that are kept, and a focuser that goes back."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import astuple, dataclass, replace
from statistics import median
from typing import TypeVar

from appliance.bus import Publish, Said
from appliance.cleanup import on_failure
from appliance.errors import NightboxError
from appliance.focus.curve import Curve, fit
from appliance.focus.messages import CurvePoint, FocusState
from appliance.focus.problems import MinimumAtEdge
from appliance.focus.result import Look
from appliance.focus.run import approach
from appliance.focus.wizards.messages import FocusWizard
from appliance.focus.wizards.notebook import Note, Notebook
from appliance.focus.wizards.proposal import Proposal
from hardware.devices import Focuser

SOURCE = "focus"
RECENTRED = 3  # times that a sweep may follow its minimum
LOPSIDED = 0.5  # of the way to its end: a minimum beyond is known badly
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class WizardSettings:
    """Steps; `overshoot` as in FocusSettings. Each sample is the median of `frames`."""

    step: int
    overshoot: int
    points: int = 9
    frames: int = 2
    sweeps: int = 3
    min_stars: int = 3
    restore_seconds: float = 300.0

    @property
    def way(self) -> int:
        """The direction in which a focus run arrives: -1 inwards, +1 outwards."""
        return -1 if self.overshoot >= 0 else 1


@dataclass(frozen=True, slots=True, eq=False)
class Tools:
    """What a wizard works with; `filter` is only shown."""

    focuser: Focuser
    look: Look
    publish: Publish
    notebook: Notebook
    settings: WizardSettings
    filter: str = ""


class Bench:
    """One wizard at work. Samples that were kept are given again without moving anything."""

    def __init__(self, wizard: str, tools: Tools, take_up: int) -> None:
        self.settings, self.focuser, self.take_up = tools.settings, tools.focuser, take_up
        self._tools, self._wizard = tools, wizard
        self._kept: list[Note] = []
        self._at: tuple[int, int] | None = None  # position and direction of the last arrival
        self._points: list[CurvePoint] = []
        self.fresh = 0  # samples measured now, not before an interruption
        self._state = FocusWizard(source=SOURCE, wizard=wizard, phase="running")

    def remember(self, notes: Sequence[Note]) -> None:
        """Of an interrupted wizard."""
        self._kept = list(notes)
        self.show(kept=len(notes))

    def say(self, text: str, level: str = "info") -> None:
        """One line for the person at the telescope."""
        self._tools.publish(Said(source=SOURCE, text=text, level=level))

    def show(self, **changes: object) -> None:
        """Publish the wizard's state with some fields changed."""
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]
        self._tools.publish(self._state)

    def begin(self, doing: str) -> None:
        """A new curve: said, and drawn from its first point."""
        self._points = []
        self.show(doing=doing)
        self.say(f"{doing} …")

    def draw(self, curve: Curve) -> None:
        """The fitted curve, as a focus run shows it."""
        self._points = list(curve.points)
        self._curve(phase="validating", best=curve)

    def _curve(self, phase: str, best: Curve | None = None, total: int = 0) -> None:
        state = FocusState(
            source=SOURCE, phase=phase, reason=self._wizard, filter=self._tools.filter,
            points=tuple(self._points), total=total,
        )  # fmt: skip
        if best is not None:
            state = replace(
                state, curve=best.line(), best_position=round(best.centre), best_hfr=best.hfr,
                goodness=best.goodness,
            )  # fmt: skip
        self._tools.publish(state)

    async def sample(self, stage: str, position: int, way: int, total: int = 0) -> CurvePoint | None:
        """Star size at a position, reached in a direction; None with too few stars."""
        note = self._recalled(stage, position, way)
        if note is None:
            await self._go(position, way)
            note = await self._measured(stage, position, way)
            await self._tools.notebook.keep(note)
            self.fresh += 1
        self.show(samples=self._state.samples + 1)
        if note.hfr is None:
            self.say(f"Position {position}: too few stars, left out.", "warning")
            return None
        point = CurvePoint(position, note.hfr, note.stars)
        self._points.append(point)
        self._curve(phase="sampling", total=total)
        return point

    def _recalled(self, stage: str, position: int, way: int) -> Note | None:
        """The next kept sample, as long as the same are asked for in the same order."""
        if not self._kept:
            return None
        note = self._kept.pop(0)
        if (note.stage, note.position, note.way) == (stage, position, way):
            return note
        self._kept = []
        return None

    async def _go(self, position: int, way: int) -> None:
        """Arrive in that direction, with the slack taken up."""
        onwards = self._at is not None and self._at[1] == way and (position - self._at[0]) * way >= 0
        self._at = None
        await approach(self.focuser, position, 0 if onwards else -way * self.take_up)
        self._at = position, way

    async def _measured(self, stage: str, position: int, way: int) -> Note:
        sizes, stars = [], 0
        for _ in range(self.settings.frames):
            field = await self._tools.look()
            if field.count >= self.settings.min_stars and field.hfr_median > 0:
                sizes.append(float(field.hfr_median))
                stars = max(stars, field.count)
        return Note(stage, position, way, round(median(sizes), 4) if sizes else None, stars)

    async def sweep(self, stage: str, centre: int, step: int, way: int) -> list[CurvePoint]:
        """`points` samples around a centre, in one direction, as far as the travel goes."""
        half = self.settings.points // 2
        wanted = [centre + n * step for n in range(-half, half + 1)]
        inside = sorted((p for p in wanted if p in self.focuser.travel), reverse=way < 0)
        self._points = []
        seen = [await self.sample(stage, position, way, len(inside)) for position in inside]
        return [point for point in seen if point is not None]

    async def curve(self, stage: str, centre: int, step: int, way: int) -> Curve:
        """A V-curve by one sweep, again where its minimum lies far off the middle. Raises a NoFocus."""
        reach = step * (self.settings.points // 2)
        for again in range(RECENTRED):
            is_last = again == RECENTRED - 1
            try:
                found = fit(await self.sweep(f"{stage}, {again}", centre, step, way))
            except MinimumAtEdge as edge:
                if is_last:
                    raise
                centre += max(-reach, min(round(edge.estimate) - centre, reach))
            else:
                if is_last or abs(found.centre - centre) <= LOPSIDED * reach:
                    self.draw(found)
                    return found
                centre = round(found.centre)
            self.say(f"Focus lies off the middle: going on around {centre}.")
        raise AssertionError  # the last one returns or raises

    def now(self) -> float:
        """Seconds of the loop's clock."""
        return asyncio.get_running_loop().time()

    async def rest_at(self, position: int) -> None:
        """As a focus run leaves the focuser."""
        self._at = None
        await approach(self.focuser, position, self.settings.overshoot)


async def carried_out(
    wizard: str, tools: Tools, take_up: int, procedure: Callable[[Bench, int], Awaitable[T]],
    told: Callable[[T], Sequence[str]], proposed: Callable[[T], Sequence[Proposal]] = lambda _: (),
) -> T:  # fmt: skip
    """Run a wizard: on failure and Stop the focuser goes back to where it began, before any interruption.

    One that was stopped goes on with its samples when it is begun again within an hour; one that failed
    begins anew. `told` gives the lines of its result, `proposed` what of it is for the profile.
    """
    bench, settings = Bench(wizard, tools, take_up), tools.settings
    start, notes = await tools.notebook.begin(wizard, repr(astuple(settings)), await tools.focuser.position())
    bench.remember(notes)
    if notes:
        bench.say(f"Going on with the {wizard} where it stopped: {len(notes)} samples are kept.")
    try:
        async with on_failure(bench.rest_at, start, within=settings.restore_seconds):
            result = await procedure(bench, start)
    except asyncio.CancelledError:
        bench.show(phase="stopped", doing="")
        bench.say(f"The {wizard} was stopped; the focuser is back at {start}.", "warning")
        raise
    except NightboxError:
        await tools.notebook.forget()
        bench.show(phase="failed", doing="")
        bench.say(f"The {wizard} came to nothing; the focuser is back at {start}.", "warning")
        raise
    await tools.notebook.forget()
    lines = tuple(told(result))
    for line in lines:
        bench.say(line)
    bench.show(phase="done", doing="", result=lines, proposals=tuple(proposed(result)))
    return result
