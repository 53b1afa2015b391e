"""A phone for a box that runs as a process: standard library only, logged in by the link that it printed."""

import json
import re
from http.cookiejar import CookieJar
from urllib.request import HTTPCookieProcessor, Request, build_opener


class PageClient:
    """`link` is the one that opens the page once on this machine."""

    def __init__(self, link: str) -> None:
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self._base = link.partition("?")[0]
        page = self._opener.open(link, timeout=20).read().decode()
        found = re.search('name="nightbox-token" content="([^"]+)"', page)
        assert found, page
        self._token = found[1]

    def get(self, path: str) -> bytes:
        with self._opener.open(self._base + path, timeout=20) as answer:
            return bytes(answer.read())

    def command(self, name: str, id: str = "", **arguments: object) -> int:  # noqa: A002
        """The status of the answer."""
        body = json.dumps({"id": id or name, "arguments": arguments}).encode()
        request = Request(
            f"{self._base}api/command/{name}", body,
            {"Content-Type": "application/json", "X-Nightbox": "1", "X-Nightbox-Token": self._token},
        )  # fmt: skip
        with self._opener.open(request, timeout=60) as answer:
            return int(answer.status)
