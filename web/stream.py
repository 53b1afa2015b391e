"""What is true and what happens, for the page: one stream of server-sent events that resumes by id.

A phone that finds no place on the stream asks `/api/updates` instead, a long poll with the same ids.
"""

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

from flask import Blueprint, Response, request

from appliance.api import Api, Update
from appliance.errors import NightboxError
from web.answers import problem
from web.bridge import Bridge
from web.i18n import language
from web.saying.reader import in_words
from web.security.register import door_here

STREAMS = 12  # six phones with two tabs each; web.bridge.THREADS has room beside them
BEAT = 5.0  # seconds: a stream that says nothing for longer is dead, and the page notices
GATHER = 0.15  # seconds in which news are put together: a chatty state costs no more than a quiet one
RECALLED = 200  # events that a new reader gets at most
LONGEST_WAIT = 20.0
WAITING = 6  # readers of the long poll that may wait at the same time
COME_BACK = 2.0  # seconds until a reader who found no place asks again
LONGEST_NAME = 40

Told = tuple[str, str, dict[str, Any]]  # kind, id and what is told


@dataclass(eq=False)
class Readers:
    """Who listens: one stream for each open page; a page that comes again takes its old stream's place."""

    most: int
    _by_name: dict[str, object] = field(default_factory=dict)

    def enter(self, name: str) -> object | None:
        """A ticket for this page's stream, None when all places are taken."""
        if name not in self._by_name and len(self._by_name) >= self.most:
            return None
        ticket = object()
        self._by_name[name] = ticket
        return ticket

    def holds(self, name: str, ticket: object) -> bool:
        """Whether the ticket is still this page's newest."""
        return self._by_name.get(name) is ticket

    def leave(self, name: str, ticket: object) -> None:
        """Free the place, unless the page has come again meanwhile."""
        if self.holds(name, ticket):
            del self._by_name[name]


def stream(api: Api, bridge: Bridge) -> Blueprint:
    """/api/events, /api/updates and /api/status.

    `life` changes whenever the box starts: a reader who brings another one (or none) first gets
    everything that is true now, because its ids belong to an earlier life.
    """
    routes = Blueprint("stream", __name__)
    life = secrets.token_hex(6)
    _streaming(routes, api, bridge, life)
    _polling(routes, api, bridge, life)

    @routes.get("/api/status")
    def status() -> dict[str, Any]:
        return {"life": life, **bridge.call(_snapshot, api)}

    return routes


def _streaming(routes: Blueprint, api: Api, bridge: Bridge, life: str) -> None:
    readers = Readers(STREAMS)

    @routes.get("/api/events")
    def events() -> Response:
        name = request.args.get("page", "")[:LONGEST_NAME] or secrets.token_hex(6)
        ticket = readers.enter(name)
        if ticket is None:
            return problem("page.full", "Too many pages are open.", "This one asks now and then.", 503)
        told = _told(request.headers.get("Last-Event-ID", ""), life)
        staying = door_here().staying()
        telling = _tell(name, ticket, told, staying)
        answer = Response(_events(telling, language()), mimetype="text/event-stream")
        # Not in the generator: one that was never begun does not clean up after itself.
        answer.call_on_close(lambda: readers.leave(name, ticket))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _tell(name: str, ticket: object, after: int | None, staying: Callable[[], bool]) -> Iterator[Told]:
        try:
            if after is None or bridge.call(api.too_far_behind, after):
                truth = bridge.call(_truth, api)
                after = int(truth.pop("newest"))
                yield "snapshot", f"{life}.{after}", {"life": life, **truth}
            while readers.holds(name, ticket) and staying():  # who is logged out hears no more
                news = bridge.ask(api.news(after, BEAT, GATHER), BEAT + 10.0)
                after = max([after, *(update.id for update in news)])
                told = {"updates": [_plain(update) for update in news], "now": bridge.call(api.now)}
                yield "news", f"{life}.{after}", told
        except NightboxError:
            return  # the box is ending or busy: the page comes again by itself


def _polling(routes: Blueprint, api: Api, bridge: Bridge, life: str) -> None:
    places: SimpleQueue[None] = SimpleQueue()
    for _ in range(WAITING):
        places.put(None)

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
        return {"updates": [_plain(update) for update in found], "now": bridge.call(api.now)}


def _plain(update: Update) -> dict[str, Any]:
    return {"id": update.id, "message": update.message, "at": update.at, "lasting": update.lasting}


def _told(last: str, life: str) -> int | None:
    """How far a reader has come in this life of the box, None for a new one."""
    of, _, number = last.partition(".")
    return int(number) if of == life and number.isdecimal() and len(number) < 16 else None


def _events(telling: Iterator[Told], of: str) -> Iterator[str]:
    """As text, in the language of whoever listens: nobody can be asked any more while it is sent."""
    for kind, id, told in telling:  # noqa: A001
        text = json.dumps(in_words(told, of), ensure_ascii=False, separators=(",", ":"))
        yield f"id: {id}\nevent: {kind}\ndata: {text}\n\n"


def _truth(api: Api) -> dict[str, Any]:
    """On the controller's loop: everything of one moment."""
    known = {(update.message["type"], update.message["source"]): update for update in api.lasting()}
    for state in api.status():  # what was true before anybody listened has no moment of its own
        known.setdefault((state["type"], state["source"]), Update(0, state, 0.0, lasting=True))
    return {
        "states": [_plain(update) for update in known.values()],
        "updates": [_plain(update) for update in api.happened(RECALLED)],
        "commands": _commands(api),
        "now": api.now(),
        "newest": api.newest,
    }


def _snapshot(api: Api) -> dict[str, Any]:
    return {"states": api.status(), "commands": _commands(api), "now": api.now()}


def _commands(api: Api) -> list[dict[str, str]]:
    return [{"name": c.name, "sentence": c.sentence} for c in api.commands.values()]
