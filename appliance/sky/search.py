"""Finding what a person means in the catalogue: exact names first, then beginnings, then what looks alike."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches
from functools import cache
from itertools import islice

from appliance.sky.bodies import BODIES
from appliance.sky.catalogue import LONG_PREFIX, Row, key_of, named, row_of

FEWEST_LETTERS = 4  # a shorter word looks like too many others
ALIKE = 0.7  # of difflib's ratio; "horshead" is 0.94 of "horsehead"
LOOKED_AT = 40  # names with the most letter triples in common, of which the ratio is taken
COMMON_PREFIX = 50  # a list of so many objects is one that people type
OF_A_STAR = re.compile(r"[A-Za-z]{2,3}\d? [A-Z][A-Za-z]{2}")  # "alp And": nobody mistypes that
NO_MAGNITUDE = 20.0
STAR_LATER = 4.0  # magnitudes by which a star of some name comes after an object of it


@dataclass(frozen=True, slots=True)
class Hit:
    """`name` as the catalogue shows it, `called` the name that fitted; `row` is None for what moves."""

    name: str
    called: str
    row: Row | None


@dataclass(frozen=True, slots=True)
class _Name:
    """One name that is no number; `triples` are its letters by three."""

    key: str
    words: tuple[str, ...]
    hit: Hit
    triples: frozenset[str]

    @property
    def dimness(self) -> float:
        """The smaller, the likelier it is meant: planets, bright objects, bright stars."""
        if self.hit.row is None:
            return -30.0
        later = STAR_LATER if self.hit.row[1] == "star" else 0.0
        return later + (float(self.hit.row[4]) if self.hit.row[4] else NO_MAGNITUDE)


def search(text: str, limit: int = 12) -> list[Hit]:
    """What could be meant, likeliest first; empty when nothing looks like it."""
    key = key_of(text)
    if not key:
        return []
    found: dict[str, Hit] = {}
    for ways in (_as_typed, _mistyped):
        for hit in islice(ways(text, key), 4 * limit):
            found.setdefault(hit.name, hit)
        if found:
            break
    return list(found.values())[:limit]


def _as_typed(text: str, key: str) -> Iterator[Hit]:
    yield from _exact(text)
    yield from _numbered(key) if _has_number(key) else _beginning(key, text)


def _mistyped(_: str, key: str) -> Iterator[Hit]:
    if _has_number(key):
        yield from _misspelt_list(key)
    if len(key) >= FEWEST_LETTERS:
        yield from _alike(key)


def _has_number(key: str) -> bool:
    return any(letter.isdigit() for letter in key)


def _exact(text: str) -> Iterator[Hit]:
    """By its whole name; then by a number that begins the text ("m 31 andromeda")."""
    wanted = key_of(text)
    yield from (Hit(name, name, None) for name in BODIES if key_of(name) == wanted)
    number = re.match(r"\s*[A-Za-z]+[\s-]*\d+", text)
    for part in (text, number[0] if number else ""):
        row = row_of(part) if part else None
        if row is not None:
            yield Hit(row[0], part.strip(), row)


def _numbered(key: str) -> Iterator[Hit]:
    """Numbers that begin so, the shortest first: after "ngc22" comes NGC 220."""
    keys = _sorted_keys()
    first = bisect_left(keys, key)
    last = bisect_left(keys, key + "\uffff")
    for one in sorted(keys[first:last], key=lambda k: (len(k), k)):
        called, row = named()[one]
        yield Hit(row[0], called, row)


def _misspelt_list(key: str) -> Iterator[Hit]:
    """A number of a list whose name is mistyped: NCG 224."""
    parts = re.fullmatch(r"([a-z]+)0*(\d.*)", key)
    if parts is None:
        return
    for prefix in get_close_matches(parts[1], _lists(), n=2, cutoff=0.5):
        one = LONG_PREFIX.get(prefix, prefix) + parts[2]
        if one in named():
            called, row = named()[one]
            yield Hit(row[0], called, row)


def _beginning(key: str, text: str) -> Iterator[Hit]:
    """Names, and names with words, that begin as what was typed."""
    typed = tuple(key_of(word) for word in text.split())
    whole = [one for one in _names() if one.key.startswith(key)]
    words = [one for one in _names() if _has_words(one, typed)]
    for some in (whole, words):
        yield from (one.hit for one in sorted(some, key=lambda one: (one.dimness, one.key)))


def _has_words(name: _Name, typed: Iterable[str]) -> bool:
    return all(any(word.startswith(one) for word in name.words) for one in typed)


def _alike(key: str) -> Iterator[Hit]:
    """Mistyped names, the likest first."""
    triples = _triples(key)
    shared = Counter({one: len(one.triples & triples) for one in _names()})
    near = [(_likeness(key, one), one) for one, count in shared.most_common(LOOKED_AT) if count]
    for likeness, one in sorted(near, key=lambda pair: (-pair[0], pair[1].dimness)):
        if likeness >= ALIKE:
            yield one.hit


def _likeness(key: str, name: _Name) -> float:
    """To the name, or to as much of it or of one of its words as was typed."""
    cut = len(key) + 1
    against = {name.key, name.key[:cut], *(word[:cut] for word in name.words if len(word) >= FEWEST_LETTERS)}
    return max(SequenceMatcher(None, key, one, autojunk=False).ratio() for one in against)


@cache
def _names() -> tuple[_Name, ...]:
    """Everything with a name that is no number, some 1500."""
    found = [
        _name(key, called, row)
        for key, (called, row) in named().items()
        if not _has_number(key) and not OF_A_STAR.fullmatch(called)
    ]
    return (*(_name(key_of(body), body, None) for body in BODIES), *found)


def _name(key: str, called: str, row: Row | None) -> _Name:
    words = tuple(key_of(word) for word in called.split())
    return _Name(key, words, Hit(called if row is None else row[0], called, row), _triples(key))


def _triples(key: str) -> frozenset[str]:
    padded = f"  {key} "
    return frozenset(padded[n : n + 3] for n in range(len(padded) - 2))


@cache
def _sorted_keys() -> tuple[str, ...]:
    return tuple(sorted(named()))


@cache
def _lists() -> tuple[str, ...]:
    """What stands before the numbers of the long lists, in full too."""
    heads = Counter(head[0] for key in named() if (head := re.match(r"[a-z]+(?=\d)", key)))
    return (*(head for head, count in heads.items() if count >= COMMON_PREFIX), *LONG_PREFIX)
