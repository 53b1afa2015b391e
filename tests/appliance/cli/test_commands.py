"""The small commands: version, help, devices, stars, solve."""

import asyncio
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from appliance import __version__
from appliance.cli import main
from benchmarks.synthetic import Scene, render
from tests.appliance.cli.cli_files import Files, nightbox
from tests.appliance.surfaces.filled_journal import fill


def test_version_as_a_process_of_its_own() -> None:
    done = nightbox("version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"nightbox {__version__}\n", "")


@pytest.mark.parametrize(
    "command", ["", "run", "night", "rehearse", "devices", "actions", "solve", "stars", "focus", "version"]
)
def test_help_says_the_exit_codes(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*([command] if command else []), "--help"])
    assert ended.value.code == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "usage: nightbox" in said
    assert "Exit codes: 0 done" in said


def test_devices_of_the_simulator(files: Files, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["devices", "--profile", str(files.profile)]) == 0
    lines = capfd.readouterr().out.splitlines()
    assert len(lines) == 15
    assert all(line.startswith("simulator ") for line in lines)
    assert any("Simulated Camera" in line and line.endswith("camera") for line in lines)


def test_the_actions_of_a_profile_in_plain_words(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    text = files.profile.read_text(encoding="utf-8")
    roof = '[roof]\ndriver = "simulator"\nname = "R"\n[park_sensor]\ndriver = "simulator"\nname = "P"\n'
    unsafe = "".join(f'[[actions.unsafe]]\ndo = "{do}"\n' for do in ("stop work", "park", "close roof"))
    text += roof + unsafe + 'delay_seconds = 5\nwithin_seconds = 90\non_failure = "alarm"\n'
    files.profile.write_text(text, encoding="utf-8")
    assert main(["actions", str(files.profile)]) == 0
    said = capsys.readouterr().out
    assert "When it becomes unsafe (actions.unsafe, of the profile), at most 4.33 min:" in said
    assert "  3. after 5 s: close the roof, within 90 s; if it fails, call a person and go on" in said
    assert "To open the roof (actions.roof_open, the usual ones)" in said
    assert said.index("warm the camera") > said.index("At the end of the night")


def test_actions_that_cannot_be_safe_are_bad_input(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    text = files.profile.read_text(encoding="utf-8")
    files.profile.write_text(text + '[[actions.unsafe]]\ndo = "stop work"\n', encoding="utf-8")
    assert main(["actions", str(files.profile)]) == 2
    assert '[[actions.unsafe]] has no "park"' in "".join(capsys.readouterr())


@pytest.mark.indi
def test_devices_of_indi_s_simulators(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["devices"]) == 0
    shown = capfd.readouterr()
    assert "CCD Simulator" in shown.out
    assert shown.err == ""


@pytest.fixture
def frame(tmp_path: Path) -> Path:
    pixels, _ = render(Scene(width=640, height=480, stars=40, hot_pixels=0))
    path = tmp_path / "frame.fits"
    fits.writeto(path, pixels)
    return path


def test_stars_of_a_frame(frame: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stars", str(frame), "--list"]) == 0
    first, *each = capsys.readouterr().out.splitlines()
    count = int(first.split()[0])
    assert 20 <= count <= 45
    assert "HFR" in first
    assert len(each) >= count * 0.8
    assert all(len(line.split()) == 4 for line in each)


def test_a_frame_without_stars_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    noise = np.random.default_rng(1).normal(500, 5, (200, 300)).astype(np.uint16)
    fits.writeto(tmp_path / "cap.fits", noise)
    assert main(["stars", str(tmp_path / "cap.fits")]) == 1
    assert capsys.readouterr().out.startswith("0 stars")
    assert main(["solve", str(tmp_path / "cap.fits")]) == 1
    said = capsys.readouterr().err
    assert "[solve.failed]" in said
    assert "→" in said


@pytest.mark.parametrize("command", ["stars", "solve"])
def test_files_that_are_no_frames(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "text.fits").write_text("this is not FITS")
    (tmp_path / "empty.fits").touch()
    for name in ("text.fits", "empty.fits", "missing.fits", "."):
        assert main([command, str(tmp_path / name)]) == 2
        said = capsys.readouterr().err
        assert "[input]" in said
        assert name in said
        assert "→" in said


def test_solve_near_something_unknown(frame: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", str(frame), "--near", "Andromeeda"]) == 2
    said = capsys.readouterr().err
    assert "--near" in said
    assert "Did you mean M 31?" in said


def test_solve_a_frame_of_the_real_sky(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.appliance.solve.skies import HEIGHT, SCENES, WIDTH, make_scene  # noqa: PLC0415

    scene = make_scene(*SCENES["Orion"])
    pixels = np.full((HEIGHT, WIDTH), 300.0)
    y, x = np.mgrid[-7:8, -7:8]
    for star_x, star_y, flux in zip(scene.stars.x, scene.stars.y, scene.stars.flux, strict=True):
        column, row = round(float(star_x)), round(float(star_y))
        if 8 <= column < WIDTH - 8 and 8 <= row < HEIGHT - 8:
            spot = np.exp(-((x + column - star_x) ** 2 + (y + row - star_y) ** 2) / (2 * 1.8**2))
            pixels[row - 7 : row + 8, column - 7 : column + 8] += spot * min(40_000, 200 + float(flux) / 100)
    pixels += np.random.default_rng(1).normal(0, 8, pixels.shape)
    header = fits.Header({"RA": scene.centre.ra_deg + 0.2, "DEC": scene.centre.dec_deg})
    fits.writeto(tmp_path / "orion.fits", np.clip(pixels, 0, 65535).astype(np.uint16), header)
    assert main(["solve", str(tmp_path / "orion.fits"), "--scale", "2.0"]) == 0
    said = capsys.readouterr().out
    assert "RA 05h35m" in said
    assert "Dec -05d24m" in said
    assert "arcsec/px" in said


def test_the_focusing_log_of_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["focus", "log", str(tmp_path)]) == 2
    assert "there is no journal" in "".join(capsys.readouterr())
    journal, _ = asyncio.run(fill(tmp_path / "journal.sqlite"))
    asyncio.run(journal.close())
    assert main(["focus", "log", str(tmp_path)]) == 0
    table = capsys.readouterr().out.splitlines()
    assert len(table) == 1 + 7 + 1
    assert "36817" in table[-2]
    assert main(["focus", "log", "--csv", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("utc,what,why,filter,celsius,position,steps,hfr,")


def test_a_wizard_without_a_good_profile_moves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "none.toml")
    assert main(["focus", "backlash", "--profile", missing, "--out", str(tmp_path)]) == 2
    assert "there is no such file" in "".join(capsys.readouterr())
