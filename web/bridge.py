"""Where the web's threads and the controller's event loop meet, and the only place where they do."""

import asyncio
import logging
import socket
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from contextlib import AbstractContextManager, suppress
from functools import partial
from threading import Lock, Thread
from typing import Any, ClassVar, ParamSpec, TypeVar
from wsgiref.types import WSGIApplication

from waitress import create_server, wasyncore

from appliance.errors import NightboxError

P = ParamSpec("P")
R = TypeVar("R")

EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 - only recognised here, chosen in the profile
# web.stream.STREAMS of them tell news and web.stream.WAITING wait for some; the others stay free for people.
THREADS = 26
DRAIN = 2.0  # seconds for running requests to end at shutdown
GONE = 20_000  # ms after which a phone that acknowledges nothing has left the Wi-Fi: its thread is free again
MAX_BODY = 2 * 1024 * 1024  # a plan of another program; each address has its own, smaller limit
# A download waits for the phone when so much is on its way: nothing of it ever lies in a temporary file.
SENT_AHEAD = 1 << 20
# Every request finding all threads busy would log a line; the limit on waiting makes that harmless.
logging.getLogger("waitress.queue").setLevel(logging.ERROR)


class BoxSlow(NightboxError):
    """The controller gave no answer within the time a request may take."""

    code: ClassVar[str] = "page.slow"
    default_advice: ClassVar[str] = "Wait a moment; the page asks again by itself."


class BoxStopping(NightboxError):
    """The controller is ending, or what it was doing was stopped before it could answer."""

    code: ClassVar[str] = "page.stopping"
    default_advice: ClassVar[str] = "Wait until the box is up again; the page reconnects by itself."


class PageUnavailable(NightboxError):
    """The page's address cannot be listened on."""

    code: ClassVar[str] = "page.unavailable"
    default_advice: ClassVar[str] = (
        "Choose another port for the page, or stop the program that uses this one."
    )


class Bridge:
    """Carries questions from a web thread to the controller's loop, each bounded in time.

    Create it on the loop's thread. Both ways raise BoxSlow when the limit passes, BoxStopping when
    the box ends first, else whatever the question itself raises.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = Lock()
        self._open: set[Future[Any]] = set()
        self._closed = False

    def ask(self, question: Coroutine[Any, Any, R], within: float = 5.0) -> R:
        """Await a coroutine on the loop; it is cancelled when the limit passes."""
        try:
            answer = self._send(lambda: asyncio.run_coroutine_threadsafe(question, self._loop))
        except BoxStopping:
            question.close()
            raise
        return self._receive(answer, within)

    def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call a plain function on the loop's thread, where the controller's data belongs."""
        answer: Future[R] = Future()
        run = partial(_settle, answer, partial(function, *args, **kwargs))

        def send() -> Future[R]:
            self._loop.call_soon_threadsafe(run)
            return answer

        return self._receive(self._send(send), 5.0)

    def close(self) -> None:
        """Answer everybody who waits with BoxStopping, now and from now on."""
        with self._lock:
            self._closed = True
            waiting = list(self._open)
        for answer in waiting:
            answer.cancel()

    def _send(self, send: Callable[[], Future[R]]) -> Future[R]:
        with self._lock:
            if self._closed or self._loop.is_closed():
                raise BoxStopping("The box is shutting down.")
            answer = send()
            self._open.add(answer)
            return answer

    def _receive(self, answer: Future[R], within: float) -> R:
        try:
            return answer.result(within)
        except TimeoutError as late:
            if answer.done():
                raise  # the question's own
            answer.cancel()
            raise BoxSlow(f"The box gave no answer within {within:g} s.") from late
        except CancelledError as gone:
            raise BoxStopping("The box stopped before it could answer.") from gone
        finally:
            with self._lock:
                self._open.discard(answer)


def one_at_a_time() -> AbstractContextManager[bool]:
    """A block that only one of the web's threads is in at any moment."""
    return Lock()


def local_address() -> str:
    """The address by which others in the network see this box; 127.0.0.1 when it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # chooses a route; nothing is sent
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def _settle(answer: Future[R], function: Callable[[], R]) -> None:
    if not answer.set_running_or_notify_cancel():
        return
    try:
        answer.set_result(function())
    except BaseException as error:  # noqa: BLE001 - carried to the waiting thread
        answer.set_exception(error)


class PageServer:
    """Waitress in a daemon thread: `async with PageServer(...) as server`, or `start` and `await stop()`.

    Belongs to the loop's thread. `host` "" means every address of the box, IPv4 and IPv6; `port` 0
    lets the system choose, and becomes the port in use.
    """

    def __init__(self, app: WSGIApplication, bridge: Bridge, host: str = "", port: int = 8080) -> None:
        self._app, self._bridge = app, bridge
        self._host, self.port = host, port

    def start(self) -> int:
        """Listen and serve; returns the port in use. PageUnavailable when it cannot be had."""
        listener = self._listen()
        self.port = listener.getsockname()[1]
        self._sockets: dict[int, Any] = {}
        self._server = create_server(
            self._app, self._sockets, sockets=[listener], threads=THREADS, ident=None,
            max_request_body_size=MAX_BODY, connection_limit=200, channel_timeout=60,
            outbuf_high_watermark=SENT_AHEAD, outbuf_overflow=2 * SENT_AHEAD,
        )  # fmt: skip
        self._loop = asyncio.get_running_loop()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        Thread(target=self._serve, name="page", daemon=True).start()
        return self.port

    def stop(self) -> asyncio.Future[None]:
        """End waiting requests, close every socket; await the result to know that it is done."""
        self._bridge.close()
        if not self._ended.done():
            self._server.trigger.pull_trigger(self._drain)
        return self._ended

    def __aenter__(self) -> asyncio.Future["PageServer"]:
        self.start()
        entered: asyncio.Future[PageServer] = self._loop.create_future()
        entered.set_result(self)
        return entered

    def __aexit__(self, *_: object) -> asyncio.Future[None]:
        return self.stop()

    @property
    def url(self) -> str:
        """Where a phone in the same network finds the page."""
        host = local_address() if self._host in EVERYWHERE else self._host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    @property
    def loopback(self) -> str:
        """Where a browser on this machine finds the page; "" where it does not listen there."""
        if self._host in {"", "0.0.0.0", "127.0.0.1", "localhost"}:  # noqa: S104 - only recognised here
            return f"http://127.0.0.1:{self.port}/"
        return f"http://[::1]:{self.port}/" if self._host in {"::", "::1"} else ""

    def _listen(self) -> socket.socket:
        listener = self._bound()
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; what is accepted inherits it
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GONE)
        return listener

    def _bound(self) -> socket.socket:
        try:
            if self._host == "" and socket.has_dualstack_ipv6():
                both = ("", self.port)
                return socket.create_server(both, family=socket.AF_INET6, dualstack_ipv6=True, backlog=64)
            return socket.create_server((self._host, self.port), backlog=64)
        except OSError as error:
            where = f"{self._host or 'any address'}, port {self.port}"
            raise PageUnavailable(f"The page cannot listen on {where}: {error.strerror or error}.") from error

    def _serve(self) -> None:
        try:
            self._server.run()
        finally:
            with suppress(RuntimeError):  # the loop has closed: nobody is waiting any more
                self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        if not self._ended.done():
            self._ended.set_result(None)

    def _drain(self) -> None:
        # In the server's thread. A request's thread pulls the trigger when it is done, without asking
        # whether that file descriptor is still its own: sockets close only when no thread is left.
        self._server.task_dispatcher.shutdown(timeout=DRAIN)
        if not self._server.task_dispatcher.threads:
            wasyncore.close_all(self._sockets)
        self._server.socket.close()
        self._sockets.clear()
