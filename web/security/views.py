"""The pages at the door, for who is not in yet. Plain forms: they work without JavaScript."""

from pathlib import Path

from flask import Blueprint, Response, abort, redirect, request, send_file, url_for
from werkzeug.wrappers import Response as Answer

from appliance.errors import NightboxError
from web.answers import problem_of
from web.security.addresses import who
from web.security.door import Door
from web.security.forms import form_page
from web.security.guard import FORMS
from web.security.refusals import Forged
from web.security.sessions import is_signed_in, sign_in


def door_views(door: Door, authority: Path | None) -> Blueprint:
    """/login, /pair, and /ca.crt: what a phone has to trust before it can come by HTTPS."""
    routes = Blueprint("door", __name__)
    _logging_in(routes, door)
    _pairing(routes, door)

    @routes.get("/ca.crt")
    def certificate() -> Response:
        if authority is None or not authority.is_file():
            abort(404, "This box has no HTTPS: set https = true in the profile's [page].")
        return send_file(
            authority.absolute(), "application/x-x509-ca-cert", as_attachment=True,
            download_name="nightbox-ca.crt", max_age=0,
        )  # fmt: skip

    return routes


def _logging_in(routes: Blueprint, door: Door) -> None:
    @routes.get("/login")
    def login() -> Answer:
        if door.is_open or is_signed_in():
            return redirect(_next(), 303)
        if not door.access.password:
            return redirect(url_for("door.pair", next=_next()), 303)
        return form_page("security/login.html", next=_next())

    @routes.post("/login")
    def log_in() -> Answer:
        try:
            door.log_in(who(request.remote_addr), request.form.get("password", ""))
        except NightboxError as refused:
            return form_page("security/login.html", refused, next=_next())
        sign_in()
        return redirect(_next(), 303)


def _pairing(routes: Blueprint, door: Door) -> None:
    @routes.get("/pair")
    def pair() -> Answer:
        if door.is_open or door.access.password or is_signed_in():
            return redirect(url_for("door.login", next=_next()), 303)
        door.pairing_code()  # a new one is announced, should the last one be too old
        return form_page("security/pair.html", next=_next(), code="")

    @routes.post("/pair")
    def set_first() -> Answer:
        form = request.form
        code = form.get("code", "")
        try:
            door.pair(who(request.remote_addr), code, form.get("password", ""))
        except NightboxError as refused:
            return form_page("security/pair.html", refused, next=_next(), code=code)
        sign_in()
        return redirect(_next(), 303)


def stale(refused: Forged) -> Response:
    """Said by a page where a form was sent, which is then older than this phone's session; else as ever."""
    if request.endpoint in FORMS:
        return form_page("security/stale.html", refused)
    return problem_of(refused)


def _next() -> str:
    """Where the person wanted to go; never to another site."""
    wanted = request.values.get("next", "/")
    inside = wanted.startswith("/") and not wanted.startswith("//") and wanted.isprintable()
    return wanted if inside and "\\" not in wanted else "/"
