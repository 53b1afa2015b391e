"""Where the telescope stands: chosen, typed, or as satellites or the phone tell it."""

from flask import Blueprint, render_template

from appliance.api import Api
from web.bridge import Bridge
from web.i18n import N_
from web.screens.more import Section


def place(api: Api, bridge: Bridge) -> Blueprint:  # noqa: ARG001 - every screen is made of the same two
    """/more/place."""
    routes = Blueprint("place", __name__)

    @routes.get("/more/place")
    def index() -> str:
        return render_template("place.html", tab="more")

    return routes


PLACE = Section("place", N_("Place"), N_("Where the telescope stands"), "place", place)
