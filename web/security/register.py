"""The door in front of the whole page."""

import socket

from flask import Flask, current_app

from appliance.api import Api
from web.security.behind import Behind
from web.security.door import Door
from web.security.forms import POLICY
from web.security.guard import guard
from web.security.refusals import Forged
from web.security.sessions import Sessions
from web.security.settings import Security
from web.security.views import door_views, stale

DOOR = "nightbox door"
NAMES = ("localhost", "nightbox", "nightbox.local")


def register_door(app: Flask, api: Api, security: Security, policy: str) -> None:
    """Guard every view of this app; `policy` is for its pages with forms."""
    door = Door(security)
    api.pairing_code = door.pairing_code
    app.extensions[DOOR], app.config[POLICY] = door, policy
    app.session_interface = Sessions(lambda: security.keeper.read().secret)
    guard(app, door, own_names(security.names))
    app.register_blueprint(door_views(door, security.authority))
    if security.client is not None:
        app.wsgi_app = Behind(app.wsgi_app, security.client)  # type: ignore[method-assign]
    app.register_error_handler(Forged, stale)


def door_here() -> Door:
    """The door of the app that answers this request."""
    door = current_app.extensions[DOOR]
    assert isinstance(door, Door)
    return door


def own_names(more: tuple[str, ...]) -> frozenset[str]:
    """What the box may be called by, beside its addresses."""
    here = socket.gethostname().lower()
    return frozenset({*NAMES, here, f"{here.partition('.')[0]}.local", *(name.lower() for name in more)})
