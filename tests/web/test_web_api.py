"""The page's routes over a real Api."""

import gzip
import json
import time
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from appliance.api import Arguments, Command, Driving
from appliance.bus import Said
from tests.web.fake_box import Box
from tests.web.night_content import running
from web.app import POLICY
from web.stream import STREAMS

JSON = {"X-Nightbox": "1"}


def updates(client: FlaskClient, life: str = "", after: int = 0, within: float = 0) -> Any:
    return client.get(f"/api/updates?life={life}&after={after}&within={within}").json


def told(answer: Any) -> list[str]:
    return [u["message"]["text"] for u in answer["updates"] if u["message"]["type"] == "Said"]


def test_page_renders_the_registered_commands_and_nothing_from_elsewhere(client: FlaskClient) -> None:
    page = client.get("/").text
    for name in ("start", "pause", "resume", "stop", "park"):
        assert f'data-command="{name}"' in page
    assert "http://" not in page
    assert "https://" not in page
    assert "<style" not in page


def test_static_files_load_nothing_from_elsewhere() -> None:
    web = Path(__file__).parents[2] / "web" / "static"
    for file in [*web.glob("*.js"), *web.glob("*.css")]:
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "//cdn" not in text
        assert "http" not in text, file


def test_every_answer_is_hardened(client: FlaskClient) -> None:
    for path in ("/", "/api/status", "/static/any/shell.js", "/nowhere"):
        answer = client.get(path)
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        answer.close()


def test_a_page_without_commands_has_no_buttons(box: Box, client: FlaskClient) -> None:
    box.api.commands.clear()
    assert "data-command" not in client.get("/").text


def test_status_says_what_is_true_now_and_the_box_time(box: Box, client: FlaskClient) -> None:
    box.publish(running())
    status = client.get("/api/status").json
    assert status is not None
    assert [state["type"] for state in status["states"]] == ["SequenceState"]
    assert {"name": "stop", "sentence": "stop the night."} in status["commands"]
    assert abs(status["now"] - time.time()) < 60
    assert client.get("/healthz").status_code == 200


def test_updates_resume_by_id(box: Box, client: FlaskClient) -> None:
    box.publish(Said(source="t", text="one"), Said(source="t", text="two"))
    first = updates(client)
    assert told(first) == ["one", "two"]
    assert "states" in first
    assert abs(first["updates"][0]["at"] - first["now"]) < 60
    newest = first["updates"][-1]["id"]
    assert updates(client, first["life"], newest)["updates"] == []
    box.publish(Said(source="t", text="three"))
    again = updates(client, first["life"], newest)
    assert told(again) == ["three"]
    assert "states" not in again


def test_a_reader_from_an_earlier_life_gets_everything(box: Box, client: FlaskClient) -> None:
    box.publish(Said(source="t", text="one"))
    answer = updates(client, "another-life", after=1, within=20)
    assert told(answer) == ["one"]
    assert "states" in answer


def test_a_waiting_reader_is_answered_when_something_happens(box: Box, client: FlaskClient) -> None:
    life = updates(client)["life"]
    box.loop.call_soon_threadsafe(box.loop.call_later, 0.05, box.bus.publish, Said(source="t", text="now"))
    began = time.monotonic()
    assert told(updates(client, life, within=20)) == ["now"]
    assert time.monotonic() - began < 15


def test_a_chatty_state_does_not_push_the_log_out(box: Box, client: FlaskClient) -> None:
    box.publish(Said(source="t", text="early"))

    def chat() -> None:
        for n in range(200):
            box.bus.publish(running(filter_=str(n)))

    for _ in range(8):
        box.run(chat)
    box.publish(Said(source="t", text="late"))
    answer = updates(client)
    assert told(answer) == ["early", "late"]
    assert len(answer["updates"]) == 3


@pytest.mark.parametrize("query", ["after=x", "after=-5", "within=nan", "within=-1", "after=99999&within=0"])
def test_odd_queries_get_an_answer(box: Box, client: FlaskClient, query: str) -> None:
    box.publish(Said(source="t", text="one"))
    life = updates(client)["life"]
    assert told(client.get(f"/api/updates?life={life}&{query}").json) == ["one"]


def test_a_command_runs_once_for_its_id(box: Box, client: FlaskClient) -> None:
    for _ in range(3):
        answer = client.post("/api/command/start", json={"id": "a"}, headers=JSON)
        assert (answer.status_code, answer.json) == (200, {"result": "start done"})
    assert box.done == ["start"]
    client.post("/api/command/start", json={"id": "b"}, headers=JSON)
    assert box.done == ["start", "start"]


def test_a_refused_command_says_code_sentence_and_advice(client: FlaskClient) -> None:
    answer = client.post("/api/command/park", json={"id": "p"}, headers=JSON)
    assert answer.status_code == 409
    assert answer.json == {
        "code": "device.refused",
        "sentence": "Mount: it is looking at the Sun",
        "advice": "Wait for the night.",
    }


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"arguments": {}}, 400),
        ({"id": ""}, 400),
        ({"id": "x" * 65}, 400),
        ({"id": 3}, 400),
        ([], 400),
        ({"id": "y", "arguments": []}, 400),
        ({"id": "z", "arguments": {"speed": 9}}, 400),
    ],
)
def test_a_command_that_does_not_fit_is_refused_and_not_run(
    box: Box, client: FlaskClient, body: Any, status: int
) -> None:
    answer = client.post("/api/command/start", json=body, headers=JSON)
    assert answer.status_code == status
    assert answer.json is not None
    assert answer.json["code"] == "input.command"
    assert box.done == []


def test_strangers_and_oversized_bodies_are_refused(box: Box, client: FlaskClient) -> None:
    path, body = "/api/command/start", {"id": "s"}
    assert client.post(path, json=body).status_code == 415
    assert client.post(path, data=json.dumps(body), headers=JSON).status_code == 415
    assert client.post(path, json=body, headers={**JSON, "Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.post(path, data="{", headers=JSON, content_type="application/json").status_code == 400
    assert client.post(path, json={"id": "s", "x": "y" * 20000}, headers=JSON).status_code == 413
    assert client.get(path).status_code == 405
    unknown = client.post("/api/command/launch", json=body, headers=JSON)
    assert unknown.status_code == 404
    assert unknown.json is not None
    assert "launch" in unknown.json["sentence"]
    assert box.done == []


def test_preview_is_missing_then_fresh(box: Box, client: FlaskClient, tmp_path: Path) -> None:
    assert client.get("/preview.jpg?v=1").status_code == 404
    box.preview = tmp_path / "preview.jpg"
    box.preview.write_bytes(b"first")
    answer = client.get("/preview.jpg?v=1")
    assert (answer.data, answer.mimetype) == (b"first", "image/jpeg")
    answer.close()
    box.preview.write_bytes(b"the second")
    second = client.get("/preview.jpg?v=2", headers={"If-None-Match": answer.headers["ETag"]})
    assert second.data == b"the second"
    second.close()


def test_the_rehearsal_is_missing_then_shown_with_its_own_style(
    box: Box, client: FlaskClient, tmp_path: Path
) -> None:
    assert client.get("/rehearsal").status_code == 404
    box.api.rehearsal = tmp_path / "rehearsal.html"
    assert client.get("/rehearsal").status_code == 404
    box.api.rehearsal.write_text("<style>p { color: red }</style>", encoding="utf-8")
    answer = client.get("/rehearsal")
    assert answer.mimetype == "text/html"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "script" not in policy
    answer.close()


def test_files_of_a_relative_folder_are_found(
    box: Box, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    box.preview = box.api.rehearsal = Path("file")
    box.preview.write_bytes(b"here")
    for address in ("/preview.jpg", "/rehearsal"):
        answer = client.get(address)
        assert answer.data == b"here"
        answer.close()


def test_a_bug_is_told_and_logged(box: Box, client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Path:
        raise ZeroDivisionError("preview")

    box.api._preview = broken
    answer = client.get("/preview.jpg")
    assert answer.status_code == 500
    assert answer.json is not None
    assert answer.json["code"] == "page.bug"
    assert "ZeroDivisionError" in caplog.text


def events(client: FlaskClient, last: str = "", page: str = "p", most: int = 1) -> list[tuple[str, str, Any]]:
    """The first events of the stream: id, kind and what is told."""
    answer = client.get(f"/api/events?page={page}", headers={"Last-Event-ID": last}, buffered=False)
    assert answer.mimetype == "text/event-stream"
    found = []
    chunks: Any = answer.response
    for chunk, _ in zip(chunks, range(most), strict=False):
        lines = dict(line.split(": ", 1) for line in chunk.decode().strip().split("\n"))
        found.append((lines["id"], lines["event"], json.loads(lines["data"])))
    answer.close()
    return found


def test_the_stream_begins_with_what_is_true_and_resumes_by_id(box: Box, client: FlaskClient) -> None:
    box.publish(running(), Said(source="t", text="one"))
    box.run(lambda: None)
    (id_, kind, told), = events(client)  # fmt: skip
    assert kind == "snapshot"
    assert [one["message"]["type"] for one in told["states"]] == ["SequenceState"]
    assert id_.startswith(f"{told['life']}.")
    box.publish(Said(source="t", text="two"))
    (then, kind, told), = events(client, id_)  # fmt: skip
    assert (kind, [one["message"]["text"] for one in told["updates"]]) == ("news", ["two"])
    assert int(then.split(".")[1]) == int(id_.split(".")[1]) + 1


@pytest.mark.parametrize("last", ["", "another.3", "nonsense", "x.y", ".", "9" * 400])
def test_a_stream_from_another_life_begins_anew(box: Box, client: FlaskClient, last: str) -> None:
    box.publish(Said(source="t", text="one"))
    assert events(client, last)[0][1] == "snapshot"


def test_a_reader_too_far_behind_begins_anew(box: Box, client: FlaskClient) -> None:
    box.publish(Said(source="t", text="early"))
    life = events(client)[0][2]["life"]

    def chat() -> None:
        for n in range(200):
            box.bus.publish(Said(source="t", text=str(n)))

    for _ in range(6):
        box.run(chat)
    assert events(client, f"{life}.1")[0][1] == "snapshot"


def test_a_full_house_asks_to_poll_and_a_page_that_comes_again_has_its_place(client: FlaskClient) -> None:
    open_ = [client.get(f"/api/events?page={n}", buffered=False) for n in range(STREAMS)]
    assert client.get("/api/events?page=late").status_code == 503
    again = client.get("/api/events?page=0", buffered=False)
    assert again.status_code == 200
    for answer in (*open_, again):
        answer.close()
    late = client.get("/api/events?page=late", buffered=False)
    assert late.status_code == 200
    late.close()


@pytest.mark.parametrize("path", ["/", "/align", "/focus", "/run", "/more", "/more/display"])
def test_every_page_has_the_shell_in_the_light_of_the_phone(client: FlaskClient, path: str) -> None:
    page = client.get(path).text
    assert page.count("aria-current") == 1
    assert 'data-command="stop"' in page
    assert 'data-light="dark"' in page
    client.set_cookie("light", "red")
    page = client.get(path).text
    assert 'data-light="red"' in page
    assert 'name="theme-color" content="#000000"' in page
    client.set_cookie("light", '"><script>')
    assert 'data-light="dark"' in client.get(path).text


def test_the_page_speaks_the_language_of_the_phone(client: FlaskClient) -> None:
    assert 'lang="fr"' in client.get("/", headers={"Accept-Language": "fr-CH, de;q=0.5"}).text
    assert 'lang="en"' in client.get("/", headers={"Accept-Language": "ja"}).text
    client.set_cookie("language", "it")
    page = client.get("/", headers={"Accept-Language": "fr"}).text
    assert 'lang="it"' in page
    address = page.split('data-words="')[1].split('"')[0]
    words = client.get(address)
    assert words.status_code == 200
    assert "immutable" in words.headers["Cache-Control"]
    assert client.get("/words/tlh/1.json").status_code == 404


def test_files_are_kept_by_the_phone_and_come_compressed(client: FlaskClient) -> None:
    address = client.get("/").text.split('type="module" src="')[1].split('"')[0]
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.mimetype == "text/javascript"
    assert b"follow(" in gzip.decompress(answer.data)
    answer.close()
    plain = client.get(address)
    assert b"follow(" in plain.data
    plain.close()
    assert client.get(address.replace("shell.js", "../app.py")).status_code == 404


def who_drives(box: Box) -> list[tuple[str, str]]:
    return [(state.who, state.what) for state in box.bus.states() if isinstance(state, Driving)]


def test_the_others_see_which_phone_drives(box: Box) -> None:
    android = {"User-Agent": "Mozilla/5.0 (Linux; Android 15; Pixel 9)"}
    first, second, third = (box.client() for _ in range(3))
    for phone, browser in ((first, android), (second, android), (third, {"User-Agent": "curl"})):
        assert 'data-phone="' in phone.get("/", headers=browser).text
    press = {"json": {"id": "1"}, "headers": {**JSON, **android}}
    first.post("/api/command/start", **press)
    assert who_drives(box) == [("Android", "start the night.")]
    second.post("/api/command/pause", **press | {"json": {"id": "2"}})
    assert who_drives(box) == [("Android 2", "pause the night.")]
    third.set_cookie("phone_name", "Anna%E2%80%99s%00 phone")
    third.post("/api/command/start", **press | {"json": {"id": "3"}})
    assert who_drives(box) == [("Anna’s phone", "start the night.")]


def test_a_question_drives_nothing(box: Box, client: FlaskClient) -> None:
    async def run(_: Arguments) -> str:
        return "fine"

    box.run(box.api.register, Command("how", "How is it?", Arguments, run, asks=True))
    assert client.post("/api/command/how", json={"id": "q"}, headers=JSON).json == {"result": "fine"}
    assert who_drives(box) == []


def test_a_phone_keeps_its_number_and_no_other_text_is_one(client: FlaskClient) -> None:
    number = client.get("/").text.split('data-phone="')[1].split('"')[0]
    assert len(number) == 16
    assert f'data-phone="{number}"' in client.get("/align").text
    client.set_cookie("phone", '"><script>')
    assert "<script>" not in client.get("/").text.split('data-phone="')[1][:40]
