"""Choosing among the plans on the box, keeping others, importing them from other programs."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pydantic import Field, ValidationError

from appliance.api import Arguments, Command
from appliance.box.judging import judged
from appliance.box.planning import Given, adopt, kept_at
from appliance.box.shelf import Shelf
from appliance.box.wanted import SEQUENCE
from appliance.errors import BadCommand, BadPlan
from appliance.importing import import_plan
from appliance.plan import Plan, Template, written
from appliance.plan.loading import plan_from
from appliance.sequence.resume import unfinished

if TYPE_CHECKING:
    from appliance.box.box import Box

FILES = 20


class Name(Arguments):
    """As the list of stored plans has it."""

    stored: str = Field(min_length=1, max_length=200)


class Saved(Given):
    """The box's own plan where neither text nor table is given; `name` in place of its own."""

    name: str = Field("", max_length=100)
    replace: bool = False


class Foreign(Arguments):
    """Another program's file: its text, the clock's zone ("+01:00"), and texts of files that it names."""

    name: str = Field(min_length=1, max_length=200)
    text: str = Field(max_length=4_000_000)
    zone: str = Field("", max_length=6)
    beside: dict[str, str] = Field(default_factory=dict, max_length=FILES)


class TemplateSaved(Arguments):
    """Steps as a target has them."""

    name: str = Field(min_length=1, max_length=100)
    description: str = Field("", max_length=500)
    step: list[dict[str, Any]]


class TemplateName(Arguments):
    """As the list of templates has it."""

    name: str = Field(min_length=1, max_length=200)


def shelf_commands(box: "Box") -> list[Command]:
    """Stored plans and templates, for every surface."""
    shelf = Shelf(box.folder)
    return [*_reading(box, shelf), *_choosing(box, shelf), *_templates(box, shelf)]


def _reading(box: "Box", shelf: Shelf) -> list[Command]:
    async def plans(_: Arguments) -> dict[str, Any]:
        stored = await shelf.off_loop(shelf.plans)
        place = kept_at(box.folder)
        used = place.stem if place.parent == shelf.folder else ""
        return {"plans": [asdict(one) for one in stored], "used": used, "plan": box.plan.name}

    async def read(asked: Name) -> dict[str, Any]:
        plan = await shelf.off_loop(shelf.read, asked.stored)
        return {"text": written(plan), "plan": plan.model_dump(mode="json")}

    async def check(given: Given) -> dict[str, Any]:
        return await judged(box, given.raw())

    async def imported(file: Foreign) -> dict[str, Any]:
        name = file.name.rpartition(".")[0] or file.name
        found = await shelf.off_loop(import_plan, file.text, name, file.zone, file.beside.get)
        return {
            "text": written(found.plan), "plan": found.plan.model_dump(mode="json"),
            "left_out": list(found.left_out),
        }  # fmt: skip

    return [
        Command("plans", "The plans that are stored on the box.", Arguments, plans, asks=True),
        Command("plan_read", "A stored plan, as TOML and as a table.", Name, read, asks=True),
        Command(
            "plan_check",
            "What of a plan does not fit, and what would follow from it.",
            Given,
            check,
            asks=True,
        ),
        Command("plan_import", "Make a plan of another program's file; nothing is kept.", Foreign, imported),
    ]


def _choosing(box: "Box", shelf: Shelf) -> list[Command]:
    async def use(asked: Name) -> int:
        _not_running(box, "plan_use")
        plan = await shelf.off_loop(shelf.read, asked.stored)
        _not_running(box, "plan_use")
        total = adopt(box, plan, shelf.place(asked.stored))
        begun = await unfinished(box.journal, plan) is not None
        box.say(f"The plan is “{plan.name}” now{', and goes on where it stopped' if begun else ''}.")
        return total

    async def save(asked: Saved) -> str:
        given = asked.plan is not None or bool(asked.text)
        plan = plan_from(asked.raw(), shelf.folder / "plan.toml") if given else box.written
        if asked.name.strip():
            plan = plan.model_copy(update={"name": asked.name.strip()})
        return await shelf.off_loop(shelf.save, _whole(plan), replace=asked.replace)

    async def drop(asked: Name) -> str:
        if shelf.place(asked.stored) == kept_at(box.folder):
            raise BadCommand("plan_drop", "it is the box's plan now", advice="Choose another plan first.")
        await shelf.off_loop(shelf.drop, asked.stored)
        return asked.stored

    return [
        Command("plan_use", "Take this stored plan; Start begins it, or goes on with it.", Name, use),
        Command("plan_save", "Keep a plan on the box, by its name.", Saved, save),
        Command("plan_drop", "Delete a stored plan; its files and counts stay.", Name, drop),
    ]


def _not_running(box: "Box", command: str) -> None:
    if box.jobs.running(SEQUENCE) or box.wanted.waiting:
        raise BadCommand(command, f"“{box.plan.name}” is running", advice="Press Stop first.")


def _whole(plan: Plan) -> Plan:
    """With the templates of files as its own: what is stored depends on nothing else."""
    own = {name: one.model_copy(update={"changed": None}) for name, one in plan.template.items()}
    return plan.model_copy(update={"template": own})


def _templates(box: "Box", shelf: Shelf) -> list[Command]:
    async def templates(_: Arguments) -> list[dict[str, Any]]:
        stored, own = await shelf.off_loop(shelf.templates), box.written.template
        return [
            {"name": name, **one.model_dump(mode="json"), "stored": name in stored}
            for name, one in {**stored, **own}.items()
        ]

    async def save(asked: TemplateSaved) -> str:
        try:
            made = Template.model_validate({"description": asked.description, "step": asked.step})
        except ValidationError as wrong:
            first = wrong.errors()[0]
            raise BadPlan(".".join(map(str, first["loc"])), first["msg"]) from wrong
        return await shelf.off_loop(shelf.save_template, asked.name, made)

    async def drop(asked: TemplateName) -> str:
        await shelf.off_loop(shelf.drop_template, asked.name)
        return asked.name

    return [
        Command("templates", "Templates of steps, the plan's and those stored on the box.",
                Arguments, templates, asks=True),
        Command("template_save", "Keep steps as a template.", TemplateSaved, save),
        Command("template_drop", "Delete a stored template; plans keep its steps.", TemplateName, drop),
    ]  # fmt: skip
