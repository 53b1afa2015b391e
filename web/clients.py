"""The phones that look at the page, told apart: so that two people see which of them is driving.

Nobody is kept out by it: a cookie with a random number, and a name that its owner may change (More, Display).
"""

import re
import secrets
from urllib.parse import unquote

from flask import Flask, Response, g, request

from appliance.api import Driving
from web.i18n import N_

COOKIE, NAME = "phone", "phone_name"
YEAR = 31_536_000
ID = re.compile(r"[0-9a-f]{16}")
LONGEST_NAME = 24
MOST = 64  # phones whose numbers are remembered
# What a browser says of its machine; the first that fits.
KINDS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", N_("Android")), ("Windows", "Windows"),
    ("Macintosh", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux"),
)  # fmt: skip


class Clients:
    """Names for phones: as their owner says, else by their kind, with a number from the second on."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def name(self, client: str, kind: str) -> str:
        """`client` keeps its name for as long as the box runs."""
        if client in self._known:
            return self._known[client]
        same = sum(name == kind or name.startswith(f"{kind} ") for name in self._known.values())
        if len(self._known) >= MOST:
            self._known.pop(next(iter(self._known)))
        self._known[client] = f"{kind} {same + 1}" if same else kind
        return self._known[client]

    def here(self) -> str:
        """The name of the phone that asks now."""
        chosen = "".join(c for c in unquote(request.cookies.get(NAME, "")) if c.isprintable()).strip()
        return chosen[:LONGEST_NAME] or self.name(client_id(), kind_of(request.user_agent.string))


def kind_of(browser: str) -> str:
    """A word for the machine behind a browser."""
    return next((kind for sign, kind in KINDS if sign in browser), "Phone")


def client_id() -> str:
    """This phone's number: its cookie's, else a new one, which `register_clients` gives it."""
    known = request.cookies.get(COOKIE, "")
    if ID.fullmatch(known):
        return known
    if "phone" not in g:
        g.phone = secrets.token_hex(8)
    return str(g.phone)


def driving(clients: Clients, what: str, at: float) -> Driving:
    """What the others are told about a command of the phone that asks now."""
    return Driving(source="page", client=client_id(), who=clients.here(), what=what, at=at)


def register_clients(app: Flask, clients: Clients) -> None:
    """Every page knows its phone's number and name, and leaves the number with it."""

    @app.context_processor
    def phone() -> dict[str, str]:
        return {"phone": client_id(), "phone_name": clients.here()}

    @app.after_request
    def keep(response: Response) -> Response:
        if "phone" in g:
            response.set_cookie(COOKIE, str(g.phone), max_age=YEAR, samesite="Lax")
        return response
