"""Guiding: its graph, how well it goes, and the guider by hand."""

from typing import Any

from flask import Blueprint, render_template, request

from appliance.api import Api
from web.bridge import Bridge
from web.i18n import N_
from web.screens.asked import told
from web.screens.more import Section


def guiding(api: Api, bridge: Bridge) -> Blueprint:
    """/more/guiding, and what its script asks."""
    routes = Blueprint("guiding", __name__)

    @routes.get("/more/guiding")
    def index() -> str:
        return render_template("guiding.html", tab="more")

    @routes.get("/more/guiding/steps")
    def steps() -> dict[str, Any]:
        after = max(0, request.args.get("after", 0, type=int))
        return told(api, bridge, "guide_steps", after=after)

    return routes


GUIDING = Section("guiding", N_("Guiding"), N_("Graph, dithers, the guider by hand"), "guiding", guiding)
