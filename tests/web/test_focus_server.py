"""The files of the focus screen: the star's picture, the focusing log."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.fake_box import Box
from tests.web.focus_content import FocusBox, star_picture


@pytest.fixture
def focusing(tmp_path: Path) -> Iterator[FocusBox]:
    made = FocusBox(tmp_path / "star.jpg")
    yield made
    made.close()


def test_the_picture_of_the_star(focusing: FocusBox, tmp_path: Path) -> None:
    client = focusing.client()
    assert client.get("/focus/star.jpg").status_code == 404
    (tmp_path / "star.jpg").write_bytes(star_picture())
    answer = client.get("/focus/star.jpg?frame=1")
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.data == star_picture()
    answer.close()


def test_the_focusing_log_is_a_file(focusing: FocusBox) -> None:
    answer = focusing.client().get("/focus/log.csv")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert "focusing-log.csv" in answer.headers["Content-Disposition"]
    assert answer.text.startswith("utc,what")


def test_a_rig_without_a_focuser_can_look_at_stars(box: Box) -> None:
    client = box.client()
    page = client.get("/focus").text
    assert 'id="look-start"' in page
    assert 'id="run-now"' not in page
    assert client.get("/focus/log.csv").status_code == 404


def test_nobody_sees_them_without_a_session(focusing: FocusBox) -> None:
    client = focusing.app.test_client()
    for path in ("/focus", "/focus/star.jpg", "/focus/log.csv"):
        assert client.get(path).status_code in {302, 303, 401, 403}, path
