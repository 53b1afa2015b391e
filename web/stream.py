"""What is true and what happens, for the page: a status, and a long-poll that resumes by id."""

import secrets
from dataclasses import asdict
from queue import Empty, SimpleQueue
from typing import Any

from flask import Blueprint, request

from appliance.api import Api
from web.bridge import Bridge

LONGEST_WAIT = 20.0
WAITING = 10  # readers that may wait at the same time; web.bridge.THREADS has room beside them
COME_BACK = 2.0  # seconds until a reader who found no place asks again


def stream(api: Api, bridge: Bridge) -> Blueprint:
    """/api/status and /api/updates.

    `life` changes whenever the box starts: a reader who brings another one (or none) first gets
    everything that is true now, because its ids belong to an earlier life.
    """
    routes = Blueprint("stream", __name__)
    life = secrets.token_hex(6)
    places: SimpleQueue[None] = SimpleQueue()
    for _ in range(WAITING):
        places.put(None)

    @routes.get("/api/status")
    def status() -> dict[str, Any]:
        return {"life": life, **bridge.call(_snapshot, api)}

    @routes.get("/api/updates")
    def updates() -> dict[str, Any]:
        if request.args.get("life", "") != life:
            return {"life": life, **bridge.call(_snapshot, api), **_since(0, 0.0)}
        wait = max(0.0, min(request.args.get("within", LONGEST_WAIT, type=float), LONGEST_WAIT))
        after = request.args.get("after", 0, type=int)
        try:
            places.get_nowait()
        except Empty:
            return {"life": life, **_since(after, 0.0), "come_back": COME_BACK}
        try:
            return {"life": life, **_since(after, wait)}
        finally:
            places.put(None)

    def _since(after: int, within: float) -> dict[str, Any]:
        found = bridge.ask(api.updates(after, within), within + 5.0)
        return {"updates": [asdict(update) for update in found], "now": bridge.call(api.now)}

    return routes


def _snapshot(api: Api) -> dict[str, Any]:
    commands = [{"name": c.name, "sentence": c.sentence} for c in api.commands.values()]
    return {"states": api.status(), "commands": commands, "now": api.now()}
