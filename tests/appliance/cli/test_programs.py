"""The profile's programs around the box, what programs find, and the power at the end."""

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from appliance.box.box import Box
from appliance.cli import main, nights
from appliance.cli import power as machine
from appliance.cli.power import PowerStaysOn, check_may_power_off
from appliance.errors import BadProfile, DeviceError, DeviceLost
from appliance.profile import load_profile
from appliance.profile.programs import Run
from appliance.sequence.scripts import run_script
from tests.appliance.cli.cli_files import Files

Work = Callable[[Box], Awaitable[str]]
TALKING = """
import os
from ccdciel import ccdciel
print(os.environ["CCDCIEL_HOST"], ccdciel("No_such_method")["error"]["code"])
"""
NOTING = '#!/bin/sh\necho "{0} $*" >> "$NIGHTBOX_FOLDER/seen"\necho printed by {0}\nexit {1}\n'


@pytest.fixture
def night(monkeypatch: pytest.MonkeyPatch) -> Callable[[Work], None]:
    return lambda work: monkeypatch.setattr(Box, "sequence", work)


@pytest.fixture
def off(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Is told instead of the machine that the power shall go."""
    asked: list[str] = []

    async def power_off() -> None:
        asked.append("off")

    monkeypatch.setattr(nights, "power_off", power_off)
    monkeypatch.setattr(nights, "check_may_power_off", lambda: None)
    return asked


async def complete(_: Box) -> str:
    return "complete"


def programs(files: Files, *, code: int = 0, on_failure: str = "go on") -> None:
    text = files.profile.read_text(encoding="utf-8")
    for when in ("startup", "shutdown"):
        file = files.folder / f"{when}.sh"
        file.write_text(NOTING.format(when, code), encoding="utf-8")
        file.chmod(0o755)
        text += f'[scripts.{when}]\nfile = "{when}.sh"\narguments = ["a b"]\non_failure = "{on_failure}"\n'
    files.profile.write_text(text, encoding="utf-8")


def test_programs_before_and_after_everything_else(
    files: Files, night: Callable[[Work], None], capfd: pytest.CaptureFixture[str]
) -> None:
    seen = files.out / "seen"

    async def work(_: Box) -> str:
        seen.write_text(seen.read_text() + "night\n")
        return "complete"

    programs(files)
    night(work)
    assert main(files.run()) == 0
    assert seen.read_text() == "startup a b\nnight\nshutdown a b\n"
    assert "startup.sh: printed by startup" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("on_failure", "code", "seen"),
    [("go on", 0, "startup a b\nshutdown a b\n"), ("stop", 1, "startup a b\n")],
)
def test_a_program_that_fails(
    files: Files,
    night: Callable[[Work], None],
    capfd: pytest.CaptureFixture[str],
    on_failure: str,
    code: int,
    seen: str,
) -> None:
    programs(files, code=3, on_failure=on_failure)
    night(complete)
    assert main(files.run()) == code
    assert (files.out / "seen").read_text() == seen
    assert "startup.sh ended with code 3." in capfd.readouterr().out


def test_nobody_can_be_asked_before_the_page_is_there(files: Files) -> None:
    programs(files, on_failure="ask")
    with pytest.raises(BadProfile, match="nobody can be asked"):
        load_profile(files.profile)


def test_a_plans_script_finds_the_helper_and_the_box(
    files: Files, night: Callable[[Work], None], capfd: pytest.CaptureFixture[str]
) -> None:
    text = files.profile.read_text(encoding="utf-8")
    files.profile.write_text(text + "[jsonrpc]\nport = 0\n", encoding="utf-8")
    script = files.folder / "talk.py"
    script.write_text(TALKING, encoding="utf-8")

    async def work(box: Box) -> str:
        while not box.jsonrpc_port:  # noqa: ASYNC110 - nothing tells when it listens
            await asyncio.sleep(0.01)
        await run_script(box._night(0), Run(file=script))
        return "complete"

    night(work)
    assert main(files.run()) == 0
    assert "talk.py: 127.0.0.1 -32601" in capfd.readouterr().out


@pytest.mark.parametrize("good", [True, False])
def test_after_a_good_or_bad_end_the_power_goes_off(
    files: Files, night: Callable[[Work], None], off: list[str], good: bool
) -> None:
    parked: list[bool] = []
    files.change(
        files.profile,
        'name = "Mount"',
        'name = "Mount"\nsetup = { slew_deg_s = 900.0, settle_seconds = 0.1 }',
    )

    async def work(box: Box) -> str:
        await box.rig.open()
        await box.rig.mount.unpark()
        parked.append((await box.rig.mount.status()).parked)
        if not good:
            raise DeviceLost("Camera", "gone")
        return "complete"

    leave = Box.leave_safe

    async def leave_safe(box: Box) -> None:
        await leave(box)
        parked.append((await box.rig.mount.status()).parked)

    night(work)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Box, "leave_safe", leave_safe)
        assert main(files.run("--shutdown")) == (0 if good else 1)
    assert parked == [False, True]
    assert off == ["off"]


def test_the_power_stays_on_when_the_rig_is_not_safe(
    files: Files, night: Callable[[Work], None], off: list[str], monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    async def stuck(_: Box) -> None:
        raise DeviceError("Mount", "the motor stalled")

    night(complete)
    monkeypatch.setattr(Box, "leave_safe", stuck)
    assert main(files.run("--shutdown")) == 0
    assert not off
    assert "The power stays on: the rig is not safe." in capfd.readouterr().out


def test_the_power_stays_on_after_ctrl_c(files: Files, night: Callable[[Work], None], off: list[str]) -> None:
    async def work(_: Box) -> str:
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.Event().wait()
        return "complete"

    night(work)
    assert main(files.run("--shutdown")) == 130
    assert not off


@pytest.mark.parametrize("other", ["--keep", "--wait"])
def test_a_box_that_stays_cannot_switch_off(
    files: Files, capsys: pytest.CaptureFixture[str], other: str
) -> None:
    assert main(files.run("--shutdown", other)) == 2
    assert f"with {other} the box stays for a person" in capsys.readouterr().err


def test_where_it_may_not_it_is_refused_before_the_night(
    files: Files, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    before = files.contents()
    assert main(files.run("--shutdown")) == 1
    assert "it has no systemctl. [power.stays_on]" in capsys.readouterr().err
    assert files.contents() == before


@pytest.mark.parametrize(("answer", "may"), [('s "yes"\n', True), ('s "challenge"\n', False), ("", False)])
def test_logind_is_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: str, may: bool) -> None:
    program = tmp_path / "busctl"
    program.write_text(f"#!/bin/sh\nprintf '{answer}'\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(machine, "ASK", (str(program), "call"))
    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert subprocess.run([program], check=True).returncode == 0
    if may:
        check_may_power_off()
    else:
        with pytest.raises(PowerStaysOn, match="may not switch"):
            check_may_power_off()
