"""The plan of the box, read and changed while it runs or waits."""

import tomllib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from appliance.api import Arguments, Command
from appliance.box.last import remember, remembered
from appliance.bus import State
from appliance.errors import BadCommand, BadPlan
from appliance.imaging.atomic import new_file
from appliance.journal import Run
from appliance.plan import Plan, expanded, written
from appliance.plan.loading import plan_from
from appliance.sequence.checks import check_filters, check_programs, check_wheel, resolve
from appliance.sequence.resume import RESET, unfinished
from appliance.sky.catalogue import Target

if TYPE_CHECKING:
    from appliance.box.box import Box

CHANGED, SHELF = "plan.changed.toml", "plans"
SAME_NAME = "The journal counts by this name; press Stop before you begin another plan."
LOAD_AGAIN = "Somebody else has changed it: load the page again, then make your change."


class Editor(Arguments):
    """`who` is one editor: a phone, a program."""

    who: str = Field("", max_length=60)


class Given(Arguments):
    """The whole plan, as TOML text or as a table."""

    text: str = Field("", max_length=1_000_000)
    plan: dict[str, Any] | None = None

    def raw(self) -> dict[str, Any]:
        """BadPlan for what is no TOML."""
        return self.plan if self.plan is not None else read_text(self.text)


class Change(Given, Editor):
    """`edition`: of the plan that was changed, as plan_text tells it; None changes whatever there is."""

    edition: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanState(State):
    """The box's plan. `edition` counts its changes since the controller began; `stored` is its name among the
    stored plans, "" where it is none. `editing` changes it, until `editing_until` (UTC seconds) at most.
    """

    plan: str
    total: int
    edition: int
    stored: str = ""
    editing: str = ""
    editing_until: float | None = None


def show_plan(box: "Box") -> None:
    """Tell the bus which plan the box has."""
    place, desk = kept_at(box.folder), box.desk
    box.bus.publish(
        PlanState(
            source="plan", plan=box.plan.name, total=box.plan.total, edition=desk.edition,
            stored=place.stem if place.parent.name == SHELF else "", editing=desk.who,
            editing_until=desk.until,
        )
    )  # fmt: skip


def kept_at(folder: Path) -> Path:
    """Where the box's plan is written when it is changed: a stored plan in its place, another one beside."""
    last = remembered(folder)
    return last if last is not None and last.parent == folder.absolute() / SHELF else folder / CHANGED


def change_plan(box: "Box", change: Change) -> int:
    """Go on with the changed plan; returns its number of subs. BadPlan names what does not fit, and nothing
    has changed then.
    """
    if change.edition not in {None, box.desk.edition}:
        raise BadCommand("plan_change.edition", "the plan is not as it was", advice=LOAD_AGAIN)
    path = kept_at(box.folder)
    total = adopt(box, plan_from(change.raw(), path), path)
    box.say("The plan was changed: the next sub follows it.")
    box.desk.close(change.who)
    return total


def adopt(box: "Box", new: Plan, path: Path) -> int:
    """Write it there, and have it from now on; errors as `change_plan`."""
    if box.night is not None and new.name != box.plan.name:
        raise BadPlan("name", f"a running plan keeps its name, {box.plan.name!r}", advice=SAME_NAME)
    full, targets = fitting(box, new)
    # A crash goes on with the changed plan.
    store(path, new)
    remember(box.folder, path)
    box.written, box.plan, box.targets = new, full, targets
    box.desk.edition += 1
    if box.night is not None:
        box.night.replan(full, targets)
    show_plan(box)
    return full.total


def fitting(box: "Box", plan: Plan) -> tuple[Plan, tuple[Target, ...]]:
    """The plan as it would be run, and its targets; BadPlan when this rig cannot."""
    full = expanded(plan)
    check_wheel(full, box.profile)
    check_programs(full)
    targets = resolve(full, box.observer.site, box.observer.unix())
    if not box.rig.away({"filter wheel"}) and box.rig.filter_wheel is not None:
        check_filters(full, box.rig)
    return full, targets


def read_text(text: str) -> dict[str, Any]:
    """A plan's table from its TOML; BadPlan."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as malformed:
        raise BadPlan("plan", f"this is not TOML: {malformed}", advice="Correct it there.") from malformed


def store(path: Path, plan: Plan) -> None:
    """In a file of its own, replacing the one before; DiskFull or NotWritable."""
    with new_file(path, replace=True) as file:
        file.write(written(plan).encode())


def plan_commands(box: "Box") -> list[Command]:
    """Reading and changing the plan, for every surface."""
    box.desk.moved = partial(show_plan, box)
    show_plan(box)

    async def text(_: Arguments) -> dict[str, object]:
        plan = box.written
        return {
            "text": written(plan), "plan": plan.model_dump(mode="json"), "editing": box.desk.who,
            "edition": box.desk.edition,
        }  # fmt: skip

    async def edit(editor: Editor) -> str:
        box.desk.open(editor.who or "somebody")
        return "open"

    async def change(changed: Change) -> int:
        if box.desk.who not in {"", changed.who or "somebody"}:
            raise BadCommand("plan_change", f"{box.desk.who} is changing it", advice="Wait for it.")
        return change_plan(box, changed.model_copy(update={"who": changed.who or "somebody"}))

    async def leave(editor: Editor) -> str:
        box.desk.close(editor.who or "somebody")
        return "left"

    return [
        Command("plan_text", "The plan, as TOML and as a table.", Arguments, text, asks=True),
        Command("plan_edit", "Hold new subs while the plan is changed, five minutes at most.", Editor, edit),
        Command("plan_change", "Go on with this plan.", Change, change),
        Command("plan_leave", "Leave the plan as it is.", Editor, leave),
    ]


def course_commands(box: "Box") -> list[Command]:
    """Leaving a target, and beginning anew."""

    async def skip(_: Arguments) -> str:
        if box.night is None or not box.night.state.target:
            raise BadCommand("skip", "no target is being taken now")
        box.night.skipped = box.night.state.target
        box.say(f"{box.night.skipped} is left after this sub.")
        return box.night.skipped

    async def reset(_: Arguments) -> str:
        if box.night is not None:
            raise BadCommand("reset", "the plan is running", advice="Press Stop first.")
        run = await unfinished(box.journal, box.plan)
        if run is None:
            return "nothing was begun"
        await box.journal.change(Run, run.id, outcome=RESET)
        box.say("The plan begins from its first sub at the next Start; frames on the disk stay there.")
        return "begins anew"

    return [
        Command("skip", "Leave the running target for tonight, after this sub.", Arguments, skip),
        Command("reset", "Have the plan begin anew; its files stay.", Arguments, reset),
    ]
