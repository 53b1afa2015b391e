"""Tonight: what is happening and why, what was and will be; and the pages of past and rehearsed nights."""

from pathlib import Path

from flask import Blueprint, Response, abort, make_response, render_template, url_for

from appliance.api import Api
from appliance.errors import BadInput
from web.bridge import Bridge
from web.screens.sections import SECTIONS

PAGES = ("/align", "/focus", "/run")
WRITING = 60.0  # seconds for the report of a long night on a small computer
# A page complete in itself: its own style sheet, no script, nothing from anywhere; shown within ours.
LEAF = "; ".join((
    "default-src 'none'", "style-src 'unsafe-inline'", "base-uri 'none'", "form-action 'none'",
    "frame-ancestors 'self'",
))  # fmt: skip
ROOT_TAG = '<html lang="en" id="red">'


def tonight(api: Api, bridge: Bridge) -> Blueprint:
    """/, /rehearsed, /night/<run> and the leaves that the last two show."""
    routes = Blueprint("tonight", __name__)
    places = [*PAGES, *(f"/more/{section.slug}" for section in SECTIONS)]

    @routes.get("/")
    def index() -> str:
        return render_template("tonight.html", tab="tonight", places=places)

    @routes.get("/rehearsed")
    def rehearsed() -> str:
        if bridge.call(lambda: api.rehearsal) is None:  # within ours its absence would be the browser's page
            abort(404, "There is no rehearsal yet.")
        return render_template("leaf.html", tab="tonight", leaf=url_for("tonight.rehearsal"), run=0)

    @routes.get("/rehearsed/leaf")
    def rehearsal() -> Response:
        return leaf(bridge.call(lambda: api.rehearsal), "There is no rehearsal yet.")

    @routes.get("/night/<int:run>")
    def night(run: int) -> str:
        return render_template("leaf.html", tab="tonight", leaf=url_for("tonight.report", run=run), run=run)

    @routes.get("/night/<int:run>/leaf")
    def report(run: int) -> Response:
        try:
            told = bridge.ask(api.call("night_report", {"run": run}), WRITING)
        except BadInput:
            abort(404, "There is no report of such a night.")
        return leaf(Path(str(told)), "There is no report of such a night.")

    return routes


def leaf(path: Path | None, missing: str) -> Response:
    """A page that the box has written, dark as ours whatever the phone prefers; 404 when there is none."""
    if path is None or not path.is_file():
        abort(404, missing)
    text = path.read_text(encoding="utf-8")
    answer = make_response(text.replace(ROOT_TAG, ROOT_TAG.replace(">", ' data-light="dark">'), 1))
    answer.headers["Content-Security-Policy"] = LEAF
    return answer
