"""What every page has around it: the tabs, the light it is read by, the words and the Stop button."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, request, url_for

from appliance.api import Api
from web.bridge import Bridge
from web.i18n import N_

LIGHTS = {"dark": "#0c0908", "red": "#000000"}  # as static/themes.css has them: what the browser paints first


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the five; `endpoint` is its page."""

    name: str
    title: str
    endpoint: str


TABS = (
    Tab("tonight", N_("Tonight"), "tonight.index"),
    Tab("align", N_("Align"), "align.index"),
    Tab("focus", N_("Focus"), "focus.index"),
    Tab("run", N_("Run"), "run.index"),
    Tab("more", N_("More"), "more.index"),
)

# The status strip: what it shows, and the first of these pages that there is, where more of it stands.
STRIP = (
    ("mount", N_("Mount"), ("align.index",)),
    ("camera", N_("Camera"), ("run.index",)),
    ("guiding", N_("Guiding"), ("guiding.index", "more.index")),
    ("roof", N_("Roof and safety"), ("safety.index", "tonight.index")),
    ("disk", N_("Disk"), ("files.index", "more.index")),
    ("next", N_("Next"), ("tonight.index",)),
)


def light() -> str:
    """The theme this phone has chosen, known before the first byte: no flash of another."""
    chosen = request.cookies.get("light", "")
    return chosen if chosen in LIGHTS else "dark"


def register_shell(app: Flask, api: Api, bridge: Bridge) -> None:
    """Give every template what templates/shell.html needs."""

    @app.context_processor
    def shell() -> dict[str, Any]:
        known = bridge.call(dict, api.commands)
        shown = light()
        strip = [
            {
                "name": name,
                "title": title,
                "address": url_for(next(p for p in pages if p in app.view_functions)),
            }
            for name, title, pages in STRIP
        ]
        return {"tabs": TABS, "light": shown, "paint": LIGHTS[shown], "commands": known, "strip": strip}
