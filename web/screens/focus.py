"""Focus: the star, the V-curve, the triggers, the wizards, and the files that go with them."""

from flask import Blueprint, Response, abort, render_template, send_file

from appliance.api import Api
from web.bridge import Bridge


def focus(api: Api, bridge: Bridge) -> Blueprint:
    """/focus, the picture of the star that is looked at, and the focusing log."""
    routes = Blueprint("focus", __name__)

    @routes.get("/focus")
    def index() -> str:
        return render_template("focus.html", tab="focus")

    @routes.get("/focus/star.jpg")
    def star() -> Response:
        path = bridge.call(lambda: api.star)
        if path is None or not path.is_file():
            abort(404, "No star has been looked at yet.")
        return send_file(path.absolute(), mimetype="image/jpeg", conditional=True, max_age=0)

    @routes.get("/focus/log.csv")
    def log() -> Response:
        if "focus_log" not in bridge.call(dict, api.commands):
            abort(404, "There is no focuser.")
        text = str(bridge.ask(api.call("focus_log", {}), 15.0))
        answer = Response(text, mimetype="text/csv")
        answer.headers["Content-Disposition"] = 'attachment; filename="focusing-log.csv"'
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return routes
