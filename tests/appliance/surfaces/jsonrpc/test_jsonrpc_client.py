"""One port that speaks JSON lines, plain words and HTTP, to clients of every kind; in virtual time."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.surfaces.jsonrpc.client import SAY_FIRST, TOO_LONG, is_loopback
from appliance.surfaces.jsonrpc.limits import (
    GREETING_SECONDS,
    HALF_SECONDS,
    IDLE_SECONDS,
    LONGEST,
    SEND_SECONDS,
    WRONG_SECONDS,
)
from tests.appliance.surfaces.jsonrpc.lines import line

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]

ASKED = b'{"jsonrpc": "2.0", "method": "echo", "params": [1], "id": 1}'
TOLD = b'{"jsonrpc": "2.0", "result": [1], "id": 1}'


def post(body: bytes, *headers: str, path: str = "/jsonrpc") -> bytes:
    head = [f"POST {path} HTTP/1.1", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(head).encode() + body


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def body(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


async def test_json_lines_get_answers_and_nothing_else() -> None:
    async with line() as one:
        assert await one.send(ASKED + b"\n") == TOLD + b"\r\n"
        assert await one.send(ASKED + b"\r\n" + ASKED + b"\r\n") == (TOLD + b"\r\n") * 2
        assert await one.send(b'{"method": "echo", "params": [1]}\n') == b""
        assert b"-32700" in await one.send(b"{oops\n")
        assert b"-32600" in await one.send(b"[]\n")


async def test_a_person_at_a_terminal_is_greeted_and_asks_in_words() -> None:
    async with line() as one:
        assert await one.heard(GREETING_SECONDS + 0.1) == b"OK! id=7\r\n"
        assert await one.send("status\r\n") == b"<STATUS>\r\n"
        assert await one.send("Sequence\r\n") == b"<SEQUENCE>\r\n"
        assert await one.send(ASKED + b"\n") == TOLD + b"\r\n"
        await one.send("quit\r\n")
        assert one.writer.closed


async def test_who_asks_at_once_is_greeted_first() -> None:
    async with line() as one:
        assert await one.send("log\n") == b"OK! id=7\r\n<LOG>\r\n"
        assert await one.send(b"\xff\xfb\x01\n") == "<\ufffd\ufffd\x01>\r\n".encode()


async def test_half_messages_are_put_together() -> None:
    async with line() as one:
        for byte in ASKED:
            assert await one.send(bytes([byte])) == b""
        assert await one.send(b"\n") == TOLD + b"\r\n"


async def test_what_never_ends_is_dropped() -> None:
    async with line() as one:
        assert await one.send(ASKED[:20]) == b""
        await one.heard(HALF_SECONDS - 1.0)
        await one.send(b" ")
        assert not one.writer.closed
        await one.heard(2.0)
        assert one.writer.closed


async def test_what_is_too_long_is_refused() -> None:
    async with line() as one:
        assert await one.send(b"{" + b" " * (LONGEST + 20_000)) == TOO_LONG.encode() + b"\r\n"
        assert one.writer.closed
    async with line() as one:
        assert await one.send(b"x" * (LONGEST + 1) + b"\n") == TOO_LONG.encode() + b"\r\n"


async def test_who_says_nothing_for_an_hour_is_let_go() -> None:
    async with line() as one:
        await one.send("status\n")
        await one.heard(IDLE_SECONDS - 1.0)
        assert not one.writer.closed
        await one.heard(2.0)
        assert one.writer.closed


async def test_who_does_not_take_its_answer_is_dropped() -> None:
    async with line() as one:
        one.writer.stuck = True
        await one.send(ASKED + b"\n")
        await one.heard(SEND_SECONDS + 1.0)
        assert one.writer.transport.aborted
        one.writer.stuck = False


async def test_a_long_command_is_waited_for_and_the_client_is_not_idle_meanwhile() -> None:
    async with line() as one:
        assert await one.send(b'{"method": "slow", "id": 1}\n') == b""
        assert one.client.since is None
        assert b"slept" in await one.heard(51.0)
        assert one.client.since is not None


async def test_http_post() -> None:
    async with line() as one:
        answer = await one.send(post(ASKED, "Content-Type: application/json; charset=utf-8"))
        assert status(answer) == 200
        assert body(answer) == TOLD
        assert b"\r\nContent-Type: application/json\r\n" in answer
        assert f"\r\nContent-Length: {len(TOLD)}\r\n".encode() in answer
        assert b"\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n" in answer
        assert one.writer.closed


async def test_http_notification_has_no_content() -> None:
    async with line() as one:
        answer = await one.send(post(b'{"jsonrpc": "2.0", "method": "echo"}'))
        assert status(answer) == 204
        assert body(answer) == b""
        assert b"Content-Length" not in answer


@pytest.mark.parametrize(
    ("request_line", "code", "told"),
    [
        ("GET / HTTP/1.0", 200, "<html>Grüße</html>"), ("GET /?x=1 HTTP/1.1", 200, "<html>Grüße</html>"),
        ("HEAD / HTTP/1.1", 200, ""), ("GET /scrimage.jpg HTTP/1.1", 200, "JPEG"),
        ("GET /etc/passwd HTTP/1.1", 404, "Not Found\n"), ("GET / FTP/1.1", 400, "Bad Request\n"),
        ("GET /../x.jpg/ HTTP/1.1", 404, "Not Found\n"), ("DELETE / HTTP/1.1", 405, "Method Not Allowed\n"),
        ("OPTIONS /jsonrpc HTTP/1.1", 405, "Method Not Allowed\n"), ("get / http/1.1", 400, "Bad Request\n"),
    ],
)  # fmt: skip
async def test_http_get_and_the_rest(request_line: str, code: int, told: str) -> None:
    async with line() as one:
        answer = await one.send(f"{request_line}\r\nHost: nightbox.local:3277\r\n\r\n")
        assert (status(answer), body(answer).decode()) == (code, told)


async def test_there_may_be_no_picture_yet() -> None:
    async def nothing() -> None:
        return None

    async with line(picture=nothing) as one:
        assert status(await one.send("GET /fullimage.jpg HTTP/1.1\r\n\r\n")) == 404


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"POST /jsonrpc HTTP/1.1\r\n\r\n", 411),
        (b"POST /jsonrpc HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 411),
        (b"POST /jsonrpc HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST /jsonrpc HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"POST /jsonrpc HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 413),
        (b"POST /jsonrpc HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"POST /jsonrpc HTTP/1.1\r\nA: " + b"x" * 20_000, 431),
        (b"POST /jsonrpc HTTP/1.1\r\n" + b"A: b\r\n" * 5_000, 431),
        (post(b"{}", path="/"), 404),
        (post(b"{}", "Origin: http://evil.example", "Host: localhost:3277"), 403),
        (post(b"{}", "Origin: null", "Host: localhost:3277"), 403),
        (post(b"{}", "Host: evil.example"), 403),
        (post(b"{}", "Host: evil.example:3277", "Origin: http://evil.example:3277"), 403),
        (post(b"{}", "Host: [::1]:3277", "Origin: http://[::1]:3277"), 200),
        (post(b"{}", "Host: 192.168.1.7:3277"), 200),
    ],
)
async def test_http_that_is_refused(sent: bytes, code: int) -> None:
    async with line() as one:
        assert status(await one.send(sent)) == code
        await one.heard(1.0)
        assert one.writer.closed


async def test_http_that_never_ends_is_dropped() -> None:
    for sent in (b"POST /jsonrpc HTTP/1.1\r\nA: b", post(ASKED)[:-1]):
        async with line() as one:
            assert await one.send(sent) == b""
            await one.heard(HALF_SECONDS + 1.0)
            assert one.writer.closed
            assert one.writer.sent == b""


SECRET = "s3cret wörd"


async def test_another_machine_needs_the_token() -> None:
    async with line("192.168.1.9", token=SECRET) as one:
        assert await one.send(ASKED + b"\n") == f"{SAY_FIRST}\r\n".encode()
        assert await one.send("status\n") == f"OK! id=7\r\n{SAY_FIRST}\r\n".encode()
        for wrong in ("token wrong\n", "token\n"):
            assert await one.send(wrong) == b""
            assert await one.heard(WRONG_SECONDS) == b"Failed!\r\n"
        assert await one.send(f"TOKEN {SECRET}\r\n") == b"OK!\r\n"
        assert await one.send("status\n") == b"<STATUS>\r\n"
        assert await one.send(ASKED + b"\n") == TOLD + b"\r\n"


@pytest.mark.parametrize(
    ("token", "header", "code"),
    [
        (SECRET, "", 401), (SECRET, "Bearer wrong", 401), (SECRET, "Basic !!!", 401), (SECRET, SECRET, 401),
        ("secret", "Bearer secret", 200), ("", "Bearer ", 401), ("", "", 401),
        (SECRET, "Basic " + base64.b64encode(f"me:{SECRET}".encode()).decode(), 200),
    ],
)  # fmt: skip
async def test_another_machine_needs_the_token_over_http(token: str, header: str, code: int) -> None:
    async with line("192.168.1.9", token=token) as one:
        answer = await one.send(post(ASKED, f"Authorization: {header}"))
        answer += await one.heard(WRONG_SECONDS)
        assert status(answer) == code
        assert (b"WWW-Authenticate: Basic" in answer) == (code == 401)


async def test_this_machine_needs_none_and_an_open_box_asks_nobody() -> None:
    for peer, token in (
        ("127.0.0.1", SECRET),
        ("::1", SECRET),
        ("::ffff:127.0.0.1", ""),
        ("192.168.1.9", None),
    ):
        async with line(peer, token=token) as one:
            assert await one.send(ASKED + b"\n") == TOLD + b"\r\n"


@pytest.mark.parametrize("address", ["", "nonsense", "10.0.0.1", "fe80::1%eth0", "::ffff:10.0.0.1"])
async def test_others_are_not_this_machine(address: str) -> None:
    assert not is_loopback(address)


CHUNKS = st.lists(
    st.sampled_from([
        b"\n", b"\r\n", b"{", b"}", b"[", b'"', ASKED, b"GET / HTTP/1.1", b"POST /jsonrpc HTTP/1.1",
        b"Content-Length: 3", b": ", b"Host: a", b"status", b"quit", b"\x00", b"\xff\xfe", b"token ",
    ])
    | st.binary(max_size=40),
    max_size=30,
)  # fmt: skip


@pytest.mark.fuzz
@given(CHUNKS)
async def test_whatever_is_sent_the_next_client_is_served(chunks: list[bytes]) -> None:
    async with line() as one:
        for chunk in chunks:
            if one.writer.closed:
                break
            await one.send(chunk)
    await _is_served()


async def _is_served() -> None:
    async with line() as one:
        assert await one.call("echo", "x") == {"jsonrpc": "2.0", "result": ["x"], "id": 1}
