"""Pictures of subs over HTTP: by the journal's number alone, made when they are asked for."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from appliance.journal import Sub, SubState
from tests.web.saved_subs import HEIGHT, WIDTH, add_subs
from tests.web.sim_box import SimBox


@pytest.fixture
def box(tmp_path: Path) -> Iterator[SimBox]:
    made = SimBox(tmp_path)
    yield made
    made.close()


def picture(answer: Any) -> tuple[int, int]:
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "image/jpeg"
    assert "private" in answer.headers["Cache-Control"]
    data = answer.data
    answer.close()
    with Image.open(BytesIO(data)) as image:
        return image.size


def test_a_sub_from_its_thumbnail_to_its_file(box: SimBox, client: FlaskClient) -> None:
    first, damaged, gone = add_subs(box)
    assert client.get(f"/image/{first}/thumb.jpg").status_code == 404  # nothing is made for a list
    assert picture(client.get(f"/image/{first}/preview.jpg")) == (WIDTH // 2, HEIGHT // 2)
    assert max(picture(client.get(f"/image/{first}/thumb.jpg"))) == 192
    told = box.run(box.api.call, "picture", {"sub": first})
    (level,) = told["levels"]
    assert (told["width"], told["height"], told["solved"]) == (WIDTH, HEIGHT, True)
    sizes = [
        picture(client.get(f"/image/{first}/tile/{number}.jpg"))
        for number in range(level["columns"] * level["rows"])
    ]
    assert sum(width * height for width, height in sizes) == WIDTH * HEIGHT
    assert client.get(f"/image/{first}/tile/{len(sizes)}.jpg").status_code == 400
    file = client.get(f"/image/{first}/file")
    assert file.headers["Content-Disposition"] == "attachment; filename=M31_0001.fits"
    assert file.data == (box.night.images / "M31_0001.fits").read_bytes()
    listed = {sub["id"]: (sub["there"], sub["shown"]) for sub in box.run(box.api.call, "subs", {})["subs"]}
    assert listed == {first: (True, True), damaged: (True, False), gone: (False, False)}
    file.close()


def test_north_target_and_objects_are_where_they_belong(box: SimBox) -> None:
    first, *_ = add_subs(box)
    told = box.run(box.api.call, "picture", {"sub": first})
    # Rows go up in declination: with the first row on top north is down, and east, as cd1_1 < 0, left.
    assert told["north"] == pytest.approx([0.025, 1.0], abs=0.01)
    assert told["east"] == pytest.approx([-1.0, 0.025], abs=0.01)
    assert told["scale_arcsec"] == pytest.approx(1.44, abs=0.01)
    target = told["target"]
    assert (target["name"], target["x"], target["y"]) == (
        "M 31", pytest.approx(700, abs=15), pytest.approx(450, abs=15),
    )  # fmt: skip
    galaxy = next(one for one in told["objects"] if one["name"] == "M 31")
    assert galaxy["radius"] > 1000
    assert all(0 <= one["x"] < WIDTH and 0 <= one["y"] < HEIGHT for one in told["objects"])
    assert len(told["stars"]) >= 40


def test_what_cannot_be_shown_says_why(box: SimBox, client: FlaskClient) -> None:
    _, damaged, gone = add_subs(box)
    answer = client.get(f"/image/{damaged}/preview.jpg")
    assert answer.status_code == 409
    assert "M31_0002.fits" in answer.json["sentence"]  # type: ignore[index]
    assert "not on the disk any more" in client.get(f"/image/{gone}/file").json["sentence"]  # type: ignore[index]
    assert "no saved sub 99" in client.get("/image/99/preview.jpg").json["sentence"]  # type: ignore[index]


PATHS = (
    "../1/preview.jpg", "%2e%2e/journal.sqlite", "1/../../journal.sqlite", "-1/file", "1.0/file",
    "1/tile/-1.jpg", "1/tile/..%2f..%2fjournal.sqlite", "1%00/file", "a/file",
)  # fmt: skip


def test_no_path_leads_out(box: SimBox, client: FlaskClient) -> None:
    add_subs(box)
    for path in PATHS:
        answer = client.get(f"/image/{path}")
        assert answer.status_code in {400, 404}, path
        assert b"SQLite" not in answer.data


def test_a_file_of_the_journal_that_leaves_the_folder_is_not_given(box: SimBox, client: FlaskClient) -> None:
    (box.folder / "secret.fits").write_text("what nobody shall see")
    first, *_ = add_subs(box)
    box.run(lambda: box.night.journal.change(Sub, first, file="../secret.fits", state=SubState.SAVED))
    answer = client.get(f"/image/{first}/file")
    assert answer.status_code == 400
    assert b"nobody" not in answer.data
