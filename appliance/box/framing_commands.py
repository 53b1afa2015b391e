"""A framing made on the star chart, taken into the plan."""

from typing import Any

from pydantic import Field

from appliance.api import Command
from appliance.box.align_commands import field_of
from appliance.box.box import Box
from appliance.box.planning import Change, Editor, change_plan
from appliance.errors import BadCommand
from appliance.plan import Plan
from appliance.plan.items import Mosaic, Target

PLAIN_STEP: dict[str, Any] = {"seconds": 120.0, "count": 30}
CONNECT = "Connect the camera first: only it knows the size of its sensor."


class Framing(Editor):
    """Where the middle shall be, the position angle of the frame's upward side, and how many panels.

    J2000 degrees. The steps are those of `template`, or of the plan's newest target.
    """

    name: str = Field(min_length=1, max_length=60)
    ra_deg: float = Field(ge=0, lt=360)
    dec_deg: float = Field(ge=-90, le=90)
    position_angle_deg: float = Field(0.0, ge=0, lt=360)
    columns: int = Field(1, ge=1, le=20)
    rows: int = Field(1, ge=1, le=20)
    overlap_percent: float = Field(15.0, ge=0, lt=90)
    template: str = ""


def framing_commands(box: Box) -> list[Command]:
    """For every surface."""

    async def add(asked: Framing) -> dict[str, Any]:
        who = asked.who or "somebody"
        if box.desk.who not in {"", who}:
            raise BadCommand("framing_add", f"{box.desk.who} is changing the plan", advice="Wait for it.")
        item = _item(box, asked)
        plan = box.written.model_dump(mode="json")
        plan["target"] = [*plan["target"], item]
        total = change_plan(box, Change(who=who, plan=plan))
        return {"name": item["name"], "subs": total, "position_angle_kept": "position_angle_deg" in item}

    return [Command("framing_add", "Add this framing to the plan as a target of its own.", Framing, add)]


def _item(box: Box, asked: Framing) -> dict[str, Any]:
    plan = box.written
    item: dict[str, Any] = {
        "name": _free_name(plan, asked.name), "ra_deg": asked.ra_deg, "dec_deg": asked.dec_deg,
        **_steps(plan, asked.template),
    }  # fmt: skip
    if asked.columns * asked.rows > 1:
        return item | _mosaic(box, asked)
    if box.profile.rotator is not None:  # else a night would look for one in vain
        item["position_angle_deg"] = asked.position_angle_deg
    return item


def _mosaic(box: Box, asked: Framing) -> dict[str, Any]:
    field = field_of(box)
    if field is None:
        raise BadCommand("framing_add", "the camera is not connected", advice=CONNECT)
    return {
        "do": "mosaic", "columns": asked.columns, "rows": asked.rows,
        "overlap_percent": asked.overlap_percent, "position_angle_deg": asked.position_angle_deg,
        "panel_deg": [round(field.width_deg, 5), round(field.height_deg, 5)],
    }  # fmt: skip


def _steps(plan: Plan, template: str) -> dict[str, Any]:
    if template:
        return {"template": template}  # one that is not there is refused with the plan
    newest = next((item for item in reversed(plan.target) if isinstance(item, Target | Mosaic)), None)
    if newest is None:
        return {"step": [PLAIN_STEP]}
    if newest.template:
        return {"template": newest.template}
    return {"step": [step.model_dump(mode="json") for step in newest.step]}


def _free_name(plan: Plan, name: str) -> str:
    """The journal counts by names: two targets of one name would be one."""
    taken = {item.name for item in plan.target}
    number, free = 2, name
    while free in taken:
        free, number = f"{name} {number}", number + 1
    return free
