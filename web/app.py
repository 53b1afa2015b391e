"""The phone page as a Flask application, and how to serve it beside the controller's loop."""

import asyncio

from flask import Flask, Response

from appliance.api import Api
from web.answers import register_errors
from web.assets import register_assets
from web.bridge import Bridge, PageServer
from web.clients import Clients, register_clients
from web.commands import commands
from web.i18n import register_languages
from web.pages import pages
from web.saying.reader import register_words
from web.screens.align import align
from web.screens.focus import focus
from web.screens.image import image
from web.screens.more import more
from web.screens.run import run
from web.screens.sections import SECTIONS
from web.screens.tonight import tonight
from web.security.register import register_door
from web.security.settings import Security
from web.shell import register_shell
from web.stream import stream

__all__ = ["Bridge", "PageServer", "Security", "create_app", "page_server"]

MAX_BODY = 16 * 1024
TABS = (tonight, align, focus, run, image)
# Nothing from elsewhere, nothing inline: there is no Internet in the field, and no stranger's script.
POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'",
    "connect-src 'self'", "frame-src 'self'", "manifest-src 'self'", "base-uri 'none'", "form-action 'none'",
    "frame-ancestors 'none'",
))  # fmt: skip
WITH_FORMS = POLICY.replace("form-action 'none'", "form-action 'self'")


def create_app(api: Api, bridge: Bridge, security: Security) -> Flask:
    """The page over this api, reached through this bridge only, and only by whom `security` lets in."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    register_assets(app)
    register_languages(app)
    register_words(app)
    register_shell(app, api, bridge)
    register_door(app, api, security, WITH_FORMS)
    clients = Clients()
    register_clients(app, clients)
    app.register_blueprint(commands(api, bridge, clients))
    for make in (pages, stream, *TABS, *(section.screen for section in SECTIONS)):
        app.register_blueprint(make(api, bridge))
    app.register_blueprint(more(SECTIONS))
    register_errors(app)
    app.after_request(_harden)
    return app


def page_server(api: Api, security: Security, host: str = "", port: int = 8080) -> PageServer:
    """The page, ready to `start()` on the running loop; `host` "" is every address, `port` 0 any free one."""
    bridge = Bridge(asyncio.get_running_loop())
    return PageServer(create_app(api, bridge, security), bridge, host, port)


def _harden(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if response.mimetype in {"application/json", "text/html"}:
        response.headers.setdefault("Cache-Control", "no-store")
    return response
