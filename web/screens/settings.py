"""Settings: the profile's tables, each on a page of its own, made from the profile's own form."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, abort, render_template
from markupsafe import Markup, escape

from appliance.api import Api
from web.bridge import Bridge
from web.i18n import N_
from web.screens.more import Section

TOP = "rig"  # how the page calls the table that is the file itself
COMMAND = "profile_schema"
NONE = "This box was not started from a profile's file: there is nothing to change."


def settings(api: Api, bridge: Bridge) -> Blueprint:
    """/more/settings, and /more/settings/<table>."""
    routes = Blueprint("settings", __name__)

    def ask(name: str) -> Any:
        return bridge.ask(api.call(name, {}), 10.0)

    @routes.get("/more/settings")
    def index() -> str:
        if COMMAND not in api.commands:
            return render_template("settings.html", tab="more", lacking=NONE)
        told = ask("profile_values")
        tops = [table for table in ask(COMMAND) if "." not in table["path"]]
        entries = [{**table, "there": _there(table, told["values"])} for table in tops]
        return render_template("settings.html", tab="more", entries=entries, top=TOP, **told)

    @routes.get("/more/settings/<name>")
    def table(name: str) -> str:
        if COMMAND not in api.commands:
            abort(404, NONE)
        path = "" if name == TOP else name
        told, every = ask("profile_values"), ask(COMMAND)
        tables = [one for one in every if _belongs(one["path"], path)]
        if not tables:
            abort(404, "There are no such settings.")
        shown = [{**one, "items": list(_items(one, told["values"]))} for one in tables]
        return render_template(
            "settings_table.html",
            tab="more",
            tables=shown,
            text=_text,
            lines=_lines,
            there=_there,
            words=_words,
            **told,
        )

    return routes


def _belongs(path: str, top: str) -> bool:
    return path == top or (bool(top) and path.startswith(f"{top}."))


def _at(path: str, values: dict[str, Any]) -> Any:
    """What the file says at a place; None where it says nothing."""
    found: Any = values
    for key in path.split(".") if path else ():
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _there(table: dict[str, Any], values: dict[str, Any]) -> bool:
    """Is it part of the rig? What may not be left out always is."""
    found = _at(table["path"], values)
    return bool(found) if table["many"] else found is not None or not table["optional"]


def _items(table: dict[str, Any], values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What the file says of each of several, of the one table otherwise."""
    found = _at(table["path"], values)
    if not table["many"]:
        yield found if isinstance(found, dict) else {}
    elif isinstance(found, list):
        yield from (one for one in found if isinstance(one, dict))
    elif isinstance(found, dict):  # [output] in place of [[output]]
        yield found


def _words(help: str) -> Markup:  # noqa: A002
    """A help text with its `keys` as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(help))))  # noqa: S704 - escaped


def _text(value: object) -> str:
    """A value as a person writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)


def _lines(value: object) -> str:
    """Texts one a line, or a table one `KEY = value` a line."""
    if isinstance(value, dict):
        return "\n".join(f"{key} = {_text(one)}" for key, one in value.items())
    return "\n".join(map(_text, value)) if isinstance(value, list | tuple) else ""


SETTINGS = Section("settings", N_("Settings"), N_("Everything of the profile, with help"), "gear", settings)
