"""The page through its front for TLS: trusted, marked as secure, never mistaken for the machine itself."""

import asyncio
import http.client
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from http.cookies import Morsel, SimpleCookie
from pathlib import Path

import pytest

from appliance.box.certificates import certificates
from appliance.surfaces.tls import MOST_OF_ONE, Front, FrontUnavailable
from tests.web.fake_box import Box, Memory
from tests.web.visitors import HTML


class Secure:
    """A box with a front; phones come from an address of their own."""

    def __init__(self, folder: Path, password: bool = True) -> None:
        self.front = Front()
        files, _ = certificates(folder, ("nightbox.local",), ("127.0.0.1",), datetime.now(UTC))
        self.front.use(files.chain, files.key)
        keeper = Memory() if password else Memory("")
        self.box = Box(keeper=keeper, client=self.front.client, authority=files.authority)
        self.trust = ssl.create_default_context(cafile=str(files.authority))
        self.plain = self.box.serve()
        self.stack = AsyncExitStack()
        opening = self.front.serving("127.0.0.1", 0, ("127.0.0.1", self.plain))
        self.port: int = self.box.run(self.stack.enter_async_context, opening)

    def close(self) -> None:
        self.box.run(self.stack.aclose)
        self.box.close()

    def phone(self, address: str = "127.0.0.9") -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=20, source_address=(address, 0), context=self.trust
        )


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[Secure]:
    made = Secure(tmp_path)
    yield made
    made.close()


def ask(
    phone: http.client.HTTPConnection, path: str, method: str = "GET", body: str | None = None,
    **headers: str,
) -> http.client.HTTPResponse:  # fmt: skip
    phone.request(
        method, path, body, {**HTML, **{name.replace("_", "-"): is_ for name, is_ in headers.items()}}
    )
    return phone.getresponse()


def cookie(answer: http.client.HTTPResponse) -> Morsel[str]:
    every: SimpleCookie = SimpleCookie()
    for one in answer.headers.get_all("Set-Cookie") or ():
        every.load(one)
    return every["__Host-nightbox"]


def test_a_login_over_tls_is_kept_apart_from_one_without(secure: Secure) -> None:
    phone = secure.phone()
    try:
        answer = ask(phone, "/login")
        page, kept = answer.read().decode(), cookie(answer)
        assert (kept["secure"], kept["httponly"], kept["samesite"], kept["path"]) == (
            True, True, "Strict", "/",
        )  # fmt: skip
        token = page.split('name="token" value="')[1].split('"')[0]
        form = f"token={token}&password=orion+rising"
        sent = {
            "Cookie": f"__Host-nightbox={kept.value}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        answer = ask(phone, "/login", "POST", form, Origin=f"https://127.0.0.1:{secure.port}", **sent)
        answer.read()
        assert answer.status == 303
        value = cookie(answer).value
        answer = ask(phone, "/api/status", Cookie=f"__Host-nightbox={value}")
        assert "commands" in json.loads(answer.read())
        answer = ask(phone, "/api/status", Cookie=f"nightbox={value}", Accept="*/*")
        assert (answer.status, json.loads(answer.read())["code"]) == (401, "page.login")
    finally:
        phone.close()


def test_who_comes_through_the_front_is_not_the_machine_itself(tmp_path: Path) -> None:
    secure = Secure(tmp_path, password=False)
    try:
        for address, status in (("127.0.0.9", 401), ("127.0.0.1", 200)):
            phone = secure.phone(address)
            assert ask(phone, "/api/status", Accept="*/*").status == status
            phone.close()
        # And nobody else becomes it, or HTTPS, by coming from where the front comes from.
        link = http.client.HTTPConnection(
            "127.0.0.1", secure.plain, source_address=("127.0.0.2", 0), timeout=20
        )
        assert ask(link, "/api/status", Accept="*/*").status == 401
        link.close()
        link = http.client.HTTPConnection(
            "127.0.0.1", secure.plain, source_address=("127.0.0.2", 0), timeout=20
        )
        assert "__Host" not in str(ask(link, "/pair").headers)
        link.close()
    finally:
        secure.close()


def test_a_large_answer_and_a_slow_reader_pass(secure: Secure, tmp_path: Path) -> None:
    secure.box.preview = tmp_path / "preview.jpg"
    secure.box.preview.write_bytes(bytes(range(256)) * 20_000)
    sent = secure.box.headers()
    sent["Cookie"] = f"__Host-{sent['Cookie']}"
    phone = secure.phone()
    try:
        answer = ask(phone, "/preview.jpg", **sent)
        assert b"".join(iter(lambda: answer.read(70_001), b"")) == secure.box.preview.read_bytes()
    finally:
        phone.close()


def test_one_address_cannot_take_every_place(secure: Secure) -> None:
    phones = [secure.phone() for _ in range(MOST_OF_ONE)]
    try:
        for phone in phones:
            assert ask(phone, "/healthz").read()
        one_more = secure.phone()
        with pytest.raises((ConnectionError, http.client.HTTPException, ssl.SSLError)):
            ask(one_more, "/healthz")
        one_more.close()
        other = secure.phone("127.0.0.10")
        assert ask(other, "/healthz").status == 200
        other.close()
    finally:
        for phone in phones:
            phone.close()


def test_garbage_and_plain_http_do_not_disturb(secure: Secure) -> None:
    for sent in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x00\x05hello", b""):
        with socket.create_connection(("127.0.0.1", secure.port), 20) as link:
            link.sendall(sent)
            if sent:
                assert link.recv(100)[:1] in (b"\x15", b"")  # an alert, or nothing
    phone = secure.phone()
    assert ask(phone, "/healthz").status == 200
    phone.close()


def test_the_authority_is_given_to_everybody(secure: Secure, tmp_path: Path) -> None:
    phone = http.client.HTTPConnection("127.0.0.1", secure.plain, timeout=20)
    answer = ask(phone, "/ca.crt")
    assert answer.headers["Content-Type"] == "application/x-x509-ca-cert"
    assert answer.read() == (tmp_path / "ca.crt").read_bytes()
    phone.close()


def test_without_https_there_is_none(box: Box) -> None:
    assert box.app.test_client().get("/ca.crt").status_code == 404


async def test_a_taken_port_is_told(tmp_path: Path) -> None:
    front = Front()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(FrontUnavailable) as refused:
            async with front.serving("127.0.0.1", port, ("127.0.0.1", 1)):
                pass
    assert f"port {port}" in refused.value.sentence


async def test_nothing_is_left_of_it(tmp_path: Path) -> None:
    """A page that has gone closes the phone's connection; the front's end closes all."""
    front = Front()
    files, _ = certificates(tmp_path, ("nightbox.local",), ("127.0.0.1",), datetime.now(UTC))
    front.use(files.chain, files.key)
    trust = ssl.create_default_context(cafile=str(files.authority))
    ends: list[asyncio.StreamWriter] = []

    def hello(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        ends.append(writer)

    page = await asyncio.start_server(hello, "127.0.0.1", 0)
    where = page.sockets[0].getsockname()
    async with front.serving("127.0.0.1", 0, where) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trust)
        assert await reader.read(5) == b"hello"
        assert list(front._clients.values()) == ["127.0.0.1"]
    assert await reader.read() == b""
    assert (front._clients, front._open.total()) == ({}, 0)
    writer.close()
    page.close()
    for end in ends:
        end.close()
    async with front.serving("127.0.0.1", 0, where) as port:  # nobody is there any more
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trust)
        assert await reader.read() == b""
        writer.close()
