"""Driver properties: INDI's devices as their drivers tell them, and setting what may be set."""

from typing import Any

from flask import Blueprint, render_template, request

from appliance.api import Api
from web.bridge import Bridge
from web.i18n import N_
from web.screens.asked import told
from web.screens.more import Section


def properties(api: Api, bridge: Bridge) -> Blueprint:
    """/more/properties, and what its script asks."""
    routes = Blueprint("properties", __name__)

    @routes.get("/more/properties")
    def index() -> str:
        return render_template("properties.html", tab="more", device=request.args.get("device", ""))

    @routes.get("/more/properties/devices")
    def devices() -> dict[str, Any]:
        return told(api, bridge, "indi_devices")

    @routes.get("/more/properties/now")
    def now() -> dict[str, Any]:
        since = max(0, request.args.get("since", 0, type=int))
        return told(api, bridge, "indi_properties", device=request.args.get("device", ""), since=since)

    return routes


PROPERTIES = Section(
    "properties", N_("Driver properties"), N_("Everything INDI's drivers say and take"), "gear", properties
)
