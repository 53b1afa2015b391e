"""Weather files: times of this night, empty fields, and errors that name line, column and value."""

from pathlib import Path

import pytest

from appliance.errors import BadInput
from appliance.rehearsal.weather_files import weather_from
from hardware.simulator.forecast import WeatherPoint

START = 1_795_203_900.0  # 2026-11-20 19:45 UTC
MIDNIGHT = 1_795_219_200.0
HEADER = "time,celsius,humidity,wind,rain,cloud,seeing\n"


def read(tmp_path: Path, text: str) -> tuple[WeatherPoint, ...]:
    path = tmp_path / "weather.csv"
    path.write_text(text, encoding="utf-8")
    return weather_from(path, START)


def test_a_night_in_a_table(tmp_path: Path) -> None:
    points = read(tmp_path, HEADER + "19:30,8.5,70,2,0,0,2.5\n23:00,-1,,4,,1.2,\n00:30:30,,95,,0.4,,\n")
    assert points == (
        WeatherPoint(START - 900, 8.5, 70.0, 2.0, 0.0, 0.0, 2.5),
        WeatherPoint(MIDNIGHT - 3600, -1.0, None, 4.0, None, 1.2, None),
        WeatherPoint(MIDNIGHT + 1830, None, 95.0, None, 0.4, None, None),
    )


def test_iso_times_are_utc_unless_they_say_otherwise(tmp_path: Path) -> None:
    lines = "2026-11-20T20:00\n2026-11-20T22:00:00+01:00\n2026-11-20 21:30Z\n"
    points = read(tmp_path, "time\n" + lines)
    assert [(point.utc_unix - MIDNIGHT) / 3600 for point in points] == [-4.0, -3.0, -2.5]


def test_columns_may_be_missing_and_in_any_order(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeffwind, time\n7, 20:00\n") == (WeatherPoint(START + 900, wind_m_s=7.0),)


def test_times_before_noon_of_a_night_that_starts_in_the_afternoon_are_the_next_mornings(
    tmp_path: Path,
) -> None:
    points = read(tmp_path, "time\n12:00\n06:00\n11:59\n")
    assert [(point.utc_unix - MIDNIGHT) / 3600 for point in points] == [
        -12.0,
        6.0,
        pytest.approx(11.983, abs=1e-3),
    ]


@pytest.mark.parametrize(
    ("text", "field", "said", "advice"),
    [
        ("", "time", "no such column", "time, celsius, humidity"),
        ("celsius\n3\n", "time", "no such column", "time, celsius, humidity"),
        ("time,snow\n20:00,1\n", "snow", "unknown column", "time, celsius, humidity"),
        (HEADER, "weather.csv", "no weather", "Add a line"),
        ("time,wind\n20:00,fresh\n", "line 2, wind", "'fresh' is not 0 to 120 m/s", "leave it empty"),
        ("time,wind\n20:00,nan\n", "line 2, wind", "'nan' is not 0 to 120 m/s", "leave it empty"),
        ("time,humidity\n20:00,1\n21:00,101\n", "line 3, humidity", "'101' is not 0 to 100", "Correct"),
        ("time,wind\n8 pm,1\n", "line 2, time", "'8 pm' does not fit: it must be a UTC time", "Correct"),
        ("time,wind\n2026-13-01,1\n", "line 2, time", "'2026-13-01' does not fit", "Correct"),
        ("time,wind\n20:00,1\n20:00,2\n", "line 3, time", "not after the line before", "in order"),
        ("time,wind\n2026-11-20T21:00,1\n2026-11-20T20:00,2\n", "line 3, time", "not after", "in order"),
        ("time,wind\n20:00,1,2\n", "line 2", "more fields", ""),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(tmp_path: Path, text: str, field: str, said: str, advice: str) -> None:
    with pytest.raises(BadInput) as bad:
        read(tmp_path, text)
    assert bad.value.field.endswith(field)
    assert said in bad.value.sentence
    assert advice in bad.value.advice


def test_a_missing_file_and_one_that_is_no_text_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        weather_from(tmp_path / "none.csv", START)
    (tmp_path / "picture.csv").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(BadInput, match="cannot be read"):
        weather_from(tmp_path / "picture.csv", START)
