"""Network: the box's addresses, and its Wi-Fi where the box can change it."""

from flask import Blueprint, render_template

from appliance.api import Api
from web.bridge import Bridge
from web.i18n import N_
from web.screens.more import Section


def network(api: Api, bridge: Bridge) -> Blueprint:  # noqa: ARG001 - every screen is made of the same two
    """/more/network: what takes time is asked by the page itself."""
    routes = Blueprint("network", __name__)

    @routes.get("/more/network")
    def index() -> str:
        return render_template("network.html", tab="more")

    return routes


NETWORK = Section("network", N_("Network"), N_("Addresses and Wi-Fi"), "network", network)
