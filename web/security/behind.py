"""Who is really there, when a request came through the box's own front for TLS."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# The front comes from this address of the machine, and nothing else does.
FRONT = ("127.0.0.2", "::ffff:127.0.0.2")


class Behind:
    """Gives the app the client's own address, and https; `client` knows who is behind a port of the front's.

    A connection from there that the front does not know is nobody's: least of all the machine's own.
    """

    def __init__(self, app: "WSGIApplication", client: Callable[[int], str | None]) -> None:
        self._app, self._client = app, client

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ.get("REMOTE_ADDR") in FRONT:
            found = self._client(int(environ.get("REMOTE_PORT") or 0))
            environ["REMOTE_ADDR"] = found or ""
            if found:
                environ["wsgi.url_scheme"] = "https"
        return self._app(environ, start_response)
