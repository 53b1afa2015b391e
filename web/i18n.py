"""The page in the reader's language and units, told by cookies: the box keeps nothing of whoever looks at it.

Templates say `_("Focus")`, scripts `t("Focus")` (static/words.js), Python `N_("Focus")` where a text is only
named and `gettext` where it is needed. `make words` collects them all into translations/.
"""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from babel.support import Translations
from flask import Blueprint, Flask, Response, abort, request, url_for
from flask_babel import Babel, get_locale

# In their own words: whoever cannot read the page's language finds their own.
LANGUAGES = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "zh": "中文",
}
FOLDER = Path(__file__).parent / "translations"
FOREVER = "public, max-age=31536000, immutable"  # their addresses change with them
UNITS = {"c": "°C", "f": "°F"}


def N_(text: str) -> str:  # noqa: N802 - the name that everybody gives it
    """Mark a text for translation where it is named; it is translated where it is shown."""
    return text


def language() -> str:
    """The reader's: as chosen, else as their browser asks, else English."""
    asked = [
        request.cookies.get("language", ""),
        *(wish.split("-")[0] for wish in request.accept_languages.values()),
    ]
    return next((one for one in asked if one in LANGUAGES), "en")


def units() -> str:
    """A key of UNITS."""
    chosen = request.cookies.get("units", "")
    return chosen if chosen in UNITS else "c"


def temperature(celsius: float | None, digits: int = 1) -> str:
    """For templates: a temperature in the reader's unit, an en dash when it is not known."""
    if celsius is None:
        return "–"
    unit = units()
    shown = celsius if unit == "c" else celsius * 9 / 5 + 32
    return f"{shown:.{digits}f} {UNITS[unit]}".replace("-", "−")


@cache
def words(of: str) -> bytes:
    """The catalogue of a language for the page's scripts, as JSON; {} where nothing is translated yet."""
    known: Any = Translations.load(str(FOLDER), [of])
    catalogue = getattr(known, "_catalog", {})
    plain = {text: said for text, said in catalogue.items() if isinstance(text, str) and text and said}
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()


def words_address() -> str:
    """Where the scripts find the reader's words; "" in English, which needs none."""
    of = str(get_locale() or "en")
    if of == "en":
        return ""
    version = hashlib.sha256(words(of)).hexdigest()[:12]
    return url_for("words.catalogue", of=of, version=version)


def register_languages(app: Flask) -> None:
    """`_` and the helpers in every template, /words/<language>/<version>.json for the scripts."""
    Babel(app, locale_selector=language)
    routes = Blueprint("words", __name__)

    @routes.get("/words/<of>/<version>.json")
    def catalogue(of: str, version: str) -> Response:  # noqa: ARG001 - the version only makes the address new
        if of not in LANGUAGES:
            abort(404, "There is no such language.")
        answer = Response(words(of), mimetype="application/json")
        answer.headers["Cache-Control"] = FOREVER
        return answer

    app.register_blueprint(routes)
    app.jinja_env.globals.update(
        language=language, languages=LANGUAGES, units=units, words_address=words_address
    )
    app.jinja_env.filters["temperature"] = temperature
