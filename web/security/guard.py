"""What every request has to pass before its view: the box's name, the size, a session, a token."""

import hmac
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response as Answer

from web.security.addresses import host_name, is_ours, is_this_machine
from web.security.door import Door
from web.security.refusals import Forged, LogIn, WrongName
from web.security.sessions import TOKEN, is_signed_in, renew, sign_in, token

READING = ("GET", "HEAD", "OPTIONS")
HEADER, FIELD = "X-Nightbox-Token", "token"
# Views that answer a stranger. Whoever adds one: nothing of the night, the rig or its owner may be in it.
FOR_ALL = frozenset({
    "static", "pages.healthz", "door.login", "door.log_in", "door.pair", "door.set_first", "door.certificate",
})  # fmt: skip
# Forms carry the token as a field: they work without JavaScript.
FORMS = frozenset({"door.log_in", "door.set_first", "access.leave", "access.leave_all", "access.change"})


def guard(app: Flask, door: Door, names: frozenset[str]) -> None:
    """Put the door in front of every view of this app, those that are registered later, too."""

    @app.before_request
    def before() -> Answer | None:
        _check_name(names)
        if (request.content_length or 0) > current_app.config["MAX_CONTENT_LENGTH"]:
            abort(413)
        if request.endpoint == "static":
            return None
        if request.method in READING and request.path == "/" and (key := request.args.get("key")):
            return _by_key(door, key)
        if request.endpoint not in FOR_ALL and not _may_pass(door):
            return _ask_in(door)
        if request.method not in READING:
            _check_token()
        return None

    @app.after_request
    def after(response: Response) -> Response:
        if response.mimetype == "text/html":
            renew()
        return response

    app.jinja_env.globals["token"] = token


def _check_name(names: frozenset[str]) -> None:
    host = request.headers.get("Host", "")
    if not is_ours(host, names):
        raise WrongName(
            f"This box is not called {host_name(host)!r}.",
            advice="Use its address, or add the name to page.names in the profile.",
        )


def _may_pass(door: Door) -> bool:
    if door.is_open or is_signed_in():
        return True
    # Until there is a password a person at the machine itself may look, not touch.
    return request.method in READING and is_this_machine(request.remote_addr) and not door.access.password


def _ask_in(door: Door) -> Answer:
    # Scripts say */* and want to be told; a person wants to be shown the way.
    if request.method not in READING or "text/html" not in request.headers.get("Accept", ""):
        raise LogIn("You are not logged in on this phone.")
    back = request.full_path.rstrip("?")
    return redirect(url_for("door.login" if door.access.password else "door.pair", next=back), 303)


def _by_key(door: Door, key: str) -> Answer:
    """The link that was printed at this machine; elsewhere, and a second time, it opens nothing."""
    if not is_signed_in() and is_this_machine(request.remote_addr) and door.use_key(key):
        sign_in()
    return redirect("/", 303)


def _check_token() -> None:
    given = request.headers.get(HEADER, "")
    if request.endpoint in FORMS:
        given = given or request.form.get(FIELD, "")
    own = str(session.get(TOKEN, ""))
    if not own or not hmac.compare_digest(given.encode(), own.encode()):
        raise Forged("This page is older than your login.")
    origin = request.headers.get("Origin", "null")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise Forged("This was asked by another site's page.", advice="Use the box's own page.")
    if origin != "null" and urlsplit(origin).netloc != request.host:
        raise Forged("This was asked by another site's page.", advice="Use the box's own page.")
