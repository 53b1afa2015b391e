"""The sections of More through Flask's client, over the box's real commands."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from appliance.box.settings.form import profile_form
from tests.web.more_box import NIGHT, MoreBox
from web.screens.markup import rendered
from web.screens.setting_words import SETTING_WORDS

FOLDER = f"{NIGHT}/M_33/L"
SUB = f"{FOLDER}/M_33_L_60s_0001.fits"
OUTSIDE = (
    "../nightbox.log",
    "../../etc/passwd",
    "%2e%2e/nightbox.log",
    f"{NIGHT}/../../nightbox.log",
    "link.txt",
    ".hidden",
)


@pytest.fixture
def more(tmp_path: Path) -> Iterator[MoreBox]:
    made = MoreBox(tmp_path)
    made.file(".hidden", b"hidden")
    (made.images / "link.txt").symlink_to(tmp_path / "profile.toml")
    yield made
    made.close()


@pytest.fixture
def phone(more: MoreBox) -> FlaskClient:
    return more.client()


@pytest.mark.parametrize("slug", ["files", "logs", "settings", "network", "updates", "help"])
def test_every_section_has_its_page(phone: FlaskClient, slug: str) -> None:
    assert f'href="/more/{slug}"' in phone.get("/more").text
    page = phone.get(f"/more/{slug}")
    assert page.status_code == 200
    assert not re.search(r"<script(?![^>]*src=)|style=|onclick", page.text)


def test_nights_lead_to_targets_and_subs(phone: FlaskClient) -> None:
    top = phone.get("/more/files").text
    assert f"/more/files?path={NIGHT}" in top
    assert "3 files" in top
    subs = phone.get(f"/more/files?path={FOLDER}").text
    assert "M_33_L_60s_0001.fits" in subs
    assert "HFR 2.10 px" in subs
    assert "few stars" in subs
    assert "link.txt" not in top
    assert ".hidden" not in top


def test_one_file_is_downloaded_and_gone_on_with(phone: FlaskClient, more: MoreBox) -> None:
    answer = phone.get(f"/more/files/download/{SUB}")
    assert answer.data == (more.images / SUB).read_bytes()
    assert "attachment" in answer.headers["Content-Disposition"]
    answer.close()
    rest = phone.get(f"/more/files/download/{SUB}", headers={"Range": "bytes=29990-"})
    assert (rest.status_code, len(rest.data)) == (206, 10)
    rest.close()


def test_a_selection_is_one_zip(phone: FlaskClient, more: MoreBox) -> None:
    more.file("note.txt", b"clear")
    with phone.get("/more/files/zip", query_string={"path": [FOLDER, "note.txt"]}) as answer:
        archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert len(archive.namelist()) == 4
    assert archive.read(SUB) == (more.images / SUB).read_bytes()
    assert "nightbox-files.zip" in answer.headers["Content-Disposition"]
    with phone.get("/more/files/zip", query_string={"path": NIGHT}) as night:
        assert f"nightbox-{NIGHT}.zip" in night.headers["Content-Disposition"]


def test_only_so_many_zips_at_a_time(phone: FlaskClient) -> None:
    ask = {"query_string": {"path": NIGHT}, "buffered": False}
    running = [phone.get("/more/files/zip", **ask) for _ in range(3)]
    full = phone.get("/more/files/zip", **ask)
    assert full.status_code == 503
    assert "Other downloads" in full.get_json()["sentence"]
    running.pop().close()
    with phone.get("/more/files/zip", **ask) as again:
        assert again.status_code == 200
    for answer in running:
        answer.close()


@pytest.mark.parametrize("name", OUTSIDE)
def test_no_way_out_of_the_images(phone: FlaskClient, name: str) -> None:
    for address in (
        f"/more/files?path={name}", f"/more/files/download/{name}", f"/more/files/picture/{name}",
        f"/more/files/zip?path={name}", f"/more/files/zip?path={NIGHT}&path={name}",
    ):  # fmt: skip
        answer = phone.get(address)
        assert answer.status_code in {400, 404}, address
        assert b"Connect the rig" not in answer.data
        assert b"My rig" not in answer.data
        answer.close()


def test_a_folder_is_no_file_and_what_is_missing_is_said(phone: FlaskClient) -> None:
    assert phone.get(f"/more/files/download/{NIGHT}").status_code == 404
    assert phone.get("/more/files/download/none.fits").get_json()["code"] == "input.command"
    assert phone.get("/more/files/zip").status_code == 400


def test_pictures_are_shown_when_they_are_there(phone: FlaskClient, more: MoreBox) -> None:
    with phone.get(f"/more/files/picture/{SUB}") as picture:
        assert picture.data.startswith(b"\xff\xd8")
    more.file("new.fits", b"no frame")
    assert phone.get("/more/files/picture/new.fits").status_code == 404


def test_decisions_are_a_table(phone: FlaskClient) -> None:
    answer = phone.get(f"/more/logs/decisions.csv?night={NIGHT}")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["level"] for row in rows] == ["info", "error", "warning", "info"]
    assert rows[1] == {
        "at": "2026-11-20T20:02:00+00:00", "level": "error", "source": "box", "text": "The mount is lost.",
        "code": "device.lost", "advice": "Check its cable.",
    }  # fmt: skip
    assert list(csv.DictReader(io.StringIO(phone.get("/more/logs/decisions.csv").text))) == rows
    assert phone.get("/more/logs/decisions.csv?night=x").status_code == 400


def test_only_listed_log_files_are_given(phone: FlaskClient, more: MoreBox) -> None:
    with phone.get("/more/logs/file/nightbox.log") as log:
        assert b"Connect the rig" in log.data
    (more.folder / "evil.log").symlink_to(more.folder / "profile.toml")
    for name in ("journal.sqlite", "..%2fprofile.toml", "evil.log"):
        assert phone.get(f"/more/logs/file/{name}").status_code == 404


def test_a_problem_report_is_one_file_without_secrets(phone: FlaskClient) -> None:
    with phone.get("/more/logs/report.zip") as answer:
        archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert {"profile.toml", "plan.toml", "versions.json", "nightbox.log"} <= set(archive.namelist())
    assert json.loads(archive.read("versions.json"))["nightbox"]
    assert "latitude_deg = 48.1" in archive.read("profile.toml").decode()


def test_every_table_of_the_profile_has_its_form(phone: FlaskClient) -> None:
    found = re.findall(r'href="(/more/settings/[a-z_]+)"', phone.get("/more/settings").text)
    assert len(found) > 35
    for address in found:
        page = phone.get(address)
        assert page.status_code == 200, address
        assert 'class="setting"' in page.text or "data-many" in page.text
    assert phone.get("/more/settings/nothing").status_code == 404


def test_a_form_has_values_help_and_limits(phone: FlaskClient) -> None:
    page = phone.get("/more/settings/focus").text
    assert 'name="focus.step" value="120"' in page
    assert "From 3 to 31." in page
    assert 'data-path="focus.stars.measure"' in page
    camera = phone.get("/more/settings/camera").text
    assert ">width = 640</textarea>" in camera
    assert "<code>power_output</code> names the" in camera


def test_labels_and_choices_are_named_for_translation() -> None:
    words = {table.label for table in profile_form()}
    for field in (field for table in profile_form() for field in table.fields):
        words |= {field.label, *(choice.replace("_", " ") for choice in field.choices)}
    assert set(SETTING_WORDS) == words - {""}


def test_a_box_without_a_file_says_so(tmp_path: Path) -> None:
    made = MoreBox(tmp_path, profile=False)
    try:
        assert "was not started from a profile" in made.client().get("/more/settings").text
        assert made.client().get("/more/settings/focus").status_code == 404
    finally:
        made.close()


def test_the_guide_is_read_on_the_page(phone: FlaskClient) -> None:
    index = phone.get("/more/help").text
    assert 'href="/more/help/guide"' in index
    assert "Flask" in index
    guide = phone.get("/more/help/guide").text
    assert 'href="/more/help/focus"' in guide
    assert "<table>" in guide
    for address in re.findall(r'href="(/more/help/[a-z-]+)"', index):
        assert phone.get(address).status_code == 200, address
    assert phone.get("/more/help/..%2fpyproject").status_code == 404
    assert "Unreleased" in phone.get("/more/updates").text


def test_markdown_brings_no_tags_of_its_own() -> None:
    text = (
        "# A <b>\n\nsay `<i>` & **bold** [x](javascript:alert) [g](guide.md#a)\n\n- one\n  more\n- two\n\n"
        "| a | b |\n|---|---|\n| `x` | <u> |\n\n    pre <s>\n\n1. n"
    )
    html = rendered(text, lambda name: f"/{name}" if name == "guide" else None)
    assert set(re.findall(r"</?(\w+)", html)) == {
        "h2", "p", "code", "b", "a", "ul", "li", "div", "table", "tr", "th", "td", "pre", "ol",
    }  # fmt: skip
    assert html.count("<b>") == 1
    assert "javascript" not in html
    assert '<a href="/guide">g</a>' in html
    assert "<li>one more</li><li>two</li>" in html
