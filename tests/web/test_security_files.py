"""No file route leads out of the folder it serves: by its path, or by what is asked of it."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.routing import Rule

from tests.web.more_box import MoreBox
from tests.web.visitors import routes, url

ASIDE = ("secret.txt", ".page/access.json", "images/.hidden/secret.txt", "images/.secret.txt")
TRAVERSALS = (
    "../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", "%2e%2e%2fsecret.txt", "....//secret.txt",
    "..%5csecret.txt", "a/../../secret.txt", "%2fetc%2fpasswd", "//etc/passwd", "..%00/secret.txt",
    "..%c0%afsecret.txt", ".page/access.json", "..%2f.page%2faccess.json", "../.page/access.json",
    "../../../../../etc/passwd", ".hidden/secret.txt", ".secret.txt", "link/secret.txt", "link.txt",
    "", ".", "..",
)  # fmt: skip
ASKED = ("path", "night")
LIVE = {"stream.events", "stream.updates"}  # they wait for news, and have no files


@pytest.fixture
def box(tmp_path: Path) -> Iterator[MoreBox]:
    folder = tmp_path / "night"
    folder.mkdir()
    made = MoreBox(folder)
    made.file("M33/M33_0001.fits", b"frame")
    for name in ASIDE:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("canary", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("canary", encoding="utf-8")
    (folder / "images" / "link").symlink_to(folder)
    (folder / "images" / "link.txt").symlink_to(folder / "secret.txt")
    yield made
    made.close()


def addresses(box: MoreBox, rule: Rule) -> Iterator[str]:
    if rule.arguments:
        yield from (url(box, rule, way) for way in TRAVERSALS)
    if "request.args" in inspect.getsource(box.app.view_functions[rule.endpoint]):
        yield from (f"{url(box, rule)}?{name}={way}" for name in ASKED for way in TRAVERSALS)


def test_no_file_is_given_that_was_not_meant(box: MoreBox) -> None:
    client, seen = box.client(), set[str]()
    for method, rule in routes(box):
        if method != "GET" or rule.endpoint in LIVE:
            continue
        for address in addresses(box, rule):
            answer = client.get(address)
            assert b"canary" not in answer.data, address
            assert b"root:" not in answer.data, address
            answer.close()
            seen.add(rule.endpoint)
    meant = client.get("/more/files/download/M33/M33_0001.fits")
    assert meant.data == b"frame"
    meant.close()
    assert {"static", "files.index", "files.download", "files.picture", "files.fetch", "logs.file"} <= seen
