"""The box's sentences in what goes to a phone, in its reader's language; in English they stay as they are."""

from functools import cache, lru_cache
from typing import Any, TypeVar

from babel.support import Translations
from flask import Flask
from flask.json.provider import DefaultJSONProvider
from typing_extensions import override
from werkzeug.sansio.response import Response

from web.i18n import FOLDER, language
from web.saying.match import Sentences, sentences

T = TypeVar("T")
DOMAIN = "box"
REMEMBERED = 4096  # sentences: the newest lines of the log in two or three languages
# Fields that hold the box's sentences, alone or in a list. Names, codes and answers are in others.
SENTENCES = frozenset({
    "advice", "did", "doing", "failures", "limit", "note", "problem", "reason", "reasons", "remedy", "result",
    "sentence", "text", "trouble", "verdict", "what", "why", "wrong",
})  # fmt: skip
# A person's own: what is edited on the page comes back as it was.
EDITED = frozenset({"arguments", "items", "plan", "properties", "values"})


@cache
def known(of: str) -> Sentences:
    """The sentences that are translated into a language."""
    found: Any = Translations.load(str(FOLDER), [of], DOMAIN)
    catalogue = getattr(found, "_catalog", {})
    return sentences({text: said for text, said in catalogue.items() if text and said})


@lru_cache(maxsize=REMEMBERED)
def said(text: str, of: str) -> str:
    """A sentence of the box in a language; unchanged when it is not known there. Never raises."""
    return text if of == "en" else known(of).say(text)


def in_words(value: T, of: str) -> T:
    """JSON with its sentences in a language; in English the very same object."""
    return value if of == "en" else _walked(value, of)


def _walked(value: Any, of: str) -> Any:
    if isinstance(value, dict):
        return {key: _field(key, one, of) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_walked(one, of) for one in value]
    return value


def _field(key: object, value: Any, of: str) -> Any:
    if key in EDITED:
        return value
    if key in SENTENCES:
        if isinstance(value, str):
            return said(value, of)
        if isinstance(value, list | tuple):
            return [said(one, of) if isinstance(one, str) else _walked(one, of) for one in value]
    return _walked(value, of)


class InWords(DefaultJSONProvider):
    """Flask's JSON, with the box's sentences in the language of whoever asks now."""

    @override
    def response(self, *args: Any, **kwargs: Any) -> Response:
        of = language()
        return super().response(*in_words(args, of), **in_words(kwargs, of))


def register_words(app: Flask) -> None:
    """Every JSON answer in its reader's language, and `said` for templates."""
    app.json = InWords(app)
    app.json.ensure_ascii = False
    app.jinja_env.filters["said"] = lambda text: said(text, language())
