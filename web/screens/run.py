"""Run: what is taken, and what has been."""

from flask import Blueprint, render_template

from appliance.api import Api
from web.bridge import Bridge


def run(api: Api, bridge: Bridge) -> Blueprint:  # noqa: ARG001 - every screen is made of the same two
    """/run."""
    routes = Blueprint("run", __name__)

    @routes.get("/run")
    def index() -> str:
        return render_template("run.html", tab="run")

    return routes
