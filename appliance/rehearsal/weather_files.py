"""A weather file: tonight's forecast or last night's record, as a table with a header.

    time,celsius,humidity,wind,rain,cloud,seeing
    20:00,8.5,70,2,0,0,2.5
    21:30,7,,4,0,1.2,

`time` is "HH:MM" of this night or an ISO time, both UTC. An empty field leaves that to the simulator's own
weather; columns but `time` may be missing.
"""

import csv
from dataclasses import dataclass
from math import inf
from pathlib import Path

from appliance.errors import BadInput
from appliance.rehearsal.moments import clock_seconds, iso_unix, nearest_at, next_at
from hardware.simulator.forecast import WeatherPoint


@dataclass(frozen=True, slots=True)
class _Column:
    """Where a column goes, and what it may hold."""

    field: str
    unit: str
    least: float = 0.0
    most: float = inf


_COLUMNS = {
    "celsius": _Column("celsius", "°C", -90, 60),
    "humidity": _Column("humidity_percent", "percent", 0, 100),
    "wind": _Column("wind_m_s", "m/s", 0, 120),
    "rain": _Column("rain_mm_h", "mm/h", 0, 500),
    "cloud": _Column("cloud_mag", "magnitudes", 0, 30),
    "seeing": _Column("seeing_arcsec", "arcseconds", 0.1, 30),
}


def weather_from(path: Path, start_unix: float) -> tuple[WeatherPoint, ...]:
    """Read a weather file for a night that starts then (UTC, seconds since 1970), earliest first.

    BadInput names the line, the column, the value and the remedy.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, skipinitialspace=True)
            _check_header(path, [name.strip() for name in rows.fieldnames or ()])
            return _points(path, rows, start_unix)
    except FileNotFoundError as missing:
        raise BadInput(str(path), "there is no such file", advice="Check the path.") from missing
    except (OSError, UnicodeDecodeError, csv.Error) as unreadable:
        raise BadInput(str(path), f"it cannot be read ({unreadable})") from unreadable


def _check_header(path: Path, names: list[str]) -> None:
    known = ["time", *_COLUMNS]
    if unknown := [name for name in names if name not in known]:
        raise BadInput(unknown[0], f"{path.name} has an unknown column", advice=_known(known))
    if "time" not in names:
        raise BadInput("time", f"{path.name} has no such column", advice=_known(known))


def _known(names: list[str]) -> str:
    return f"The first line names the columns; known here are: {', '.join(names)}."


def _points(path: Path, rows: "csv.DictReader[str]", start_unix: float) -> tuple[WeatherPoint, ...]:
    points: list[WeatherPoint] = []
    for row in rows:
        where = f"line {rows.line_num}"
        if None in row:
            raise BadInput(where, f"{path.name} has more fields there than columns")
        cells = {name.strip(): (text or "").strip() for name, text in row.items()}
        before = points[-1].utc_unix if points else None
        moment = _moment(path, where, cells.pop("time"), start_unix, before)
        values = {
            _COLUMNS[name].field: _number(path, f"{where}, {name}", text, _COLUMNS[name])
            for name, text in cells.items()
        }
        points.append(WeatherPoint(moment, **values))
    if not points:
        raise BadInput(str(path), "it holds no weather", advice="Add a line for each change.")
    return tuple(points)


def _moment(path: Path, where: str, text: str, start_unix: float, before: float | None) -> float:
    """A time of day means the one nearest to the start in the first line, then the next one each time."""
    try:
        if "-" in text:
            moment = iso_unix(text)
        elif before is None:
            moment = nearest_at(clock_seconds(text), start_unix)
        else:
            moment = next_at(clock_seconds(text), before)
    except ValueError as wrong:
        raise BadInput(
            f"{where}, time", f"{text!r} does not fit: {wrong}", advice=f"Correct it in {path.name}."
        ) from wrong
    if before is not None and moment <= before:
        raise BadInput(
            f"{where}, time", f"{text!r} is not after the line before", advice="Put the lines in order."
        )
    return moment


def _number(path: Path, field: str, text: str, column: _Column) -> float | None:
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = inf * 0  # not a number, which no range holds
    if not column.least <= number <= column.most:
        raise BadInput(
            field,
            f"{text!r} is not {column.least:g} to {column.most:g} {column.unit}",
            advice=f"Correct it in {path.name}, or leave it empty.",
        )
    return number
