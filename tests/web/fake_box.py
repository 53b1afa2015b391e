"""A real Api on a loop of its own in a thread, and the page server on it, for the web's tests."""

import asyncio
import io
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import numpy as np
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from appliance.api import Access, Api, Arguments, Command
from appliance.bus import Bus, Message
from appliance.errors import BadCommand, DeviceRefused
from web.app import Bridge, PageServer, Security, create_app
from web.security.guard import HEADER
from web.security.sessions import NAME, Sessions, new_session

if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam

PASSWORD = "orion rising"
HASHED = (  # of PASSWORD; tried faster than the box's own
    "scrypt:1024:8:1$6L5aYK4XrNBXTS5o$"
    "ac4bd5821bf01078f6054ae41589268f735cadcdd1e485feab897722dcc50fd8"
    "31914e0f7eae9acb024ea64c177996143f65f7581ea2df4bf9ed458f6a0192ef"
)


class Answer(Arguments):
    answer: str


class Clock(Arguments):
    unix: float


class Lease(Arguments):
    device: str
    client: str = ""


class Memory:
    """Keeps who may use the page as long as it lives; another one starts with the same: a box restarted."""

    def __init__(self, password: str = HASHED) -> None:
        self.access = Access(secret="of the tests", password=password, key="the key of the tests")

    def read(self) -> Access:
        return self.access

    def write(self, access: Access) -> None:
        self.access = access


class Box:
    """A box that is only an api: it notes the commands it gets. Its password is set.

    Phones that are logged in: `client()` for Flask's, `cookies()` for a browser (Playwright's
    `context.add_cookies`; Selenium's `add_cookie` once it is on one of the box's pages), `headers()` for
    everything else.
    """

    more: tuple[str, ...] = ("roof_open", "roof_close", "roof_stop")
    patience = 10.0  # seconds for each call

    def __init__(self, preview: Path | None = None, keeper: Memory | None = None, **security: Any) -> None:
        self.keeper = keeper or Memory()
        self.session = new_session(signed_in=True)
        self.done: list[str] = []
        self.preview = preview
        self.loop = asyncio.new_event_loop()
        self.thread = Thread(target=self._run, daemon=True)
        self.thread.start()
        self.bus = Bus()
        self.api = self.run(self._api)
        self.bridge = Bridge(self.loop)
        self.app: Flask = create_app(self.api, self.bridge, Security(self.keeper, **security))
        self.server: PageServer | None = None

    def _run(self) -> None:
        self.loop.run_forever()
        self.loop.close()

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call a plain or async function on the box's loop and wait for it."""

        async def call() -> Any:
            answer = function(*args)
            return await answer if asyncio.iscoroutine(answer) or asyncio.isfuture(answer) else answer

        return asyncio.run_coroutine_threadsafe(call(), self.loop).result(self.patience)

    async def _api(self) -> Api:
        api = Api(self.bus, time.time, lambda: self.preview)
        for name in ("start", "pause", "resume", "stop", "rehearse", *self.more):
            api.register(Command(name, f"{name} the night.", Arguments, self._command(name)))
        api.register(Command("answer", "Answer.", Answer, self._answer))
        api.register(Command("clock", "The time.", Clock, self._clock))
        for name in ("lease_grant", "lease_take_back"):
            api.register(Command(name, "Lend.", Lease, self._lease(name)))
        api.register(Command("park", "Park the telescope.", Arguments, self._refuse))
        self.listener = asyncio.ensure_future(api.listen())
        return api

    def _command(self, name: str) -> Callable[[Arguments], Any]:
        async def run(_: Arguments) -> str:
            self.done.append(name)
            return f"{name} done"

        return run

    def _lease(self, name: str) -> Callable[[Lease], Any]:
        async def run(asked: Lease) -> str:
            self.done.append(f"{name} {asked.device} {asked.client}".rstrip())
            return "done"

        return run

    async def _answer(self, said: Answer) -> None:
        self.done.append(f"answer {said.answer}")
        if said.answer == "no":
            raise BadCommand("answer", "nothing is asked now")

    async def _clock(self, told: Clock) -> None:
        self.done.append("clock" if abs(told.unix - time.time()) < 5 else "wrong clock")

    async def _refuse(self, _: Arguments) -> None:
        raise DeviceRefused("Mount", "it is looking at the Sun", advice="Wait for the night.")

    def publish(self, *messages: Message) -> None:
        for message in messages:
            self.run(self.bus.publish, message)

    def client(self) -> FlaskClient:
        """Logged in; sends the token with everything."""
        client = self.app.test_client()
        client.set_cookie(NAME, self._cookie())
        client.environ_base[f"HTTP_{HEADER.upper().replace('-', '_')}"] = self.session["token"]
        return client

    def cookies(self) -> "list[SetCookieParam]":
        """Of a browser that is logged in, once the box serves."""
        assert self.server
        return [{"name": NAME, "value": self._cookie(), "url": f"http://127.0.0.1:{self.server.port}"}]

    def headers(self) -> dict[str, str]:
        """What a phone that is logged in sends with each request."""
        return {"Cookie": f"{NAME}={self._cookie()}", "X-Nightbox": "1", HEADER: self.session["token"]}

    def _cookie(self) -> str:
        sessions = self.app.session_interface
        assert isinstance(sessions, Sessions)
        return str(sessions.serializer_now().dumps(self.session))

    def serve(self, port: int = 0) -> int:
        self.server = PageServer(self.app, self.bridge, "127.0.0.1", port)
        return int(self.run(self.server.start))

    def close(self) -> None:
        if self.server:
            self.run(self.server.stop)
        self.bridge.close()
        self.run(self._quiet)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)

    async def _quiet(self) -> None:
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)


def star_field(width: int = 960, height: int = 640, seed: int = 45) -> bytes:
    """A synthetic open cluster with a little nebulosity, as a JPEG."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    sky = 16 + 2 * rng.standard_normal((height, width), dtype=np.float32)
    for _ in range(5):
        cx, cy, size = rng.normal(width / 2, 130), rng.normal(height / 2, 80), rng.uniform(70, 160)
        sky += rng.uniform(6, 14) * np.exp(-((x - cx) ** 2 / 2 + (y - cy) ** 2) / (2 * size**2))
    spread = [rng.uniform(0, (width, height), (420, 2)), rng.normal((width / 2, height / 2), 95, (110, 2))]
    fluxes = np.concatenate([rng.pareto(1.1, 420) * 60, rng.pareto(0.8, 110) * 260])
    for (cx, cy), flux in zip(np.concatenate(spread), np.minimum(fluxes, 60000), strict=True):
        reach = 7 + int(flux**0.3)
        part = np.s_[max(0, int(cy) - reach) : int(cy) + reach, max(0, int(cx) - reach) : int(cx) + reach]
        r2 = (x[part] - cx) ** 2 + (y[part] - cy) ** 2
        sky[part] += flux * (np.exp(-r2 / 3.2) / 10 + 0.02 / (1 + r2 / 9) ** 1.8)
    grey = 255 * np.arcsinh(np.clip(sky - 8, 0, None) / 26) / np.arcsinh(900 / 26)
    file = io.BytesIO()
    Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=85)
    return file.getvalue()
