"""The plan of the box, read and changed while it runs or waits."""

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from appliance.api import Arguments, Command
from appliance.box.last import remember
from appliance.errors import BadCommand, BadPlan
from appliance.imaging.atomic import new_file
from appliance.journal import Run
from appliance.plan import Plan, expanded, written
from appliance.plan.loading import plan_from
from appliance.sequence.checks import check_filters, check_programs, check_wheel, resolve
from appliance.sequence.resume import RESET, unfinished

if TYPE_CHECKING:
    from appliance.box.box import Box

CHANGED = "plan.changed.toml"
SAME_NAME = "The journal counts by this name; press Stop before you begin another plan."


class Editor(Arguments):
    """`who` is one editor: a phone, a program."""

    who: str = Field("", max_length=60)


class Change(Editor):
    """The whole plan, as TOML text or as a table."""

    text: str = Field("", max_length=1_000_000)
    plan: dict[str, Any] | None = None


def change_plan(box: "Box", change: Change) -> int:
    """Go on with the changed plan; returns its number of subs. BadPlan names what does not fit, and nothing
    has changed then.
    """
    raw = change.plan if change.plan is not None else _read(change.text)
    path = box.folder / CHANGED
    new = plan_from(raw, path)
    if box.night is not None and new.name != box.plan.name:
        raise BadPlan("name", f"a running plan keeps its name, {box.plan.name!r}", advice=SAME_NAME)
    full = expanded(new)
    check_wheel(full, box.profile)
    check_programs(full)
    targets = resolve(full, box.observer.site, box.observer.unix())
    if not box.rig.away({"filter wheel"}) and box.rig.filter_wheel is not None:
        check_filters(full, box.rig)
    _keep(box.folder, path, new)
    box.written, box.plan, box.targets = new, full, targets
    if box.night is not None:
        box.night.replan(full, targets)
    box.say("The plan was changed: the next sub follows it.")
    box.desk.close(change.who)
    return full.total


def _read(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as malformed:
        raise BadPlan("plan", f"this is not TOML: {malformed}", advice="Correct it there.") from malformed


def _keep(folder: Path, path: Path, plan: Plan) -> None:
    """A crash goes on with the changed plan; the file that it was read from stays as it is."""
    with new_file(path, replace=True) as file:
        file.write(written(plan).encode())
    remember(folder, path)


def plan_commands(box: "Box") -> list[Command]:
    """Reading and changing the plan, for every surface."""

    async def text(_: Arguments) -> dict[str, object]:
        plan = box.written
        return {"text": written(plan), "plan": plan.model_dump(mode="json"), "editing": box.desk.who}

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
        Command("plan_text", "The plan, as TOML and as a table.", Arguments, text),
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
