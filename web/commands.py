"""Commands from the phone: safe to send again over a bad link, refused from another site's page."""

from typing import Any

from flask import Blueprint, Response, abort, request

from appliance.api import Api
from appliance.errors import BadCommand
from web.bridge import BoxSlow, Bridge
from web.clients import Clients, driving

PATIENCE = 5.0  # seconds before a long command is answered with 202: ask again with the same id
LONGEST_ID = 64
# A whole plan, or another program's file; anything else is short.
LONG = {"plan_change", "plan_check", "plan_save", "plan_import", "template_save"}
LONG_BODY = 2 * 1024 * 1024


def commands(api: Api, bridge: Bridge, clients: Clients) -> Blueprint:
    """POST /api/command/<name> with {"id": "...", "arguments": {...}}.

    200 {"result"} when it has run, 202 {"running": true} while it still does. The same id never runs twice.
    """
    routes = Blueprint("commands", __name__)

    @routes.post("/api/command/<name>")
    def command(name: str) -> tuple[dict[str, Any], int] | Response:
        _refuse_strangers()
        if name not in api.commands:
            abort(404, f"There is no command {name!r}.")
        if name in LONG:
            request.max_content_length = LONG_BODY
        id, arguments = _read()  # noqa: A001
        try:
            answer: dict[str, Any] = {"result": bridge.ask(api.call(name, arguments, id), PATIENCE)}
            status = 200
        except BoxSlow:
            answer, status = {"running": True}, 202
        if not api.commands[name].asks:
            now = bridge.call(api.now)
            bridge.call(api.bus.publish, driving(clients, api.commands[name].sentence, now))
        return answer, status

    return routes


def _refuse_strangers() -> None:
    # A page of another site can neither set this header nor send JSON without asking us first, and
    # we never say yes; newer browsers also tell where a request comes from.
    if not request.is_json or request.headers.get("X-Nightbox") != "1":
        abort(415, "A command is JSON and carries the header X-Nightbox: 1.")
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(403, "Commands are taken from the box's own page only.")


def _read() -> tuple[str, dict[str, object]]:
    body = request.get_json()
    if not isinstance(body, dict):
        raise BadCommand("body", "is not a JSON object")
    id, arguments = body.get("id"), body.get("arguments", {})  # noqa: A001
    if not isinstance(id, str) or not 0 < len(id) <= LONGEST_ID:
        raise BadCommand("id", f"must be a text of 1 to {LONGEST_ID} characters, new for each press")
    if not isinstance(arguments, dict):
        raise BadCommand("arguments", "is not a JSON object")
    return id, arguments
