"""Equipment: each device of the rig, what recovery does for it, and doing that by hand."""

from typing import Any

from flask import Blueprint, render_template

from appliance.api import Api
from web.bridge import Bridge
from web.i18n import N_
from web.screens.asked import told
from web.screens.more import Section


def equipment(api: Api, bridge: Bridge) -> Blueprint:
    """/more/equipment, and what its script asks."""
    routes = Blueprint("equipment", __name__)

    @routes.get("/more/equipment")
    def index() -> str:
        several = "profiles" in bridge.call(dict, api.commands)
        return render_template("equipment.html", tab="more", profiles=several)

    @routes.get("/more/equipment/now")
    def now() -> dict[str, Any]:
        return told(api, bridge, "equipment")

    @routes.get("/more/equipment/profiles")
    def profiles() -> dict[str, Any]:
        return told(api, bridge, "profiles")

    return routes


EQUIPMENT = Section("equipment", N_("Equipment"), N_("Devices, recovery, profiles"), "plug", equipment)
