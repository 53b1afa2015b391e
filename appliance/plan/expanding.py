"""From a plan as it was written to one that can be run: templates filled in, mosaics laid out in panels."""

from collections.abc import Iterator

from appliance.errors import BadInput, BadPlan
from appliance.plan.items import Item, Mosaic, Target
from appliance.plan.plan import Plan
from appliance.sky.catalogue import find
from appliance.sky.mosaic import Panel, panels
from hardware.devices import J2000

ONLY_MOSAICS = frozenset({"do", "columns", "rows", "panel_deg", "overlap_percent"})


def expanded(plan: Plan) -> Plan:
    """The same plan with the steps of each target in it and a target for each panel; BadPlan for a centre
    that nobody knows.
    """
    items = tuple(one for index, item in enumerate(plan.target) for one in _expanded(plan, index, item))
    return plan.model_copy(update={"target": items})


def _expanded(plan: Plan, index: int, item: Item) -> Iterator[Item]:
    if isinstance(item, Mosaic):
        filled = item if item.step else item.model_copy(update={"step": plan.template[item.template].step})
        yield from _panels(filled, f"target.{index}.name")
    elif isinstance(item, Target) and not item.step:
        yield item.model_copy(update={"step": plan.template[item.template].step})
    else:
        yield item


def _panels(mosaic: Mosaic, field: str) -> Iterator[Target]:
    overlap = 1 - mosaic.overlap_percent / 100
    width, height = (side * overlap for side in mosaic.panel_deg)
    angle = mosaic.position_angle_deg or 0.0
    for panel in panels(_centre(mosaic, field), mosaic.columns, mosaic.rows, (width, height), angle):
        yield _target(mosaic, panel)


def _target(mosaic: Mosaic, panel: Panel) -> Target:
    shared = {name: value for name, value in mosaic if name not in ONLY_MOSAICS}
    own = {
        "name": f"{mosaic.name} panel {panel.column}-{panel.row}", "mosaic": mosaic.name,
        "ra_deg": round(panel.centre.ra_deg, 6) % 360, "dec_deg": round(panel.centre.dec_deg, 6),
    }  # fmt: skip
    if mosaic.position_angle_deg is not None:
        own["position_angle_deg"] = round(panel.position_angle_deg, 3) % 360
    return Target.model_validate({**shared, **own})


def _centre(mosaic: Mosaic, field: str) -> J2000:
    if mosaic.ra_deg is not None and mosaic.dec_deg is not None:
        return J2000(mosaic.ra_deg, mosaic.dec_deg)
    try:
        return find(mosaic.name, field).position
    except BadInput as unknown:
        raise BadPlan(unknown.field, unknown.problem, advice=unknown.advice) from unknown
