"""Files: the nights' subs, one folder a page; downloads, alone and as a ZIP that is made while it is read."""

from collections.abc import Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, send_file

from appliance.api import Api
from web.bridge import Bridge
from web.i18n import N_
from web.screens.more import Section
from web.zipping import Part, zipped

PATIENCE = 20.0  # seconds for a look at many files on a slow card
ZIPS = 3  # at a time: each keeps one of web.bridge.THREADS for as long as the phone reads
FULL = "Other downloads are running. Wait for one of them, then press again."


def files(api: Api, bridge: Bridge) -> Blueprint:
    """/more/files?path=, its downloads and its small pictures."""
    routes = Blueprint("files", __name__)

    def ask(name: str, **given: object) -> Any:
        return bridge.ask(api.call(name, given), PATIENCE)

    @routes.get("/more/files")
    def index() -> str:
        path = request.args.get("path", "")
        told = ask("files", path=path)
        return render_template("files.html", tab="more", crumbs=list(_crumbs(path)), size=size, **told)

    @routes.get("/more/files/download/<path:name>")
    def download(name: str) -> Response:
        path = _one(ask, name)
        return send_file(path, mimetype="application/octet-stream", as_attachment=True, conditional=True)

    @routes.get("/more/files/picture/<path:name>")
    def picture(name: str) -> Response:
        told = ask("files_pictures", paths=[name])
        if name not in told["ready"]:
            abort(404, "There is no picture yet.")
        path = Path(told["root"]) / f"{name}.jpg"
        return send_file(path, mimetype="image/jpeg", conditional=True, max_age=3600)

    _zips(routes, ask)
    return routes


def _one(ask: Any, name: str) -> Path:
    told = ask("files_pick", paths=[name])
    if [one["name"] for one in told["files"]] != [name]:
        abort(404, "There is no such file.")
    return Path(told["root"]) / name


def _zips(routes: Blueprint, ask: Any) -> None:
    places: SimpleQueue[None] = SimpleQueue()
    for _ in range(ZIPS):
        places.put(None)

    @routes.get("/more/files/zip")
    def fetch() -> Response:
        names = request.args.getlist("path")
        told = ask("files_pick", paths=names)
        root = Path(told["root"])
        parts = [Part(one["name"], one["modified"], root / one["name"]) for one in told["files"]]
        try:
            places.get_nowait()
        except Empty:
            abort(503, FULL)
        answer = Response(zipped(parts), mimetype="application/zip")
        # Not in the generator: one that was never begun does not clean up after itself.
        answer.call_on_close(lambda: places.put(None))
        answer.headers.set("Content-Disposition", "attachment", filename=_name(names))
        answer.headers["Cache-Control"] = "no-store"
        return answer


def _name(names: list[str]) -> str:
    """After the only thing that was chosen, else after all of it."""
    only = names[0].rpartition("/")[2] if len(names) == 1 else ""
    return f"nightbox-{only}.zip" if only else "nightbox-files.zip"


def _crumbs(path: str) -> Iterator[tuple[str, str]]:
    """The way down: each folder's name on the page, and its own."""
    parts = path.split("/") if path else []
    for number, part in enumerate(parts):
        yield part, "/".join(parts[: number + 1])


def size(count: float) -> str:
    """Bytes as a person reads them."""
    for unit in ("B", "kB", "MB"):
        if count < 999.5:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


FILES = Section("files", N_("Files"), N_("Look through the nights, download, copy, delete"), "folder", files)
