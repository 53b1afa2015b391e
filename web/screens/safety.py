"""Safety: why it is safe or not, what the interlock would say, what would be done, the panel as it is."""

from typing import Any

from flask import Blueprint, render_template

from appliance.api import Api
from web.bridge import Bridge
from web.i18n import N_
from web.screens.asked import told
from web.screens.more import Section


def safety(api: Api, bridge: Bridge) -> Blueprint:
    """/more/safety, and what its script asks."""
    routes = Blueprint("safety", __name__)

    @routes.get("/more/safety")
    def index() -> str:
        return render_template("safety.html", tab="more")

    @routes.get("/more/safety/sources")
    def sources() -> dict[str, Any]:
        return told(api, bridge, "safety_sources")

    @routes.get("/more/safety/interlock")
    def interlock() -> dict[str, Any]:
        return told(api, bridge, "safety_interlock")

    @routes.get("/more/safety/actions")
    def actions() -> dict[str, Any]:
        return told(api, bridge, "safety_actions")

    return routes


SAFETY = Section("safety", N_("Safety and panel"), N_("Sensors, interlock, what is done"), "shield", safety)
