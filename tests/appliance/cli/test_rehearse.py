"""`nightbox rehearse`: what is asked, from when, and what comes out."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from appliance.cli import main
from appliance.cli.rehearse import beginning, moment_of, place_of
from appliance.errors import BadInput
from hardware.devices import Site
from tests.appliance.cli.cli_files import Files

MUNICH = Site(48.1, 11.6, 520.0)


def unix(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def told(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%m-%d %H:%M")


@pytest.mark.parametrize(
    ("now", "evening", "begins"),
    [
        ("2026-11-20 10:00", None, "11-20 14:30"),  # an hour before sunset, 15:30
        ("2026-11-20 15:00", None, "11-20 15:00"),  # that has passed, and the Sun is still up
        ("2026-11-20 23:00", None, "11-20 23:00"),  # it is night
        ("2026-11-20 23:00", date(2026, 11, 20), "11-20 14:30"),
        ("2026-11-20 10:00", date(2026, 6, 21), "06-21 18:17"),
    ],
)
def test_when_it_begins(now: str, evening: date | None, begins: str) -> None:
    assert told(beginning(MUNICH, unix(now), evening)) == begins


def test_the_evening_is_the_site_s_own() -> None:
    mauna_kea = Site(19.824, -155.474, 4205.0)
    # Its evening of the 20th comes on the 21st in UTC.
    assert told(beginning(mauna_kea, unix("2026-11-20 20:00"), date(2026, 11, 20))) == "11-21 02:41"


def test_polar_night_and_day_have_a_beginning_too() -> None:
    tromsoe = Site(69.65, 18.96)
    assert told(beginning(tromsoe, unix("2026-12-20 12:00"), None)) == "12-20 12:00"
    assert told(beginning(tromsoe, unix("2026-06-20 12:00"), None)) == "06-20 17:00"


def test_moments_are_utc_unless_they_say_otherwise() -> None:
    for text in ("2026-11-20T21:30", "2026-11-20 21:30:00", "2026-11-20T22:30+01:00"):
        assert moment_of(text) == unix("2026-11-20 21:30")
    assert moment_of("2026-11-20T21:30:00.250") == unix("2026-11-20 21:30") + 0.25


def test_places() -> None:
    assert place_of("la palma").name == "La Palma"
    assert place_of("48.1, 11.6").site == Site(48.1, 11.6, 0.0)
    assert place_of("-31.2,149,1165").site.elevation_m == 1165.0
    for wrong in ("", "Atlantis", "91,0", "1", "1,2,3,4", "a,b", "48.1;11.6"):
        with pytest.raises(BadInput, match="--site") as refused:
            place_of(wrong)
        assert "La Palma" in refused.value.advice


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--site", "Atlantis"], "--site"),
        (["--date", "yesterday"], "--date"),
        (["--at", "yesterday"], "--at"),
        (["--profile", "missing.toml"], "missing.toml"),
        (["--weather", "missing.csv"], "missing.csv"),
        (["--faults", "missing.toml"], "missing.toml"),
    ],
)
def test_what_cannot_be_used_is_2(
    files: Files, options: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rehearse", str(files.plan), *options]) == 2
    shown = capsys.readouterr()
    assert words in shown.err
    assert shown.out == ""


def rehearse(files: Files, *options: str) -> int:
    given = ["--profile", str(files.profile)] if "--profile" not in options else []
    return main(["rehearse", str(files.plan), *given, "--date", "2026-11-20", *options])


def played_in() -> set[Path]:
    """Folders of rehearsals that run now, or were killed."""
    return set(Path("/dev/shm").glob("nightbox-rehearsal-*"))


def test_a_good_plan(files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, elsewhere = files.contents(), played_in()
    html = tmp_path / "rehearsal.html"
    assert rehearse(files, "--html", str(html)) == 0
    text = capsys.readouterr().out
    assert max(len(line) for line in text.splitlines()) <= 100
    assert "2 × 60 s of Polaris in L" in text
    assert text.rstrip().endswith("The plan is good: 2 of 2 subs are expected.")
    assert "<svg" in html.read_text(encoding="utf-8")
    assert files.contents() == before
    assert played_in() <= elsewhere


def test_the_same_seed_gives_the_same_rehearsal(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    texts = []
    for seed in ("1", "1", "2"):
        assert rehearse(files, "--json", "--seed", seed) == 0
        told = json.loads(capsys.readouterr().out)
        del told["disk_free"]
        texts.append(json.dumps(told))
    assert texts[0] == texts[1] != texts[2]


def test_a_bad_plan(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    files.change(files.plan, '"L"', '"Foo"')
    assert rehearse(files, "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["good"] is False
    assert [one["code"] for one in told["problems"] if one["serious"]] == ["plan.no_such_filter"]
    assert (told["planned"], told["expected"]) == (2, 0)


def test_without_a_profile_the_built_in_rig_has_the_plan_s_filters(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    files.change(files.plan, '"L"', '"Purple"')
    code = main(["rehearse", str(files.plan), "--site", "Hanle", "--date", "2026-11-20"])
    text = capsys.readouterr().out
    assert code == 0, text
    assert "built-in simulated rig at Hanle" in text
    assert "2 of 2 subs are expected" in text


def test_faults_and_weather_are_played(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faults, weather = tmp_path / "faults.toml", tmp_path / "weather.csv"
    faults.write_text('[[fault]]\nkind = "crash"\nafter_minutes = 130\nminutes = 2\n', encoding="utf-8")
    weather.write_text("time,celsius\n14:00,5\n20:00,1\n", encoding="utf-8")
    files.change(files.plan, "count = 2", "count = 60")
    assert rehearse(files, "--faults", str(faults), "--weather", str(weather)) == 0
    text = capsys.readouterr().out
    assert "✗ Fault: crash" in text
    assert "give --weather" not in text
    assert "60 of 60 subs are expected" in text


def test_it_begins_at_the_very_moment(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--profile", str(files.profile), "--at", "2026-11-20T21:30:05", "--json"]
    assert main(["rehearse", str(files.plan), *options]) == 0
    assert json.loads(capsys.readouterr().out)["timeline"]["begins"] == unix("2026-11-20 21:30:05")
