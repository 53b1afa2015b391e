"""When to focus again: one engine for all triggers. Pure: readings and events in, decisions out."""

from appliance.focus.triggers.decisions import Decision, Suppression, Trigger
from appliance.focus.triggers.engine import Refocus
from appliance.focus.triggers.guards import GUARDS, Situation
from appliance.focus.triggers.messages import FocusTriggers
from appliance.focus.triggers.rules import RULES
from appliance.focus.triggers.settings import FilterChange, TriggerSettings
from appliance.focus.triggers.wish import FocusWish

__all__ = [
    "GUARDS",
    "RULES",
    "Decision",
    "FilterChange",
    "FocusTriggers",
    "FocusWish",
    "Refocus",
    "Situation",
    "Suppression",
    "Trigger",
    "TriggerSettings",
]
