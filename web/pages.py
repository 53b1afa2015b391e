"""What belongs to no tab: the newest preview, the rehearsal, and the box's pulse."""

from typing import Any

from flask import Blueprint, Response, abort, send_file

from appliance.api import Api
from web.bridge import Bridge

# A page complete in itself: its own style sheet, no script, nothing from anywhere.
LEAFLET = "; ".join((
    "default-src 'none'", "style-src 'unsafe-inline'", "base-uri 'none'", "form-action 'none'",
    "frame-ancestors 'none'",
))  # fmt: skip


def pages(api: Api, bridge: Bridge) -> Blueprint:
    """/preview.jpg, /rehearsal and /healthz."""
    routes = Blueprint("pages", __name__)

    @routes.get("/preview.jpg")
    def preview() -> Response:
        path = bridge.call(api.latest_preview)
        if path is None or not path.is_file():
            abort(404, "There is no sub yet.")
        return send_file(path.absolute(), mimetype="image/jpeg", conditional=True, max_age=0)

    @routes.get("/rehearsal")
    def rehearsal() -> Response:
        path = bridge.call(lambda: api.rehearsal)
        if path is None or not path.is_file():
            abort(404, "There is no rehearsal yet.")
        answer = send_file(path.absolute(), mimetype="text/html", conditional=True, max_age=0)
        answer.headers["Content-Security-Policy"] = LEAFLET
        return answer

    @routes.get("/healthz")
    def healthz() -> dict[str, Any]:
        return {"ok": True, "now": bridge.call(api.now)}

    return routes
