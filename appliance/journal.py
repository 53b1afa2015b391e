"""The box's memory: one SQLite file (WAL, full sync) that survives power cuts at any instant.

A sub is planned → exposing → saved; it is marked saved only after its file is complete on disk.
"""

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
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
  ra_deg REAL, dec_deg REAL, error_arcsec REAL, focus_position INTEGER, celsius REAL,
  kind TEXT NOT NULL DEFAULT 'light', flaws TEXT NOT NULL DEFAULT '', elongation REAL, background REAL,
  guide_arcsec REAL);
CREATE UNIQUE INDEX IF NOT EXISTS one_saved_sub_per_number ON sub (run, step_key, number)
  WHERE state = 'saved';
CREATE UNIQUE INDEX IF NOT EXISTS one_sub_per_file ON sub (file) WHERE state = 'saved';
CREATE TABLE IF NOT EXISTS focus_run (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run(id),
  reason TEXT NOT NULL, filter TEXT NOT NULL, started REAL NOT NULL, ended REAL NOT NULL,
  position INTEGER, hfr REAL, goodness REAL, model TEXT NOT NULL, points TEXT NOT NULL, failure TEXT,
  method TEXT NOT NULL DEFAULT 'sweep', exposures INTEGER, celsius REAL);
CREATE TABLE IF NOT EXISTS focus_move (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run(id),
  at REAL NOT NULL, why TEXT NOT NULL, filter TEXT NOT NULL, origin INTEGER NOT NULL,
  position INTEGER NOT NULL, celsius REAL);
CREATE TABLE IF NOT EXISTS pointing (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run(id),
  target TEXT NOT NULL, at REAL NOT NULL, attempt INTEGER NOT NULL, error_arcsec REAL NOT NULL,
  ra_deg REAL NOT NULL, dec_deg REAL NOT NULL);
CREATE TABLE IF NOT EXISTS span (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run(id),
  name TEXT NOT NULL, started REAL NOT NULL, ended REAL, outcome TEXT NOT NULL DEFAULT 'running');
CREATE TABLE IF NOT EXISTS camera_angle (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run(id),
  at REAL NOT NULL, pier_side TEXT NOT NULL, position_angle_deg REAL NOT NULL);
CREATE TABLE IF NOT EXISTS flat_light (id INTEGER PRIMARY KEY, run INTEGER REFERENCES run(id),
  at REAL NOT NULL, filter TEXT NOT NULL, factor REAL, seconds REAL, brightness INTEGER, light REAL,
  settings TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS mark (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run(id),
  at REAL NOT NULL, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS said (id INTEGER PRIMARY KEY, run INTEGER REFERENCES run(id),
  at REAL NOT NULL, level TEXT NOT NULL, source TEXT NOT NULL, text TEXT NOT NULL, code TEXT NOT NULL,
  advice TEXT NOT NULL, routine INTEGER NOT NULL DEFAULT 0);
"""


# Columns that journals of older versions lack: added when one is opened.
NEWER = {
    ("sub", "kind"): "TEXT NOT NULL DEFAULT 'light'", ("sub", "flaws"): "TEXT NOT NULL DEFAULT ''",
    ("sub", "elongation"): "REAL", ("sub", "background"): "REAL", ("sub", "guide_arcsec"): "REAL",
    ("focus_run", "method"): "TEXT NOT NULL DEFAULT 'sweep'", ("focus_run", "exposures"): "INTEGER",
    ("focus_run", "celsius"): "REAL", ("said", "routine"): "INTEGER NOT NULL DEFAULT 0",
}  # fmt: skip


class SubState(Enum):
    """Where a sub is on its way to disk. LOST: interrupted, and REJECTED: on disk, and does not count; the
    number of both is free again.
    """

    PLANNED = "planned"
    EXPOSING = "exposing"
    SAVED = "saved"
    LOST = "lost"
    REJECTED = "rejected"


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

    `kind` is light, flat, dark or bias. `file` is relative to the images' folder; ra/dec (J2000) and
    error_arcsec only when solved. `flaws`: what the gate for subs found; `background` is in ADU;
    `guide_arcsec` the RMS error of guiding.
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
    kind: str = "light"
    flaws: str = ""
    elongation: float | None = None
    background: float | None = None
    guide_arcsec: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusRun:
    """One focus run. `points` are {"position", "hfr", "stars", "used", "why"}; `model` is the fitted curve:
    {"kind": "hyperbola", "a", "b", "centre"} (HFR² = a² (1 + ((p-centre)/b)²)) or
    {"kind": "parabola", "c0", "c2", "centre"} (HFR = c0 + c2 (p-centre)²), empty when none fitted.
    `celsius` is the focuser's own probe's at the end; `exposures` counts every frame.
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
    method: str = "sweep"
    exposures: int | None = None
    celsius: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusMove:
    """The focuser was moved from `origin` to `position` (steps) without a focus run: `why` in a few words.

    `celsius` is the temperature that counted, None when it did not.
    """

    id: int = 0
    run: int
    at: float
    why: str
    filter: str
    origin: int
    position: int
    celsius: float | None = None


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
class CameraAngle:
    """How a solved frame was turned (degrees, east of north) on a side of the pier ("EAST" or "WEST").

    It outlives the controller: a later frame turned by 180° was taken on the other side.
    """

    id: int = 0
    run: int
    at: float
    pier_side: str
    position_angle_deg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatLight:
    """What flats have taught of a filter: in the twilight its exposure factor, at a panel what fitted.

    `seconds` at `brightness` (None: not ours to set) gave `light` ADU over the bias with those camera
    `settings` (as a step's label has them).
    """

    id: int = 0
    run: int | None = None
    at: float
    filter: str
    factor: float | None = None
    seconds: float | None = None
    brightness: int | None = None
    light: float | None = None
    settings: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that is done once has been done."""

    id: int = 0
    run: int
    at: float
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the decision log; `routine` as Said has it."""

    id: int = 0
    run: int | None
    at: float
    level: str
    source: str
    text: str
    code: str = ""
    advice: str = ""
    routine: bool = False


TABLES: dict[type, str] = {
    Run: "run", Sub: "sub", FocusRun: "focus_run", FocusMove: "focus_move", Pointing: "pointing",
    Span: "span", Line: "said", CameraAngle: "camera_angle", FlatLight: "flat_light", Mark: "mark",
}  # fmt: skip
Record = TypeVar("Record", Run, Sub, FocusRun, FocusMove, Pointing, Span, Line, CameraAngle, FlatLight, Mark)
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

    async def change(self, kind: type[Record], /, id: int, **values: object) -> None:  # noqa: A002
        """Change some fields of one record."""
        await self._call(_update, self._database, TABLES[kind], id, values)

    async def read(self, kind: type[Record], /, **where: object) -> list[Record]:
        """All records of a kind whose fields equal the given ones, oldest first."""
        return await self._call(_select, self._database, kind, where)

    async def page(self, kind: type[Record], /, before: int, count: int, **where: object) -> list[Record]:
        """The `count` newest records whose ids are below `before` and whose fields fit, newest first."""
        return await self._call(
            _select, self._database, kind, where, "id DESC LIMIT ?", "id < ?", [before, count]
        )

    async def saved(self, run: int) -> dict[str, set[int]]:
        """The numbers already saved, by step key: from the index alone, it is asked before every sub."""
        done: dict[str, set[int]] = {}
        for step_key, number in await self._call(_saved, self._database, run):
            done.setdefault(step_key, set()).add(number)
        return done

    async def with_files(self, beginning: str) -> list[Sub]:
        """Saved and rejected subs, of every run, whose files' names begin so."""
        return await self._call(_with_files, self._database, beginning)

    async def newest_sub(self, run: int) -> Sub | None:
        """The sub of a run that was begun last."""
        subs = await self._call(_select, self._database, Sub, {"run": run}, "started DESC LIMIT 1")
        return subs[0] if subs else None

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
    _add_newer(database)
    database.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    return database


def _add_newer(database: sqlite3.Connection) -> None:
    for (table, column), kind in NEWER.items():
        if column not in {row["name"] for row in database.execute(f"PRAGMA table_info({table})")}:
            database.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")


def _store(value: object) -> object:
    plain = value.value if isinstance(value, Enum) else value
    return json.dumps(plain) if isinstance(plain, dict | list) else plain


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


def _saved(database: sqlite3.Connection, run: int) -> list[tuple[str, int]]:
    query = "SELECT step_key, number FROM sub WHERE run = ? AND state = 'saved'"
    return [(row[0], row[1]) for row in database.execute(query, [run])]


def _with_files(database: sqlite3.Connection, beginning: str) -> list[Sub]:
    query = "SELECT * FROM sub WHERE state IN ('saved', 'rejected') AND file >= ? AND file < ?"
    return [_record(Sub, row) for row in database.execute(query, [beginning, beginning + "\U0010ffff"])]


def _select(
    database: sqlite3.Connection, kind: Any, where: Mapping[str, object], order: str = "id",
    also: str = "1", more: Sequence[int] = (),
) -> list[Any]:  # fmt: skip
    tests = " AND ".join([*(f"{name} IS ?" for name in where), also])
    query = f"SELECT * FROM {TABLES[kind]} WHERE {tests} ORDER BY {order}"  # noqa: S608
    rows = database.execute(query, [*(_store(value) for value in where.values()), *more])
    return [_record(kind, row) for row in rows]


def _record(kind: Any, row: sqlite3.Row) -> Any:
    values = {f.name: row[f.name] for f in fields(kind)}
    if kind is Sub:
        values["state"] = SubState(values["state"])
    values |= {"routine": bool(values["routine"])} if kind is Line else {}
    if kind is FocusRun:
        values["model"], values["points"] = json.loads(values["model"]), json.loads(values["points"])
    return kind(**values)
