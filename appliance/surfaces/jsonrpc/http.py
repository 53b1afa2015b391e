"""As much of HTTP/1.1 as is needed: one request for each connection, small, with a body of known length."""

import base64
import hmac
import re
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from ipaddress import ip_address

from appliance.surfaces.jsonrpc.limits import HALF_SECONDS, LONGEST, LONGEST_HEAD, MOST_HEADERS
from appliance.surfaces.jsonrpc.reading import Gone, Incoming, Silent, TooLong

REQUEST = re.compile(rb"([A-Z]{3,8}) (\S+) HTTP/1\.[01]")
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
)


class Refusal(Exception):
    """The request is answered with this status instead."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


@dataclass(frozen=True, slots=True)
class Request:
    """One request; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """What goes back."""

    body: bytes = b""
    type: str = "text/plain; charset=utf-8"
    status: HTTPStatus = HTTPStatus.OK

    def encode(self, moment: float, *, head_only: bool = False) -> bytes:
        """As it goes over the line, dated in seconds since 1970; the connection ends after it."""
        lines = [
            f"HTTP/1.1 {self.status.value} {self.status.phrase}", f"Date: {formatdate(moment, usegmt=True)}",
            "Connection: close", "Cache-Control: no-store", "X-Content-Type-Options: nosniff",
            f"Content-Security-Policy: {POLICY}",
        ]  # fmt: skip
        if self.status is not HTTPStatus.NO_CONTENT:
            lines += [f"Content-Type: {self.type}", f"Content-Length: {len(self.body)}"]
        if self.status is HTTPStatus.UNAUTHORIZED:
            lines.append('WWW-Authenticate: Basic realm="Nightbox"')
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        return head if head_only else head + self.body


def is_http(line: bytes) -> bool:
    """Does it begin an HTTP request? What CCDciel takes for one is one here, too."""
    return line[:4].upper() in {b"GET ", b"POST", b"HEAD", b"PUT "} or REQUEST.fullmatch(line) is not None


async def read_request(first: bytes, incoming: Incoming) -> Request:
    """The request that begins with this line. Refusal says what is wrong with it, Gone that it never ends."""
    match = REQUEST.fullmatch(first)
    if match is None:
        raise Refusal(HTTPStatus.BAD_REQUEST)
    method, path = match[1].decode(), match[2].decode("latin-1").partition("?")[0]
    headers = await _headers(incoming)
    if method != "POST":
        return Request(method, path, headers)
    if "transfer-encoding" in headers or "content-length" not in headers:
        raise Refusal(HTTPStatus.LENGTH_REQUIRED)
    length = headers["content-length"]
    if not re.fullmatch(r"[0-9]{1,9}", length):
        raise Refusal(HTTPStatus.BAD_REQUEST)
    if int(length) > LONGEST:
        raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return Request(method, path, headers, await incoming.body(int(length)))


async def _headers(incoming: Incoming) -> dict[str, str]:
    headers: dict[str, str] = {}
    left, count = LONGEST_HEAD, 0
    try:
        while line := await incoming.line(HALF_SECONDS, left):
            left -= len(line)
            name, colon, value = line.decode("latin-1").partition(":")
            if not colon or name != name.strip():
                raise Refusal(HTTPStatus.BAD_REQUEST)
            if name.lower() in headers and name.lower() in {"content-length", "host", "origin"}:
                raise Refusal(HTTPStatus.BAD_REQUEST)
            headers[name.lower()] = value.strip()
            count += 1
            if count > MOST_HEADERS:
                raise TooLong
    except TooLong:
        raise Refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE) from None
    except Silent as late:
        raise Gone from late
    return headers


def check_origin(request: Request) -> None:
    """Refusal for a page of another site that a browser in our network has opened.

    Such a page can send a request here: its `Origin` tells. With a name of its own that leads to our address
    (DNS rebinding) it has the same origin as we: so only names that cannot be anybody's are ours.
    """
    host = request.headers.get("host", "")
    origin = request.headers.get("origin")
    if origin is not None and origin != f"http://{host}":
        raise Refusal(HTTPStatus.FORBIDDEN)
    if host and not _is_ours(re.sub(r":\d*$", "", host).strip("[]").lower()):
        raise Refusal(HTTPStatus.FORBIDDEN)


def _is_ours(name: str) -> bool:
    """An address, this machine, or a name that exists in the own network alone."""
    try:
        ip_address(name)
    except ValueError:
        return "." not in name or name.endswith((".local", ".lan", ".home.arpa", ".localhost"))
    return True


def carries(request: Request, token: str) -> bool:
    """Does it bring the token, as Bearer or as the password of any user?"""
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            given = base64.b64decode(given, validate=True).decode().partition(":")[2]
        except ValueError:
            return False
    elif kind.lower() != "bearer":
        return False
    return same(given, token)


def same(given: str, token: str) -> bool:
    """Compared in a time that tells nothing; nothing fits an empty token."""
    given = given.strip()
    return bool(token) and hmac.compare_digest(given.encode("utf-8", "replace"), token.encode())
