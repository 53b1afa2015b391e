"""What the box says, in the reader's language: templates from the sources, found again in the sentences."""

import io
import json
import random
import re
from dataclasses import replace
from typing import Any

import pytest
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from appliance.bus import Alarm, NeedsPerson, Said
from appliance.errors import FocusFailed
from appliance.sequence.messages import SequenceState
from tests.web.fake_box import Box
from web.i18n import FOLDER, LANGUAGES
from web.saying.collect import extract, templates
from web.saying.match import LONGEST, sentences
from web.saying.reader import in_words, said

ROOT = FOLDER.parent.parent
TRANSLATED = sorted(set(LANGUAGES) - {"en"})
GAP = re.compile(r"\{\d+\}")
GERMAN = {"headers": {"Accept-Language": "de-CH, en;q=0.5"}}
ALARM = "the roof is not closed 90 s after it became unsafe (rain): it does not answer."
PRESS: dict[str, Any] = {"json": {"id": "one"}, "headers": {"X-Nightbox": "1"}}


def found(source: str) -> list[str]:
    return [text for _, text in templates(source)]


def in_file(path: str) -> list[str]:
    return found((ROOT / path).read_text(encoding="utf-8"))


def test_an_f_string_is_a_template_with_numbered_gaps() -> None:
    assert found('say(f"Saved sub {n} of {m} in {f}: HFR {h:.2f} px")') == [
        "Saved sub {0} of {1} in {2}: HFR {3} px"
    ]
    assert found('say(f"{a}{b} is back.")') == ["{0} is back."]
    assert found('say("The roof " + name + " is open.")') == ["The roof {0} is open."]
    assert found('NUMBERS = ("HFR {0:.2f} px instead of {1:.2f}",)') == ["HFR {0} px instead of {1}"]


def test_parts_that_are_chosen_make_a_sentence_each() -> None:
    source = """
def end(self):
    how = "done" if self.well else "failed"
    self.say(f"{self.name}: {how} after {self.seconds:.0f} s{' at last' if self.late else ''}.")
"""
    assert found(source) == [
        f"{{0}}: {how} after {{1}} s{late}." for how in ("done", "failed") for late in (" at last", "")
    ]


def test_a_name_that_is_not_always_a_text_stays_a_gap() -> None:
    source = """
def end(words, what):
    what = "nothing at all"
    for what in words:
        say(f"It is {what} now, {words}.")
"""
    assert found(source) == ["nothing at all", "It is {0} now, {1}."]


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring of several words."""',
        'log.warning("the %s does not answer", name)',
        'x = {"a key of words": 1}',
        'mode: Literal["filter wheel", "flat panel"]',
        'if answer == "go on": pass',
        'parser.add_argument("--x", help="for the command line only")',
        'database.execute("SELECT id FROM sub WHERE run = ?")',
        'camera = "camera"',
        "say(f'{camera}')",
        'page("https://example.org/some page")',
    ],
)
def test_what_no_person_reads_is_left_out(source: str) -> None:
    assert found(source) == []


def test_the_boxs_own_sentences_are_found() -> None:
    assert "Check clutches, balance and the site's place and time, then try again." in in_file(
        "appliance/errors.py"
    )
    night = in_file("appliance/sequence/night.py")
    assert {f"{{0}}: {how} after {{1}} s." for how in ("done", "failed", "stopped")} <= set(night)
    assert "Slew to {0}" in in_file("appliance/sequence/establish.py")
    assert "Too many wrong tries. Wait {0} s." in in_file("web/security/refusals.py")
    assert "Not focused tonight; the night begins with a focus run." in in_file("appliance/box/checklist.py")


def test_babel_gets_lines_and_templates() -> None:
    source = io.BytesIO('\nsay(f"{roof} opens – 20 °C.")'.encode())
    assert list(extract(source, (), (), {})) == [(2, None, "{0} opens – 20 °C.", [])]


def test_every_source_of_the_box_can_be_read() -> None:
    for path in sorted((ROOT / "appliance").rglob("*.py"))[::7]:
        for line, text in templates(path.read_text(encoding="utf-8")):
            assert line
            assert text == text.strip()
            assert "\0" not in text


def messages(language: str) -> dict[str, str]:
    file = FOLDER / language / "LC_MESSAGES" / "box.po"
    catalogue = read_po(io.BytesIO(file.read_bytes()), locale=language)
    return {str(one.id): str(one.string) for one in catalogue if one.id and one.string}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_gaps_of_its_template(language: str) -> None:
    for text, translated in messages(language).items():
        assert sorted(GAP.findall(translated)) == sorted(GAP.findall(text)), text


def filled(template: str) -> str:
    return re.sub(r"\{(\d+)\}", r"Qx\1", template)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_translated_template_is_found_again(language: str) -> None:
    """With names in its gaps, and as nothing else than itself."""
    for text, translated in messages(language).items():
        assert said(filled(text), language) == filled(translated)


@pytest.mark.parametrize(
    ("text", "german"),
    [
        ("It is safe again.", "Es ist wieder sicher."),
        ("Slew to M 33", "Schwenk zu M 33"),
        ("Slew to M 33 …", "Schwenk zu M 33 …"),
        ("Slew to M 33: done after 12 s.", "Schwenk zu M 33: fertig nach 12 s."),
        (
            'Saved sub 3 of 20 in L: HFR 2.10 px, 143 stars, 3" off target.',
            'Sub 3 von 20 in L gespeichert: HFR 2.10 px, 143 Sterne, 3" neben dem Ziel.',
        ),
        (
            "Autofocus in B (filter change; the filter is B now): done after 74 s.",
            "Autofokus in B (Filterwechsel; jetzt gilt Filter B): fertig nach 74 s.",
        ),
        (
            "Sub 3 of 20 in L is taken again: HFR 3.20 px instead of 2.00, 12 stars instead of 50.",
            "Sub 3 von 20 in L wird wiederholt: HFR 3.20 px statt 2.00, 12 Sterne statt 50.",
        ),
        (
            "It is not safe: wind 12.4 m/s, 10 allowed; battery at 10 %, 20 needed.",
            "Es ist nicht sicher: Wind 12.4 m/s, erlaubt 10; Akku bei 10 %, nötig 20.",
        ),
        (
            "Not yet safe: Dome: it does not answer; the mount is parked. Trying again.",
            "Noch nicht sicher: Dome: es antwortet nicht; die Montierung ist geparkt. Neuer Versuch.",
        ),
        (
            "Could not park the mount when it became unsafe, going on: Mount: it does not answer",
            "Montierung nicht geparkt (als es unsicher wurde; weiter geht es): Mount: es antwortet nicht",
        ),
        ("PHD2 has lost its star; waiting 60 s for it.", "PHD2 hat den Stern verloren; wartet 60 s darauf."),
        ("Mount: it is not safe", "Mount: es ist nicht sicher"),
        ("Old dome: it does not answer. Nobody knows.", "Old dome: es antwortet nicht. Nobody knows."),
    ],
)
def test_what_a_night_says_in_german(text: str, german: str) -> None:
    assert said(text, "de") == german
    assert said(text, "en") is text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "M 33",
        "Ha",
        "…",
        ".",
        "a: b",
        "nothing that anybody knows; nor this. Nor that.",
        "{0} and {1}",
    ],
)
def test_what_is_not_known_stays_as_it_is(text: str) -> None:
    assert said(text, "de") == text
    assert said(text, "tlh") == text


def test_a_files_content_is_not_a_sentence() -> None:
    assert said("It is safe.\nIt is safe.", "de") == "It is safe.\nIt is safe."
    long = "It is safe. " * LONGEST
    assert said(long, "de") == long


def test_nothing_can_make_it_fail() -> None:
    dice = random.Random(8)
    pieces = ["{0}", "{1}", ": ", "; ", ". ", "…", "(", ")", "“", "Slew to", "is back", " ", "\n", "0", "°C"]
    for _ in range(2000):
        text = "".join(dice.choices(pieces, k=dice.randint(0, 40)))
        assert isinstance(said.__wrapped__(text, "de"), str)


def test_the_longest_template_wins_and_gaps_may_change_places() -> None:
    known = sentences(
        {"{0} is back.": "{0} da.", "{0} of {1} is back.": "von {1} {0} da.", "Go on?": "Weiter?"}
    )
    assert known.say("A is back.") == "A da."
    assert known.say("A of B is back") == "von B A da"
    assert known.say("A is back. Go on?") == "A da. Weiter?"


def test_only_sentences_are_translated_in_json() -> None:
    text, safe = "It is safe.", "Es ist sicher."
    told = {"text": text, "name": text, "reasons": [text, 1], "values": {"text": text}, "of": [{"why": text}]}
    assert in_words(told, "de") == {
        "text": safe, "name": text, "reasons": [safe, 1], "values": {"text": text}, "of": [{"why": safe}],
    }  # fmt: skip
    assert in_words(told, "en") is told


def first_event(client: FlaskClient, **given: Any) -> tuple[str, dict[str, Any]]:
    answer = client.get("/api/events?page=p", buffered=False, **given)
    chunks: Any = answer.response
    text = next(iter(chunks)).decode()
    answer.close()
    return text, json.loads(text.partition("data: ")[2])


def spoken(box: Box) -> None:
    box.publish(
        SequenceState(source="sequence", phase="running", doing="Slew to M 33", target="M 33"),
        NeedsPerson(source="box", text="Polar aligned?", answers=("yes", "no")),
        Alarm(source="safety", text=ALARM),
        Said(source="sequence", text="Slew to M 33: done after 12 s.", advice=FocusFailed.default_advice),
    )  # fmt: skip
    box.run(lambda: None)


def test_a_german_hears_the_box_in_german(box: Box, client: FlaskClient) -> None:
    spoken(box)
    _, told = first_event(client, **GERMAN)
    states = {one["message"]["type"]: one["message"] for one in told["states"]}
    assert states["SequenceState"]["doing"] == "Schwenk zu M 33"
    assert states["SequenceState"]["target"] == "M 33"
    assert states["NeedsPerson"]["text"] == "Polausrichtung gemacht?"
    assert states["NeedsPerson"]["answers"] == ["yes", "no"]
    assert states["Alarm"]["text"].startswith("das Dach ist 90 s, nachdem es unsicher wurde (Regen)")
    line = told["updates"][-1]["message"]
    assert line["text"] == "Schwenk zu M 33: fertig nach 12 s."
    assert line["advice"].startswith("Prüfe auf Wolken oder Tau")
    assert {one["name"]: one["sentence"] for one in told["commands"]}["park"]
    polled = client.get("/api/updates?life=&after=0&within=0", **GERMAN).get_json()
    assert any(one.get("doing") == "Schwenk zu M 33" for one in polled["states"])


def test_an_english_reader_gets_the_boxs_own_bytes(
    box: Box, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken(box)
    text, _ = first_event(client)
    assert '"doing":"Slew to M 33"' in text
    monkeypatch.setattr("web.saying.reader._walked", None)  # which English needs for nothing
    assert first_event(client)[0].partition('"now"')[0] == text.partition('"now"')[0]
    assert (
        client.post("/api/command/park", **PRESS).get_json()["sentence"] == "Mount: it is looking at the Sun"
    )


def test_refusals_come_in_the_readers_language(box: Box, client: FlaskClient) -> None:
    headers = {**PRESS["headers"], **GERMAN["headers"]}
    nothing = client.post(
        "/api/command/answer", json={"id": "2", "arguments": {"answer": "no"}}, headers=headers
    )
    assert nothing.get_json()["sentence"] == "answer: jetzt wird nichts gefragt"
    assert nothing.get_json()["advice"].startswith("Berichtige das genannte Feld")
    unknown = client.post("/api/command/dance", json={"id": "3"}, headers=headers).get_json()
    assert unknown["sentence"] == "Es gibt keinen Befehl 'dance'."
    stranger = box.app.test_client().get("/api/status", **GERMAN).get_json()
    assert stranger["sentence"] == "Du bist auf diesem Telefon nicht angemeldet."
    assert (
        box.app.test_client().get("/api/status").get_json()["sentence"]
        == "You are not logged in on this phone."
    )


def test_the_door_says_what_was_wrong_in_the_readers_language(box: Box) -> None:
    visitor = box.app.test_client()
    token = re.search(r'name="token" value="([^"]+)"', visitor.get("/login", **GERMAN).text)
    assert token
    refused = visitor.post("/login", data={"password": "wrong", "token": token[1]}, **GERMAN)
    assert "Das ist nicht das Passwort." in refused.text


def test_pages_say_what_buttons_do_in_the_readers_language(box: Box, client: FlaskClient) -> None:
    park = box.api.commands["park"]
    box.run(box.api.register, replace(park, sentence="Park the mount."))
    assert 'title="Montierung parken."' in client.get("/", **GERMAN).text
    assert 'title="Park the mount."' in client.get("/").text
