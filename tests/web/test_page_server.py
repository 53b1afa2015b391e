"""The bridge and the server's life: bounded questions, many phones, a shutdown that does not hang."""

import asyncio
import http.client
import json
import socket
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from appliance.api import Arguments, Command
from tests.web.fake_box import Box
from web.bridge import THREADS, BoxSlow, BoxStopping, Bridge, PageServer, PageUnavailable
from web.stream import WAITING


def get(port: int, path: str, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=25)
    try:
        link.request("GET", path, headers=headers or {})
        answer = link.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        link.close()


def wait_for(condition: Any) -> None:
    limit = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.005)


def test_a_question_past_its_limit_is_cancelled(box: Box) -> None:
    ended: Future[str] = Future()

    async def long() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.set_result("cancelled")
            raise

    with pytest.raises(BoxSlow):
        box.bridge.ask(long(), 0.02)
    assert ended.result(5) == "cancelled"


def test_the_questions_own_timeout_is_not_mistaken_for_ours(box: Box) -> None:
    async def impatient() -> None:
        raise TimeoutError("mine")

    with pytest.raises(TimeoutError, match="mine"):
        box.bridge.ask(impatient(), 5)


def test_a_closed_bridge_answers_at_once(box: Box) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(box.bridge.ask, asyncio.sleep(60), 50.0)
        wait_for(lambda: box.bridge._open)
        box.bridge.close()
        with pytest.raises(BoxStopping):
            waiting.result(5)
    with pytest.raises(BoxStopping):
        box.bridge.ask(asyncio.sleep(60))
    with pytest.raises(BoxStopping):
        box.bridge.call(dict)


def test_a_bridge_to_an_ended_loop_says_so() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    with pytest.raises(BoxStopping):
        Bridge(loop).call(dict)


def test_waiting_phones_do_not_starve_the_others(box: Box) -> None:
    port = box.serve()
    life = get(port, "/api/updates", box.headers())[1]["life"]
    phones = THREADS + 8
    with ThreadPoolExecutor(phones) as pool:
        waiting = [
            pool.submit(get, port, f"/api/updates?life={life}&within=20", box.headers())
            for _ in range(phones)
        ]
        wait_for(lambda: sum(answer.done() for answer in waiting) == phones - WAITING)
        turned_away = [answer.result()[1] for answer in waiting if answer.done()]
        assert all(answer["come_back"] > 0 for answer in turned_away)
        assert get(port, "/healthz")[0] == 200
        box.run(box.server.stop)  # type: ignore[union-attr]
        # Those still waiting are let go: an answer that the box ends, or a closed connection.
        for answer in waiting:
            assert answer.exception(5) is not None or answer.result()[0] in (200, 503)


def test_stop_is_quick_while_phones_wait_and_the_port_is_free_again(box: Box) -> None:
    port = box.serve()
    life = get(port, "/api/updates", box.headers())[1]["life"]
    with ThreadPoolExecutor(3) as pool:
        waiting = [
            pool.submit(get, port, f"/api/updates?life={life}&within=20", box.headers()) for _ in range(3)
        ]
        wait_for(lambda: len(box.bridge._open) == 3)
        began = time.monotonic()
        box.run(box.server.stop)  # type: ignore[union-attr]
        assert time.monotonic() - began < 5
        for answer in waiting:
            answer.exception(5)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 5)
    again = Box()
    try:
        assert again.serve(port) == port
    finally:
        again.close()


def test_a_taken_port_is_a_sentence(box: Box) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        with pytest.raises(PageUnavailable) as refused:
            box.serve(taken.getsockname()[1])
        box.server = None
    assert str(taken) is not None
    assert "port" in refused.value.sentence
    assert refused.value.advice


async def test_as_a_context_it_tells_its_address() -> None:
    loop = asyncio.get_running_loop()
    bridge = Bridge(loop)

    def app(_: Any, start: Any) -> list[bytes]:
        start("200 OK", [])
        return [b'"here"']

    async with PageServer(app, bridge, "127.0.0.1", 0) as server:
        assert server.url == f"http://127.0.0.1:{server.port}/"
        assert await loop.run_in_executor(None, get, server.port, "/") == (200, "here")
    async with PageServer(app, Bridge(loop), "", 0) as everywhere:
        assert await loop.run_in_executor(None, get, everywhere.port, "/") == (200, "here")
        assert everywhere.url.endswith(f":{everywhere.port}/")


def test_a_long_command_answers_that_it_still_runs(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.commands.PATIENCE", 0.02)
    release = box.run(asyncio.Event)

    async def slow(_: Arguments) -> str:
        box.done.append("slow")
        await release.wait()
        return "at last"

    box.run(box.api.register, Command("start", "Slow.", Arguments, slow))
    client = box.client()
    press = {"json": {"id": "one"}, "headers": {"X-Nightbox": "1"}}
    assert client.post("/api/command/start", **press).status_code == 202
    assert client.post("/api/command/start", **press).status_code == 202
    box.run(release.set)
    monkeypatch.setattr("web.commands.PATIENCE", 5.0)
    assert client.post("/api/command/start", **press).json == {"result": "at last"}
    assert box.done == ["slow"]
