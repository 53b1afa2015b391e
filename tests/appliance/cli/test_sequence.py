"""`nightbox sequence`: plans checked, shown and imported."""

import json
import os
from pathlib import Path

import pytest

from appliance.cli import main
from appliance.plan import read_plan
from appliance.plan.schema import plan_schema
from tests.appliance.cli.cli_files import Files

FOREIGN = Path(__file__).parents[1] / "importing" / "files"
PLAN = """
name = "Autumn"
repeat = 2
clear_on_repeat = false
[template.own]
step = [{ filter = "L", seconds = 120, count = 4, stack = 2, focus_every = 2 }]
[script.end]
file = "bye.py"
[[target]]
do = "sky flats"
twilight = "dusk"
filters = ["L", "R"]
[[target]]
name = "Polaris"
template = "LRGB"
fully_dark = true
[[target]]
name = "M31"
template = "LRGB"
begin = "dusk+01:00"
repeat = 0
[[target.step]]
filter = "Ha"
seconds = 300
count = 5
dither_every = 0
[[target]]
do = "mosaic"
name = "M33"
columns = 2
rows = 1
panel_deg = [1.5, 1.0]
template = "own"
wait = true
[[target]]
do = "wait"
ask = "Cap on?"
[[target]]
do = "darks"
[[target]]
do = "panel flats"
"""
LRGB = 'step = [{ filter = "L", seconds = 60, count = 10, description = "short" }]'

PANEL = (
    "what follows waits for it",
    "4 × 120 s L, bin1, each the mean of 2, dither every 1, focus every 2",
)


@pytest.fixture
def autumn(files: Files) -> Path:
    plan = files.folder / "autumn.toml"
    plan.write_text(PLAN, encoding="utf-8")
    (files.folder / "bye.py").write_text("print()", encoding="utf-8")
    templates = files.folder / "templates"
    templates.mkdir()
    (templates / "LRGB.toml").write_text(LRGB, encoding="utf-8")
    os.utime(templates / "LRGB.toml", (1_795_000_000, 1_795_000_000))
    return plan


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_check(files: Files, autumn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sequence", "check", str(autumn)]) == 0
    assert "✓ autumn.toml: 8 items, subs without end. It can be run." in said(capsys)
    assert main(["sequence", "check", str(files.plan), "--profile", str(files.profile)]) == 0
    assert "1 items, 2 subs" in said(capsys)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('name = "M31"', 'name = "Nowhere 7"', "Nowhere 7"),
        ('template = "own"', 'template = "other"', "there is no template 'other'"),
        ("bye.py", "gone.py", "there is no file"),
        ("repeat = 2", "repeet = 2", "repeet"),
    ],
)
def test_check_names_what_is_wrong(
    autumn: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, why: str
) -> None:
    autumn.write_text(PLAN.replace(old, new, 1), encoding="utf-8")
    assert main(["sequence", "check", str(autumn)]) == 2
    assert why in capsys.readouterr().err


def test_check_with_a_profile_knows_tonights_sky(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    files.write(target="Acrux")
    assert main(["sequence", "check", str(files.plan)]) == 0
    assert main(["sequence", "check", str(files.plan), "--profile", str(files.profile)]) == 2
    assert "[plan.never_up]" in capsys.readouterr().err


def test_show(autumn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sequence", "show", str(autumn)]) == 0
    lines = said(capsys).splitlines()
    assert lines[0] == "Autumn: from dusk to dawn, night = nautical"
    assert lines[1] == "  the whole list 2 times, what is missing"
    assert lines[2] == f"  script at end: {autumn.parent / 'bye.py'}"
    assert [line.strip() for line in lines[3:]] == [
        "1. sky flats at dusk, 15 in each of L, R",
        "2. Polaris, template LRGB (file changed 2026-11-18 11:06 UTC)",
        "only in full darkness",
        "10 × 60 s L, bin1, dither every 1 “short”",
        "3. M31, template LRGB (file changed 2026-11-18 11:06 UTC, changed for this target)",
        "from dusk+01:00 to its set",
        "again and again",
        "5 × 300 s Ha, bin1, no dither",
        "4. M33 panel 1-1 at 24.2031° +30.6581°, position angle 0.378°, template own (in the plan)",
        *PANEL,
        "5. M33 panel 2-1 at 22.7210° +30.6581°, position angle 359.622°, template own (in the plan)",
        *PANEL,
        "6. wait Cap on?",
        "7. darks and bias: what the subs need and the library lacks",
        "8. panel flats, 15 in each of no filter",
        "8 items, no end of subs, 1.1 h of exposure each time through",
    ]


def test_show_with_a_profile_has_tonights_windows(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    text = files.plan.read_text(encoding="utf-8")
    files.plan.write_text(
        text + '[[target]]\nname = "Acrux"\n[[target.step]]\nseconds = 1\ncount = 1\n', encoding="utf-8"
    )
    assert main(["sequence", "show", str(files.plan), "--profile", str(files.profile)]) == 0
    lines = [line.strip() for line in said(capsys).splitlines()]
    night, polaris, acrux = [line for line in lines if line.startswith("tonight")]
    assert polaris == night  # up from dusk to dawn
    assert night.endswith(" UTC")
    assert acrux == "tonight never: it does not fit into the night"


def test_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sequence", "schema"]) == 0
    assert json.loads(said(capsys)) == plan_schema()


def test_import_writes_a_plan_and_lists_what_was_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "plan.toml"
    asked = ["sequence", "import", str(FOREIGN / "night.esl"), "--zone=+01:00"]
    assert main([*asked, "-o", str(out)]) == 0
    heard = capsys.readouterr()
    assert f"nightbox sequence show {out}" in heard.out
    assert "  – Job 1 (Veil): constraint MoonSeparation 20" in heard.err
    plan = read_plan(out)
    assert plan.name == "night"
    assert plan.sky[1].begin == "23:10:00+01:00"
    assert plan.template["two"].step[0].filter == "Ha"  # of two.esq beside it
    assert main([*asked, "-o", str(out)]) == 1  # nobody's plan is written over
    assert "[storage.not_writable]" in capsys.readouterr().err
    assert read_plan(out) == plan


def test_import_prints_without_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    windows = tmp_path / "list.csv"
    windows.write_bytes((FOREIGN / "observing.csv").read_text(encoding="utf-8").encode("cp1252"))
    assert main(["sequence", "import", str(windows)]) == 0
    plan = tmp_path / "plan.toml"
    plan.write_text(said(capsys), encoding="utf-8")
    assert read_plan(plan).sky[0].name == "North America Nebula"


def test_import_refuses_what_it_does_not_know(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sequence", "import", str(tmp_path / "gone")]) == 2
    (tmp_path / "a").write_text("hello", encoding="utf-8")
    assert main(["sequence", "import", str(tmp_path / "a")]) == 2
    assert "it is no file of CCDciel" in capsys.readouterr().err
