"""`gsc` as INDI's camera simulator calls it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from hardware import gsc
from hardware.stars.zones import Zones, real_near

LINE = re.compile(r"[TS]\d{9} \d+\.\d{6} -?\d+\.\d{6} 0\.1 -?\d+\.\d\d 0\.1 1 0 (TYC2|FAKE) [TS] \d+\.\d\d 0")
PLEIADES = ["-c", "56.750000", "+24.116667", "-r", "22.0", "-m", "0", "17.00", "-n", "3000"]


def ask(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["gsc", *arguments])
        gsc.main()
    return capsys.readouterr().out.splitlines()


def test_every_line_has_the_twelve_fields_the_simulator_scans(capsys: pytest.CaptureFixture[str]) -> None:
    lines = ask(PLEIADES, capsys)
    assert all(LINE.fullmatch(line) for line in lines)
    assert all(len(line.split()) == 12 and len(line) < 250 for line in lines)
    magnitudes = [float(line.split()[4]) for line in lines]
    assert magnitudes == sorted(magnitudes)


def test_the_real_ones_are_the_catalogue_s(capsys: pytest.CaptureFixture[str]) -> None:
    lines = ask(PLEIADES, capsys)
    real = [line.split() for line in lines if line.startswith("T")]
    wanted = sorted(real_near(Zones(), 56.75, 24.116667, 22 / 60))
    assert 0 < len(real) < len(lines)
    assert sorted((float(f[1]), float(f[2])) for f in real) == [
        pytest.approx(star[:2], abs=1e-6) for star in wanted
    ]


def test_a_wide_field_gets_more_than_it_asks_for_and_no_invented_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = ask(["-c", "290", "30", "-r", "90.0", "-m", "0", "11.00", "-n", "100"], capsys)
    assert len(lines) > 100
    assert float(lines[-1].split()[4]) > 11
    assert not any(line.startswith("S") for line in lines)


@pytest.mark.parametrize(
    "arguments", [[], ["-c", "1", "2"], ["-c", "1", "-r", "3"], ["-z"], ["-c", "1", "95", "-r", "9"]]
)
def test_a_wrong_request_ends_with_2_and_says_why(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["gsc", *arguments])
    with pytest.raises(SystemExit) as ended:
        gsc.main()
    said = capsys.readouterr()
    assert ended.value.code == 2
    assert said.out == ""
    assert "usage: gsc" in said.err


def test_the_shim_answers_without_any_package(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shim = gsc.install_shim(tmp_path / "bin")
    answer = subprocess.run(
        [shim, *PLEIADES], capture_output=True, text=True, check=True, cwd=tmp_path, env={"PATH": "/bin"}
    )
    assert answer.stdout.splitlines() == ask(PLEIADES, capsys)
    assert answer.stderr == ""


def test_it_imports_next_to_nothing() -> None:
    script = "import sys; import hardware.gsc; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-IS", "-c", f"import sys; sys.path.insert(0, {str(Path.cwd())!r}); {script}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert not {"numpy", "pathlib", "argparse", "re", "asyncio"} & set(loaded)
