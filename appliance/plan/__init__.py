"""What to take: a plan as a person writes it, and as the sequence runs it."""

from appliance.plan.expanding import expanded
from appliance.plan.items import DarkFrames, Item, PanelFlats, Script, SkyFlats, Target, Wait
from appliance.plan.keys import item_key, step_keys
from appliance.plan.loading import load_plan, read_plan, written
from appliance.plan.plan import Plan
from appliance.plan.steps import Step, Template

__all__ = [
    "DarkFrames",
    "Item",
    "PanelFlats",
    "Plan",
    "Script",
    "SkyFlats",
    "Step",
    "Target",
    "Template",
    "Wait",
    "expanded",
    "item_key",
    "load_plan",
    "read_plan",
    "step_keys",
    "written",
]
