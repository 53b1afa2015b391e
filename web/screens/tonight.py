"""Tonight: what is happening and why."""

from flask import Blueprint, render_template

from appliance.api import Api
from web.bridge import Bridge

ROOF = ("roof_open", "roof_close", "roof_stop")


def tonight(api: Api, bridge: Bridge) -> Blueprint:  # noqa: ARG001 - every screen is made of the same two
    """/."""
    routes = Blueprint("tonight", __name__)

    @routes.get("/")
    def index() -> str:
        return render_template("tonight.html", tab="tonight", roof=ROOF)

    return routes
