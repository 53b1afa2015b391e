"""Leases: who commands which device, lending one to another program, and taking it back."""

from flask import Blueprint, render_template

from appliance.api import Api
from web.bridge import Bridge
from web.i18n import N_
from web.screens.more import Section


def leases(api: Api, bridge: Bridge) -> Blueprint:  # noqa: ARG001 - every screen is made of the same two
    """/more/leases."""
    routes = Blueprint("leases", __name__)

    @routes.get("/more/leases")
    def index() -> str:
        return render_template("leases.html", tab="more")

    return routes


LEASES = Section("leases", N_("Who has what"), N_("Lend a device, take it back"), "key", leases)
