"""No way past the door: every route of the page, those to come included."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.web.fake_box import Box, Memory
from tests.web.visitors import ELSEWHERE, HTML, changing, routes, token_of, url, visitor
from web.app import MAX_BODY
from web.security.guard import FOR_ALL, FORMS, HEADER

JSON = {"X-Nightbox": "1", "Content-Type": "application/json"}
BODY = json.dumps({"id": "once", "arguments": {}})
SHORT_LIST = {
    "static", "pages.healthz", "door.login", "door.log_in", "door.pair", "door.set_first", "door.certificate",
}  # fmt: skip


@pytest.fixture
def new_box() -> Iterator[Box]:
    """Nobody has set a password yet."""
    made = Box(keeper=Memory(""))
    yield made
    made.close()


def test_a_stranger_sees_only_a_short_list(box: Box) -> None:
    """Whoever makes it longer must say so here, and think of what it tells a stranger."""
    assert FOR_ALL == SHORT_LIST
    assert set(box.app.view_functions) >= FOR_ALL | FORMS


def asked(client: FlaskClient, method: str, path: str, **how: Any) -> tuple[int, str]:
    answer = client.open(path, method=method, **how)
    try:
        code = (answer.get_json(silent=True) or {}).get("code", answer.headers.get("Location", ""))
        return answer.status_code, str(code)
    finally:
        answer.close()


@pytest.mark.parametrize("address", [ELSEWHERE, "127.0.0.1", "::1"])
def test_nothing_answers_without_a_login(box: Box, address: str) -> None:
    for method, rule in routes(box):
        if rule.endpoint in FOR_ALL:
            continue
        client = visitor(box, address)
        for accept in ({}, {"Accept": "*/*"}):
            how = {"data": None if method == "GET" else BODY, "headers": {**JSON, **accept}}
            assert asked(client, method, url(box, rule), **how) == (401, "page.login"), (method, rule)
    assert asked(visitor(box), "GET", "/nowhere") == (401, "page.login")
    assert box.done == []


def test_a_person_is_shown_the_way_in(box: Box, new_box: Box) -> None:
    for method, rule in routes(box):
        if method == "GET" and rule.endpoint not in FOR_ALL:
            status, where = asked(visitor(box), method, url(box, rule), headers=HTML)
            assert (status, where.partition("?")[0]) == (303, "/login"), rule
            status, where = asked(visitor(new_box), method, url(new_box, rule), headers=HTML)
            assert (status, where.partition("?")[0]) == (303, "/pair"), rule


def test_a_new_box_is_looked_at_by_its_own_machine_and_touched_by_nobody(new_box: Box) -> None:
    for method, rule in routes(new_box):
        if rule.endpoint not in FOR_ALL:
            answer = asked(visitor(new_box), method, url(new_box, rule), headers=JSON, data=BODY)
            assert answer == (401, "page.login"), (method, rule)
    for address in ("127.0.0.1", "::1", "::ffff:127.0.0.1"):
        here = visitor(new_box, address)
        assert here.get("/api/status").status_code == 200
        for method, rule in changing(new_box):
            if rule.endpoint not in FOR_ALL:
                answer = asked(here, method, url(new_box, rule), headers=JSON, data=BODY)
                assert answer == (401, "page.login"), (method, rule)
    # What came in by another way than the machine's own address is not the machine's own.
    assert visitor(new_box, "127.0.0.2").get("/api/status").status_code == 401
    assert new_box.done == []


@pytest.mark.parametrize("token", [None, "", "another", "ä"])
def test_nothing_changes_without_the_token(box: Box, token: str | None) -> None:
    client = box.client()
    del client.environ_base["HTTP_X_NIGHTBOX_TOKEN"]
    for method, rule in changing(box):
        headers = JSON if token is None else {**JSON, HEADER: token}
        status, _ = asked(client, method, url(box, rule), data=BODY, headers=headers)
        assert status == 403, (method, rule)
    assert box.done == []


def test_another_phones_token_is_of_no_use(box: Box) -> None:
    client = box.client()
    client.environ_base["HTTP_X_NIGHTBOX_TOKEN"] = token_of(visitor(box), "/login")
    for method, rule in changing(box):
        assert asked(client, method, url(box, rule), data=BODY, headers=JSON)[0] == 403, (method, rule)


@pytest.mark.parametrize(
    "sent",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:81"},
    ],
    ids=str,
)
def test_another_sites_page_changes_nothing(box: Box, client: FlaskClient, sent: dict[str, str]) -> None:
    for method, rule in changing(box):
        answer = asked(client, method, url(box, rule), data=BODY, headers={**JSON, **sent})
        assert answer[0] == 403, (method, rule)
    assert box.done == []


def test_its_own_page_does(box: Box, client: FlaskClient) -> None:
    own = {**JSON, "Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
    assert asked(client, "POST", "/api/command/start", data=BODY, headers=own)[0] == 200
    assert box.done == ["start"]


def test_a_body_that_is_too_large_is_refused_everywhere(box: Box, client: FlaskClient) -> None:
    for method, rule in changing(box):
        answer = asked(client, method, url(box, rule), data="x" * (MAX_BODY + 1), headers=JSON)
        assert answer == (413, "http.413"), (method, rule)
    assert box.done == []


@pytest.mark.parametrize("host", ["evil.example", "nightbox.evil.example", "127.0.0.1.evil.example", ""])
def test_a_name_that_is_not_the_boxs_gets_nothing(box: Box, client: FlaskClient, host: str) -> None:
    for method, rule in routes(box):
        answer = asked(client, method, url(box, rule), headers={"Host": host})
        assert answer == (421, "page.name"), (method, rule)


TRAVERSALS = (
    "../secret.txt", "..%2fsecret.txt", "%2e%2e/secret.txt", "%2e%2e%2fsecret.txt", "....//secret.txt",
    "..%5csecret.txt", "a/../../secret.txt", "%2fetc%2fpasswd", "//etc/passwd", "..%00/secret.txt",
    "..%c0%afsecret.txt", ".page/access.json", "..%2f.page%2faccess.json", "../../../../../etc/passwd",
)  # fmt: skip


def test_no_file_route_leaves_its_folder(box: Box, client: FlaskClient, tmp_path: Path) -> None:
    """A canary beside the folder that is served, the access file within it, and the system's own."""
    served = tmp_path / "night"
    (served / ".page").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("canary", encoding="utf-8")
    (served / ".page" / "access.json").write_text("canary", encoding="utf-8")
    box.preview = served / "preview.jpg"
    box.preview.write_bytes(b"picture")
    tried = 0
    for method, rule in routes(box):
        if method != "GET" or not rule.arguments:
            continue
        for path in TRAVERSALS:
            answer = client.get(url(box, rule, path))
            assert b"canary" not in answer.data, (rule, path)
            assert b"root:" not in answer.data, (rule, path)
            answer.close()
            tried += 1
    assert tried >= len(TRAVERSALS)  # static files, at the least
