"""Those who knock at the page's door, a clock that only they move, and what is done with each route."""

from collections.abc import Iterator
from typing import Any

from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.web.fake_box import Box

ELSEWHERE = "192.168.4.7"
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def visitor(box: Box, address: str = ELSEWHERE) -> FlaskClient:
    """Somebody's phone that knows nothing yet."""
    client = box.app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return client


def token_of(client: FlaskClient, path: str) -> str:
    """The one in the form that is shown there."""
    page = client.get(path, headers=HTML).text
    return page.split('name="token" value="')[1].split('"')[0]


def post(client: FlaskClient, path: str, form: str = "", **fields: str) -> Any:
    """Fill in the form that `form` (by default the same path) shows, and send it."""
    return client.post(path, data={"token": token_of(client, form or path), **fields}, headers=HTML)


def url(box: Box, rule: Rule, value: str = "x") -> str:
    """An address of this route; `value` takes the place of what is a text in it."""
    numbers = {"IntegerConverter", "FloatConverter"}
    text = rule.rule
    for name, converter in rule._converters.items():
        filled = "1" if type(converter).__name__ in numbers else value
        start = text.rindex("<", 0, text.index(f"{name}>"))
        text = text[:start] + filled + text[text.index(">", start) + 1 :]
    return text


def routes(box: Box) -> Iterator[tuple[str, Rule]]:
    """Every method of every route of the page."""
    for rule in box.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule


def changing(box: Box) -> list[tuple[str, Rule]]:
    """Those that may change something."""
    found = [(method, rule) for method, rule in routes(box) if method != "GET"]
    assert {"/api/command/<name>", "/login", "/pair", "/logout", "/logout-all"} <= {r.rule for _, r in found}
    return found
