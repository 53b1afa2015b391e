"""The page itself, the newest preview, and the box's pulse."""

from typing import Any

from flask import Blueprint, Response, abort, render_template, send_file

from appliance.api import Api
from web.bridge import Bridge

# The buttons this page knows how to place, in their order.
BUTTONS = ("start", "resume", "pause", "stop", "park")
HELD = ("stop", "park")  # these move or end something: a stray touch must not


def pages(api: Api, bridge: Bridge) -> Blueprint:
    """/, /preview.jpg and /healthz."""
    routes = Blueprint("pages", __name__)

    @routes.get("/")
    def index() -> str:
        known = bridge.call(dict, api.commands)
        buttons = [known[name] for name in BUTTONS if name in known]
        return render_template("page.html", buttons=buttons, held=HELD)

    @routes.get("/preview.jpg")
    def preview() -> Response:
        path = bridge.call(api.latest_preview)
        if path is None or not path.is_file():
            abort(404, "There is no sub yet.")
        return send_file(path, mimetype="image/jpeg", conditional=True, max_age=0)

    @routes.get("/healthz")
    def healthz() -> dict[str, Any]:
        return {"ok": True, "now": bridge.call(api.now)}

    return routes
