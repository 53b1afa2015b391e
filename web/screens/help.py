"""Updates and help: versions, what has changed, the guide that the box keeps, licences."""

from pathlib import Path
from typing import Any

from flask import Blueprint, abort, render_template, url_for

from appliance.api import Api
from web.bridge import Bridge
from web.i18n import N_
from web.screens.markup import rendered
from web.screens.more import Section

PATIENCE = 20.0


def _asking(api: Api, bridge: Bridge) -> Any:
    return lambda name: bridge.ask(api.call(name, {}), PATIENCE)


def updates(api: Api, bridge: Bridge) -> Blueprint:
    """/more/updates."""
    routes, ask = Blueprint("updates", __name__), _asking(api, bridge)

    @routes.get("/more/updates")
    def index() -> str:
        changes = next((one for one in ask("documents") if one["name"] == "changelog"), None)
        text = None if changes is None else _page(changes["path"], ask("documents"))
        return render_template("updates.html", tab="more", versions=ask("about")["versions"], changes=text)

    return routes


def help_(api: Api, bridge: Bridge) -> Blueprint:
    """/more/help, and /more/help/<text>."""
    routes, ask = Blueprint("help", __name__), _asking(api, bridge)

    @routes.get("/more/help")
    def index() -> str:
        return render_template("help.html", tab="more", texts=ask("documents"), **ask("about"))

    @routes.get("/more/help/<name>")
    def text(name: str) -> str:
        every = ask("documents")
        # Only what the box lists: the name never becomes a path.
        found = next((one for one in every if one["name"] == name), None)
        if found is None:
            abort(404, "There is no such text.")
        return render_template(
            "text.html", tab="more", head=found["title"], words=_page(found["path"], every, headed=False)
        )

    return routes


def _page(path: str, every: list[dict[str, str]], *, headed: bool = True) -> str:
    """A text of the box; Markdown as HTML, without its first heading where the page has it."""
    known = {one["name"] for one in every}

    def address(name: str) -> str | None:
        return url_for("help.text", name=name) if name in known else None

    file = Path(path)
    text = file.read_text(encoding="utf-8")
    if not headed and text.startswith("# "):
        text = text.partition("\n")[2]
    return rendered(text if file.suffix == ".md" else f"```\n{text}\n```", address, 2 if headed else 1)


UPDATES = Section("updates", N_("Updates"), N_("Versions, and what has changed"), "update", updates)
HELP = Section("help", N_("Help"), N_("The guide, licences, about Nightbox"), "unknown", help_)
