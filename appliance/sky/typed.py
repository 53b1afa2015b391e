"""Coordinates as people type them, of J2000 or of date; forgiving in the form, exact in what is wrong."""

import re

from appliance.errors import BadInput
from appliance.sky.coordinates import parse_position
from hardware.devices import J2000
from hardware.jnow import j2000

FIELD = "coordinates"
EXAMPLE = "Write them as 05 35 17 -05 23 28, 5h35.3m -5°23', or in degrees as 83.82 -5.39."
SAME = {
    "−": "-", "–": "-", "—": "-", "′": "'", "’": "'", "″": '"', "”": '"', "“": '"', "º": "°", "˚": "°",
    "ʰ": "h", "ᵐ": "m", "ˢ": "s", ";": " ", "|": " ", "(": " ", ")": " ", "\u00a0": " ",
    "\u202f": " ", "''": '"',
}  # fmt: skip
# "RA", "Dec", the Greek letters, and what catalogues put behind the numbers.
WORDS = re.compile(r"\b(?:right ascension|declination|icrs|j2000(?:\.0)?|j?now|ra|de[ck]?|α|δ)\b[ =:]*")
SIGNED = re.compile(r"(?<=[\d\shms'\".])([+-])\s*(?=\d)")
PACKED = re.compile(r"(\d{2})(\d{2})(\d{2}(?:\.\d+)?)\s*([+-])(\d{2})(\d{2})(\d{2}(?:\.\d+)?)")
COMMA = re.compile(r"(?<=\d),(?=\d)")


def read_coordinates(text: str, utc_unix: float | None = None) -> J2000:
    """The direction written in a text; with a moment (UTC since 1970) it is an apparent place of then (JNow).

    BadInput says which part cannot be, and how to write it.
    """
    plain = _plain(text)
    if not plain:
        raise BadInput(FIELD, "nothing was typed", advice=EXAMPLE)
    _check_numbers(plain, text)
    found = parse_position(plain, FIELD)
    if found is None:
        raise BadInput(FIELD, _why(plain, text), advice=EXAMPLE)
    return found if utc_unix is None else j2000(found.ra_deg / 15, found.dec_deg, utc_unix)


def _plain(text: str) -> str:
    plain = text.lower()
    for odd, usual in SAME.items():
        plain = plain.replace(odd, usual)
    plain = WORDS.sub(" ", plain).replace("deg", "°").replace("hours", "h").replace("hour", "h")
    plain = " ".join(plain.split()).strip(" ,/")
    if "." not in plain and len(COMMA.findall(plain)) == 2:
        plain = COMMA.sub(".", plain)  # "83,82 -5,39": commas for points
    packed = PACKED.fullmatch(plain)
    if packed:
        return "{}:{}:{} {}{}:{}:{}".format(*packed.groups())
    return SIGNED.sub(r" \1", plain)


def _check_numbers(plain: str, text: str) -> None:
    """Sixty minutes are an hour: said as such, because the reader below only shrugs."""
    for part in re.split(r"\s(?=[+-])|,\s*", plain):
        numbers = [float(one) for one in re.findall(r"\d+(?:\.\d+)?", part)]
        for what, number in zip(("minutes", "seconds"), numbers[1:3], strict=False):
            if number >= 60 and len(numbers) <= 3 and not _two_degrees(part):
                raise BadInput(FIELD, f"{number:g} {what} in {text!r} are more than 59", advice=EXAMPLE)


def _two_degrees(part: str) -> bool:
    """Two numbers of degrees, the second without a sign: 83.82 22.01."""
    return re.fullmatch(r"[\d.]+ [\d.]+", part.strip()) is not None


def _why(plain: str, text: str) -> str:
    numbers = re.findall(r"\d+(?:\.\d+)?", plain)
    if len(numbers) < 2:
        return f"{text!r} has one number; right ascension and declination are both needed"
    if odd := re.findall(r"[^\d\s.:,+\-hdms°'\"]+", plain):
        return f"{odd[0]!r} in {text!r} cannot be read"
    return f"{text!r} cannot be read as right ascension and declination"
