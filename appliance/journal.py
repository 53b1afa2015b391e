"""The box's memory: one SQLite file (WAL, full sync) that survives power cuts at any instant.

A sub is planned → exposing → saved; it is marked saved only after its file is complete on disk.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import Enum
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from appliance.errors import DiskFull, NotWritable, StorageFailed
from hardware.worker import Worker

SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE IF NOT EXISTS run (id INTEGER PRIMARY KEY, plan TEXT NOT NULL, plan_key TEXT NOT NULL,
  started REAL NOT NULL, ended REAL, outcome TEXT NOT NULL DEFAULT 'running');
CREATE TABLE IF NOT EXISTS sub (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run(id),
  step_key TEXT NOT NULL, number INTEGER NOT NULL, target TEXT NOT NULL, filter TEXT NOT NULL,
  seconds REAL NOT NULL, state TEXT NOT NULL, started REAL, file TEXT, hfr REAL, stars INTEGER,
  ra_deg REAL, dec_deg REAL, error_arcsec REAL, focus_position INTEGER, celsius REAL);
CREATE UNIQUE INDEX IF NOT EXISTS one_saved_sub_per_number ON sub (run, step_key, number)
  WHERE state = 'saved';
CREATE UNIQUE INDEX IF NOT EXISTS one_sub_per_file ON sub (file) WHERE state = 'saved';
CREATE TABLE IF NOT EXISTS focus_run (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run(id),
  reason TEXT NOT NULL, filter TEXT NOT NULL, started REAL NOT NULL, ended REAL NOT NULL,
  position INTEGER, hfr REAL, goodness REAL, model TEXT NOT NULL, points TEXT NOT NULL, failure TEXT);
CREATE TABLE IF NOT EXISTS pointing (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run(id),
  target TEXT NOT NULL, at REAL NOT NULL, attempt INTEGER NOT NULL, error_arcsec REAL NOT NULL,
  ra_deg REAL NOT NULL, dec_deg REAL NOT NULL);
CREATE TABLE IF NOT EXISTS span (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run(id),
  name TEXT NOT NULL, started REAL NOT NULL, ended REAL, outcome TEXT NOT NULL DEFAULT 'running');
CREATE TABLE IF NOT EXISTS said (id INTEGER PRIMARY KEY, run INTEGER REFERENCES run(id),
  at REAL NOT NULL, level TEXT NOT NULL, source TEXT NOT NULL, text TEXT NOT NULL, code TEXT NOT NULL,
  advice TEXT NOT NULL);
"""


class SubState(Enum):
    """Where a sub is on its way to disk; LOST: interrupted, its number is free again."""

    PLANNED = "planned"
    EXPOSING = "exposing"
    SAVED = "saved"
    LOST = "lost"


# All moments are UTC in seconds since 1970; `id` is 0 until the journal has given one.


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One night's work on one plan; `plan_key` recognises the same plan again."""

    id: int = 0
    plan: str
    plan_key: str
    started: float
    ended: float | None = None
    outcome: str = "running"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sub:
    """One exposure of the sequence; `number` counts from 1 within its step of its run.

    `file` is relative to the images' folder; ra/dec (J2000) and error_arcsec only when solved.
    """

    id: int = 0
    run: int
    step_key: str
    number: int
    target: str
    filter: str
    seconds: float
    state: SubState = SubState.PLANNED
    started: float | None = None
    file: str | None = None
    hfr: float | None = None
    stars: int | None = None
    ra_deg: float | None = None
    dec_deg: float | None = None
    error_arcsec: float | None = None
    focus_position: int | None = None
    celsius: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusRun:
    """One V-curve. `points` are {"position", "hfr", "stars", "used"}; `model` is the fitted curve:
    {"kind": "hyperbola", "a", "b", "centre"} (HFR² = a² (1 + ((p-centre)/b)²)) or
    {"kind": "parabola", "c0", "c2", "centre"} (HFR = c0 + c2 (p-centre)²), empty when none fitted.
    """

    id: int = 0
    run: int
    reason: str
    filter: str
    started: float
    ended: float
    position: int | None
    hfr: float | None
    goodness: float | None
    model: dict[str, Any] = field(default_factory=dict)
    points: list[dict[str, Any]] = field(default_factory=list)
    failure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pointing:
    """One solved look during centring: where the telescope really pointed (J2000)."""

    id: int = 0
    run: int
    target: str
    at: float
    attempt: int
    error_arcsec: float
    ra_deg: float
    dec_deg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """One bar of the night's timeline."""

    id: int = 0
    run: int
    name: str
    started: float
    ended: float | None = None
    outcome: str = "running"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the decision log."""

    id: int = 0
    run: int | None
    at: float
    level: str
    source: str
    text: str
    code: str = ""
    advice: str = ""


TABLES: dict[type, str] = {
    Run: "run", Sub: "sub", FocusRun: "focus_run", Pointing: "pointing", Span: "span", Line: "said",
}  # fmt: skip
Record = TypeVar("Record", Run, Sub, FocusRun, Pointing, Span, Line)
P = ParamSpec("P")
R = TypeVar("R")


class Journal:
    """Open with `await Journal.open(path)`; every write is on disk when the call returns.

    Every method raises DiskFull or StorageFailed when the file cannot be written or read.
    """

    def __init__(self, worker: Worker, database: sqlite3.Connection) -> None:
        self._worker, self._database = worker, database

    @classmethod
    async def open(cls, path: Path) -> "Journal":
        """Create or reopen; NotWritable when the folder does not let us, StorageFailed for another file."""
        worker = Worker("journal")
        try:
            return cls(worker, await worker.call(_connect, path))
        except (sqlite3.OperationalError, PermissionError) as error:
            worker.close()
            raise NotWritable(f"The journal {path} cannot be written: {error}.") from error
        except sqlite3.DatabaseError as error:
            worker.close()
            raise StorageFailed(f"{path} is not a journal: {error}.", advice=NO_JOURNAL) from error

    async def close(self) -> None:
        """Fold the write-ahead log back and close."""
        try:
            await self._call(self._database.close)
        finally:
            self._worker.close()

    async def add(self, record: Record) -> int:
        """Write a new record and return its id."""
        return await self._call(_insert, self._database, record)

    async def change(self, kind: type[Record], id: int, **values: object) -> None:  # noqa: A002
        """Change some fields of one record."""
        await self._call(_update, self._database, TABLES[kind], id, values)

    async def read(self, kind: type[Record], **where: object) -> list[Record]:
        """All records of a kind whose fields equal the given ones, oldest first."""
        return await self._call(_select, self._database, kind, where)

    async def saved(self, run: int) -> dict[str, set[int]]:
        """The numbers already saved, by step key."""
        done: dict[str, set[int]] = {}
        for sub in await self.read(Sub, run=run, state=SubState.SAVED):
            done.setdefault(sub.step_key, set()).add(sub.number)
        return done

    async def _call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await self._worker.call(function, *args, **kwargs)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
                raise DiskFull("The disk is full: the journal could not be written.") from error
            raise StorageFailed(f"The journal could not be used: {error}.", advice=CHECK_DISK) from error


NO_JOURNAL = "Move it away, or give another folder."
CHECK_DISK = "Check the disk and its connection, then start again: everything saved before is kept."


def _connect(path: Path) -> sqlite3.Connection:
    # Only the worker thread uses it; check_same_thread would refuse even closing it elsewhere.
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    database.row_factory = sqlite3.Row
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=FULL")
    database.execute("PRAGMA foreign_keys=ON")
    database.executescript(SCHEMA)
    database.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    return database


def _store(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    return json.dumps(value) if isinstance(value, dict | list) else value


def _insert(database: sqlite3.Connection, record: Any) -> int:
    values = {name: _store(value) for name, value in asdict(record).items() if name != "id"}
    table, names = TABLES[type(record)], ", ".join(values)
    marks = ", ".join("?" * len(values))
    cursor = database.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))  # noqa: S608
    return int(cursor.lastrowid or 0)


def _update(database: sqlite3.Connection, table: str, id: int, values: Mapping[str, object]) -> None:  # noqa: A002
    names = ", ".join(f"{name} = ?" for name in values)
    stored = [_store(value) for value in values.values()]
    database.execute(f"UPDATE {table} SET {names} WHERE id = ?", [*stored, id])  # noqa: S608


def _select(database: sqlite3.Connection, kind: Any, where: Mapping[str, object]) -> list[Any]:
    tests = " AND ".join(f"{name} IS ?" for name in where) or "1"
    query = f"SELECT * FROM {TABLES[kind]} WHERE {tests} ORDER BY id"  # noqa: S608
    rows = database.execute(query, [_store(value) for value in where.values()])
    return [_record(kind, row) for row in rows]


def _record(kind: Any, row: sqlite3.Row) -> Any:
    values = {f.name: row[f.name] for f in fields(kind)}
    if kind is Sub:
        values["state"] = SubState(values["state"])
    if kind is FocusRun:
        values["model"], values["points"] = json.loads(values["model"]), json.loads(values["points"])
    return kind(**values)
