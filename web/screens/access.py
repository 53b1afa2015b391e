"""Who may use the page: another password, and logging out. Plain forms."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from appliance.api import Api
from appliance.errors import NightboxError
from web.bridge import Bridge
from web.i18n import N_
from web.screens.more import Section
from web.security.addresses import who
from web.security.forms import form_page
from web.security.register import door_here
from web.security.sessions import sign_in, sign_out


def access(api: Api, bridge: Bridge) -> Blueprint:  # noqa: ARG001 - every screen is made of the same two
    """/more/access, and what its forms send."""
    routes = Blueprint("access", __name__)

    @routes.get("/more/access")
    def index() -> Response:
        return _page()

    @routes.post("/more/access/password")
    def change() -> Response:
        form = request.form
        try:
            door_here().change(who(request.remote_addr), form.get("old", ""), form.get("password", ""))
        except NightboxError as refused:
            return _page(refused)
        sign_in()
        return redirect(url_for("access.index", done="password"), 303)

    @routes.post("/logout")
    def leave() -> Response:
        sign_out()
        return redirect(url_for("door.login"), 303)

    @routes.post("/logout-all")
    def leave_all() -> Response:
        door_here().end_all()
        sign_out()
        return redirect(url_for("door.login"), 303)

    return routes


def _page(refused: NightboxError | None = None) -> Response:
    door = door_here()
    return form_page(
        "access.html", refused, tab="more", has_password=bool(door.access.password), is_open=door.is_open,
        done=request.args.get("done") == "password",
    )  # fmt: skip


ACCESS = Section("access", N_("Access"), N_("Password, log out this phone or all"), "key", access)
