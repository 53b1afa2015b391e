"""Focus: the V-curve, the triggers and the wizards."""

from flask import Blueprint, render_template

from appliance.api import Api
from web.bridge import Bridge


def focus(api: Api, bridge: Bridge) -> Blueprint:  # noqa: ARG001 - every screen is made of the same two
    """/focus."""
    routes = Blueprint("focus", __name__)

    @routes.get("/focus")
    def index() -> str:
        return render_template("focus.html", tab="focus")

    return routes
