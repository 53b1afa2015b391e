"""Align: where the telescope looks, and putting it there."""

from flask import Blueprint, render_template

from appliance.api import Api
from web.bridge import Bridge


def align(api: Api, bridge: Bridge) -> Blueprint:  # noqa: ARG001 - every screen is made of the same two
    """/align."""
    routes = Blueprint("align", __name__)

    @routes.get("/align")
    def index() -> str:
        return render_template("align.html", tab="align")

    return routes
