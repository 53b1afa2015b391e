"""Every mistake as a user meets it: a code, a sentence, advice, an exit code, and nothing touched."""

import socket
import sqlite3
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from appliance.cli import main
from appliance.cli.compose import only_one
from hardware.simulator.mount import SimulatedMount
from tests.appliance.cli.cli_files import Files

Change = Callable[[Files], None]


@pytest.fixture(autouse=True)
def nothing_moves(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A mount that is asked to unpark has been asked too much."""
    moved: list[str] = []

    async def unpark(mount: SimulatedMount) -> None:
        moved.append(mount.name)

    monkeypatch.setattr(SimulatedMount, "unpark", unpark)
    return moved


def refused(
    files: Files, capfd: pytest.CaptureFixture[str], moved: list[str], *, code: int, name: str, said: str
) -> str:
    """Run the plan; check the refusal and return the advice."""
    before = files.contents()
    assert main(files.run()) == code
    shown = capfd.readouterr().err.splitlines()
    complaint = [line for line in shown if "✗" in line]
    assert len(complaint) == 1, shown
    assert complaint[0].endswith(f"[{name}]")
    assert said in complaint[0]
    advice = [line.strip() for line in shown if line.strip().startswith("→")]
    assert len(advice) == 1
    assert moved == []
    assert files.contents() == before
    return advice[0]


def profile(old: str, new: str) -> Change:
    return lambda files: files.change(files.profile, old, new)


def plan(old: str, new: str) -> Change:
    return lambda files: files.change(files.plan, old, new)


PROFILE_MISTAKES = {
    "key": (profile("[site]", "[site]\nheight = 3"), "site.height", "latitude_deg"),
    "driver": (profile('driver = "simulator"', 'driver = "ascom"'), "camera.driver", "profile.toml"),
    "even": (profile("[page]", "[focus]\npoints = 8\n[page]"), "focus.points", "profile.toml"),
    "token": (profile("[page]", '[storage]\npattern = "{moon}"\n[page]'), "storage.pattern", "night"),
    "solver": (profile("[page]", '[solver]\norder = ["atsap"]\n[page]'), "solver.order", "Correct"),
    "dither": (
        profile("[page]", "[dither]\nradius_arcsec = 2.0\n[page]"),
        "dither.min_step_arcsec",
        "Correct",
    ),
}


@pytest.mark.parametrize("mistake", PROFILE_MISTAKES)
def test_a_profile_that_cannot_be(
    files: Files, capfd: pytest.CaptureFixture[str], nothing_moves: list[str], mistake: str
) -> None:
    change, field, advised = PROFILE_MISTAKES[mistake]
    change(files)
    advice = refused(files, capfd, nothing_moves, code=2, name="input.profile", said=field)
    assert advised in advice
    assert not (files.out / "journal.sqlite").exists()


PLAN_MISTAKES = {
    "key": (plan("count", "cuont"), "input.plan", "target.0.step.0", "count"),
    "name": (plan("Polaris", "Polariss"), "input.plan", "Polariss", "Polaris"),
    "below": (plan("Polaris", "Acrux"), "plan.never_up", "Acrux", "min_altitude_deg"),
    "filter": (plan('filter = "L"', 'filter = "Luminance"'), "plan.no_such_filter", "Luminance", "Ha"),
    "missing": (lambda files: files.plan.unlink(), "input.plan", "no such file", "path"),
}


@pytest.mark.parametrize("mistake", PLAN_MISTAKES)
def test_a_plan_that_cannot_be(
    files: Files, capfd: pytest.CaptureFixture[str], nothing_moves: list[str], mistake: str
) -> None:
    change, name, said, advised = PLAN_MISTAKES[mistake]
    change(files)
    assert advised in refused(files, capfd, nothing_moves, code=2, name=name, said=said)


def test_filters_without_a_wheel(
    files: Files, capfd: pytest.CaptureFixture[str], nothing_moves: list[str]
) -> None:
    files.change(files.profile, '[filter_wheel]\ndriver = "simulator"\nname = "Wheel"\n', "")
    with files.plan.open("a") as more:
        more.write('[[target.step]]\nfilter = "Ha"\nseconds = 60\ncount = 2\n')
    advice = refused(files, capfd, nothing_moves, code=2, name="plan.no_such_filter", said="Ha, L")
    assert "filter_wheel" in advice


def test_a_device_setting_that_the_simulator_does_not_have(
    files: Files, capfd: pytest.CaptureFixture[str], nothing_moves: list[str]
) -> None:
    files.change(files.profile, "[mount]", "[camera.setup]\nwidht = 640\n[mount]")
    advice = refused(files, capfd, nothing_moves, code=1, name="device.refused", said="widht")
    assert "width" in advice


def test_a_second_instance_in_the_folder(
    files: Files, capfd: pytest.CaptureFixture[str], nothing_moves: list[str]
) -> None:
    with only_one(files.out):
        refused(files, capfd, nothing_moves, code=1, name="storage.not_writable", said="Another Nightbox")
        assert main(["night", "--rig", "simulator", "--out", str(files.out)]) == 1
        assert not (files.out / "profile.toml").exists()


@pytest.mark.parametrize("place", ["/proc/nightbox/out", "plan.toml/out"])
def test_a_folder_that_cannot_be_made(
    files: Files, capfd: pytest.CaptureFixture[str], nothing_moves: list[str], place: str
) -> None:
    out = str(files.folder / place)
    for arguments in ([*files.run()[:-1], out], ["night", "--rig", "simulator", "--out", out]):
        assert main(arguments) == 1
        assert "[storage.not_writable]" in capfd.readouterr().err
    assert nothing_moves == []


def test_a_folder_without_write_permission(files: Files, capfd: pytest.CaptureFixture[str]) -> None:
    # Root may write anywhere but here.
    assert main([*files.run()[:-1], "/proc/self"]) == 1
    said = capfd.readouterr().err
    assert "[storage" in said
    assert "→" in said


def test_a_full_disk(
    files: Files,
    capfd: pytest.CaptureFixture[str],
    nothing_moves: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usage = psutil.disk_usage(str(files.folder))
    full = usage._replace(free=300_000_000)
    monkeypatch.setattr("appliance.imaging.disk.psutil.disk_usage", lambda _: full)
    advice = refused(files, capfd, nothing_moves, code=1, name="storage.full", said="300 MB free")
    assert "another folder" in advice
    assert not (files.out / "journal.sqlite").exists()


def test_a_journal_that_is_none(
    files: Files, capfd: pytest.CaptureFixture[str], nothing_moves: list[str]
) -> None:
    (files.out / "journal.sqlite").write_bytes(b"not a database at all " * 100)
    advice = refused(files, capfd, nothing_moves, code=1, name="storage", said="is not a journal")
    assert "another folder" in advice
    assert (files.out / "journal.sqlite").read_bytes().startswith(b"not a database")


def test_a_port_that_is_taken(
    files: Files, capfd: pytest.CaptureFixture[str], nothing_moves: list[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        files.change(files.profile, "port = 0", f"port = {port}")
        before = files.contents()
        assert main(files.run()) == 1
    assert f"port {port}" in capfd.readouterr().err
    assert nothing_moves == []
    assert files.contents() == before


@pytest.mark.indi
def test_a_camera_that_nobody_has(
    files: Files, capfd: pytest.CaptureFixture[str], nothing_moves: list[str]
) -> None:
    files.write(driver="indi")
    files.change(files.profile, 'name = "Mount"', 'name = "Telescope Simulator"')
    files.change(files.profile, 'name = "Wheel"', 'name = "Filter Simulator"')
    files.change(
        files.profile,
        "[page]",
        '[indi]\ndrivers = ["indi_simulator_telescope", "indi_simulator_wheel"]\n[page]',
    )
    advice = refused(files, capfd, nothing_moves, code=1, name="device.missing", said="Camera")
    assert advice
    with sqlite3.connect(files.out / "journal.sqlite") as journal:
        assert journal.execute("SELECT count(*) FROM run").fetchone() == (0,)
    journal.close()


@pytest.mark.indi
@pytest.mark.parametrize("driver", ["indi_no_such_driver", "indi_simulator_broken"])
def test_a_driver_that_does_not_start(
    files: Files,
    capfd: pytest.CaptureFixture[str],
    nothing_moves: list[str],
    monkeypatch: pytest.MonkeyPatch,
    driver: str,
) -> None:
    if driver == "indi_simulator_broken":
        broken = files.folder / "bin" / driver
        broken.parent.mkdir()
        broken.write_text("#!/bin/sh\necho 'no such device node' >&2\nexit 1\n")
        broken.chmod(0o755)
        monkeypatch.setenv("PATH", str(broken.parent), prepend=":")
    files.write(driver="indi")
    files.change(files.profile, "[page]", f'[indi]\ndrivers = ["{driver}"]\n[page]')
    advice = refused(files, capfd, nothing_moves, code=1, name="device.missing", said=driver)
    assert advice
    assert not [child for child in psutil.Process().children() if "indi" in child.name()]


def test_bad_arguments_end_with_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for arguments in (
        ["fly"],
        ["run"],
        ["solve", "x.fits", "--scale", "-1"],
        ["solve", "x", "--within", "soon"],
    ):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 2
    assert "usage: nightbox" in capsys.readouterr().err
