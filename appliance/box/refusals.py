"""Which of the big buttons would be refused now, or would have to wait, and why: told before a press."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from appliance.box.wanted import SEQUENCE
from appliance.bus import State
from appliance.profile import ListName
from appliance.safety.interlock import Command, Refused, Verdict

if TYPE_CHECKING:
    from appliance.box.box import Box

STOP_FIRST = "Press Stop first, or wait for it."
WORDS = {SEQUENCE: "the night"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """`command` would be refused because of `why`; with `waits` it is taken, and waits until that is over.

    `busy`: nothing is wrong, other work has the rig.
    """

    command: str
    why: str
    advice: str = ""
    waits: bool = False
    busy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusals(State):
    """What would be refused or would wait now; commands that are not here are taken."""

    commands: tuple[Refusal, ...] = ()


async def refusals(box: "Box") -> Refusals:
    """As it is now; the roof's rules ask the rig."""
    found = [*_start(box), *_park(box)]
    if box.profile.roof is not None:
        found += await _roof(box, "roof_open", Command.OPEN_ROOF, "roof_open")
        found += await _roof(box, "roof_close", Command.CLOSE_ROOF, "roof_close")
    return Refusals(source="box", commands=tuple(found))


def _start(box: "Box") -> list[Refusal]:
    if box.jobs.running(SEQUENCE):
        return []
    if not box.watch.may_run:
        return [Refusal("start", f"it is not safe: {box.watch.why_not}", waits=True)]
    if busy := box.jobs.busy():
        return [_still(busy[0], "start")]
    return [Refusal("start", f"lent: {box.leases.lent}", waits=True)] if box.leases.lent else []


def _park(box: "Box") -> list[Refusal]:
    if box.watch.verdict is Verdict.UNSAFE:
        return [Refusal("park", "it is not safe, and safety parks already")]
    busy = [name for name in box.jobs.busy() if name != SEQUENCE]
    return [_still(busy[0], "park")] if busy else []


def _still(job: str, command: str) -> Refusal:
    return Refusal(command, f"{WORDS.get(job, job)} is still running", STOP_FIRST, busy=True)


async def _roof(box: "Box", name: str, command: Command, steps: ListName) -> list[Refusal]:
    if busy := box.jobs.busy():
        return [_still(busy[0], name)]
    parks = any(step.do == "park" for step in box.profile.steps(steps))
    answer = await box.interlock.foreseen(command, parked_first=parks)
    return [Refusal(name, answer.reason, answer.advice)] if isinstance(answer, Refused) else []
