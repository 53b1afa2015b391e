"""How this phone shows the page: red light, language, units."""

from flask import Blueprint, render_template

from appliance.api import Api
from web.bridge import Bridge
from web.i18n import LANGUAGES, N_, UNITS
from web.screens.more import Section


def display(api: Api, bridge: Bridge) -> Blueprint:  # noqa: ARG001 - every screen is made of the same two
    """/more/display."""
    routes = Blueprint("display", __name__)

    @routes.get("/more/display")
    def index() -> str:
        return render_template("display.html", tab="more", languages=LANGUAGES, units_known=UNITS)

    return routes


DISPLAY = Section("display", N_("Display"), N_("Red light, language, °C or °F"), "eye", display)
