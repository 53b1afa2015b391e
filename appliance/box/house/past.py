"""The decision log of every night, read beside the journal's own connection: no sub waits for a search."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

DAY = 86400.0
LEVELS = {"info": ("info", "warning", "error"), "warning": ("warning", "error"), "error": ("error",)}


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line of the decision log; `at` is UTC since 1970."""

    id: int
    at: float
    level: str
    source: str
    text: str
    code: str
    advice: str


@dataclass(frozen=True, slots=True)
class NightLog:
    """What was said in one night: `night` is the date of its evening, by local mean noon."""

    night: str
    lines: int
    warnings: int
    errors: int


@dataclass(frozen=True, slots=True)
class Search:
    """At most `limit` lines before the line `before` (0: from the newest), of a night or of all ("").

    `level` and worse, with `text` in the sentence, the code, the advice or the source.
    """

    longitude_deg: float
    night: str = ""
    level: str = "info"
    text: str = ""
    before: int = 0
    limit: int = 200


def nights(journal: Path, longitude_deg: float) -> list[NightLog]:
    """Every night of which something was said, the newest first."""
    query = (
        "SELECT CAST((at - ?) / 86400 AS INTEGER) AS day, count(*) AS lines,"
        " sum(level = 'warning') AS warnings, sum(level = 'error') AS errors"
        " FROM said GROUP BY day ORDER BY day DESC"
    )
    with _reading(journal) as database:
        rows = database.execute(query, [_noon(longitude_deg)]).fetchall()
    return [NightLog(_date(row["day"]), row["lines"], row["warnings"], row["errors"]) for row in rows]


def lines(journal: Path, search: Search) -> list[Spoken]:
    """The newest that fit, the oldest of them first."""
    marks = ", ".join("?" * len(LEVELS[search.level]))
    tests, values = [f"level IN ({marks})"], list[object](LEVELS[search.level])
    if search.before:
        tests.append("id < ?")
        values.append(search.before)
    if search.night:
        begins = datetime.fromisoformat(search.night).replace(tzinfo=UTC).timestamp()
        tests.append("at >= ? AND at < ?")
        values += [begins + _noon(search.longitude_deg), begins + DAY + _noon(search.longitude_deg)]
    if search.text:
        tests.append("(instr(lower(text || ' ' || source || ' ' || code || ' ' || advice), lower(?)) > 0)")
        values.append(search.text)
    query = f"SELECT * FROM said WHERE {' AND '.join(tests)} ORDER BY id DESC LIMIT ?"  # noqa: S608
    with _reading(journal) as database:
        rows = database.execute(query, [*values, search.limit]).fetchall()
    names = Spoken.__slots__
    return [Spoken(**{name: row[name] for name in names}) for row in reversed(rows)]


def _noon(longitude_deg: float) -> float:
    """Seconds after midnight UTC at which a night's date begins."""
    return DAY / 2 - longitude_deg / 15 * 3600


def _date(day: int) -> str:
    return datetime.fromtimestamp(day * DAY, UTC).date().isoformat()


@contextmanager
def _reading(journal: Path) -> Iterator[sqlite3.Connection]:
    address = f"{journal.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=2.0)) as database:
        database.row_factory = sqlite3.Row
        yield database
