"""Logs: the decision log, live and of every night; log files; a report for whoever helps."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, send_file

from appliance.api import Api
from web.bridge import Bridge
from web.i18n import N_
from web.screens.files import size
from web.screens.more import Section
from web.zipping import Part, zipped

PATIENCE = 30.0
CHUNK = 500
COLUMNS = ("at", "level", "source", "text", "code", "advice")


def logs(api: Api, bridge: Bridge) -> Blueprint:
    """/more/logs, /more/logs/file/<name>, /more/logs/decisions.csv and /more/logs/report.zip."""
    routes = Blueprint("logs", __name__)

    def ask(name: str, **given: object) -> Any:
        return bridge.ask(api.call(name, given), PATIENCE)

    @routes.get("/more/logs")
    def index() -> str:
        nights, files = ask("log_nights"), ask("log_files")
        return render_template("logs.html", tab="more", nights=nights, files=files, size=size)

    @routes.get("/more/logs/file/<name>")
    def file(name: str) -> Response:
        # Only what the box lists: the name never becomes a path.
        path = next((Path(one["path"]) for one in ask("log_files") if one["name"] == name), None)
        if path is None:
            abort(404, "There is no such log.")
        return send_file(path, mimetype="text/plain", as_attachment=True, conditional=True)

    @routes.get("/more/logs/decisions.csv")
    def decisions() -> Response:
        night = request.args.get("night", "")
        ask("log_lines", night=night, limit=1)  # what cannot be answered is refused before anything is sent
        answer = Response(_table(_every(ask, night)), mimetype="text/csv")
        name = f"nightbox-{night or 'decisions'}.csv"
        answer.headers.set("Content-Disposition", "attachment", filename=name)
        return answer

    @routes.get("/more/logs/report.zip")
    def report() -> Response:
        now = bridge.call(api.now)
        parts = [Part(name, now, text=text) for name, text in sorted(ask("report_parts").items())]
        answer = Response(zipped(parts), mimetype="application/zip")
        name = f"nightbox-report-{datetime.fromtimestamp(now, UTC):%Y-%m-%d-%H%M}.zip"
        answer.headers.set("Content-Disposition", "attachment", filename=name)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return routes


def _every(ask: Any, night: str) -> Iterator[list[dict[str, Any]]]:
    """All lines of a night, or of all, the newest first, some at a time."""
    before = 0
    while lines := ask("log_lines", night=night, before=before, limit=CHUNK):
        yield lines[::-1]
        before = lines[0]["id"]


def _table(chunks: Iterator[list[dict[str, Any]]]) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for lines in chunks:
        for line in lines:
            at = datetime.fromtimestamp(line["at"], UTC).isoformat(timespec="seconds")
            writer.writerow([at, *(line[name] for name in COLUMNS[1:])])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


LOGS = Section("logs", N_("Logs"), N_("What was decided and why, log files, problem report"), "log", logs)
