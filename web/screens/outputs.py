"""Outputs: heaters and 12 V, switched, dimmed, or by the dew point."""

from flask import Blueprint, render_template

from appliance.api import Api
from web.bridge import Bridge
from web.i18n import N_
from web.screens.more import Section


def outputs(api: Api, bridge: Bridge) -> Blueprint:  # noqa: ARG001 - every screen is made of the same two
    """/more/outputs."""
    routes = Blueprint("outputs", __name__)

    @routes.get("/more/outputs")
    def index() -> str:
        return render_template("outputs.html", tab="more")

    return routes


OUTPUTS = Section("outputs", N_("Outputs and dew"), N_("Heaters and 12 V"), "drop", outputs)
