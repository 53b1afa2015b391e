"""The page's translations: what is compiled is what was translated, and nothing that is filled in is lost."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from tests.web.fake_box import Box
from web.i18n import FOLDER, LANGUAGES, temperature, words

TRANSLATED = sorted(set(LANGUAGES) - {"en"})
FILLED_IN = re.compile(r"\{\w+\}|%\(\w+\)[sd]")


def catalogue(language: str, domain: str = "messages") -> Path:
    return FOLDER / language / "LC_MESSAGES" / f"{domain}.po"


@pytest.mark.parametrize("domain", ["messages", "box"])
@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_compiled_is_what_was_translated(language: str, domain: str) -> None:
    path = catalogue(language, domain)
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(path.read_bytes()), locale=language))
    assert path.with_suffix(".mo").read_bytes() == compiled.getvalue(), "run `make words`"


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_filled_in_is_in_the_translation_too(language: str) -> None:
    for message in read_po(io.BytesIO(catalogue(language).read_bytes()), locale=language):
        if isinstance(message.id, str) and message.string:
            said = str(message.string)
            assert sorted(FILLED_IN.findall(said)) == sorted(FILLED_IN.findall(message.id)), message.id


def test_a_language_without_a_catalogue_has_no_words() -> None:
    assert words("tlh") == b"{}"


@pytest.mark.parametrize(
    ("unit", "celsius", "shown"),
    [("c", -9.96, "−10.0 °C"), ("f", -10.0, "14.0 °F"), ("x", 1.25, "1.2 °C"), ("f", None, "–")],
)
def test_temperatures_come_in_the_readers_unit(
    box: Box, unit: str, celsius: float | None, shown: str
) -> None:
    with box.app.test_request_context(headers={"Cookie": f"units={unit}"}):
        assert temperature(celsius) == shown


def test_the_page_names_the_units_for_its_scripts(client: FlaskClient) -> None:
    client.set_cookie("units", "f")
    assert 'data-units="f"' in client.get("/").text
