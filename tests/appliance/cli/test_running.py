"""From the command to the exit code: the whole box on the simulated rig, with a stand-in for the night."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest

from appliance.box.box import JOURNAL, Box
from appliance.box.wished import OVER, STARTED
from appliance.cli import main
from appliance.errors import DeviceLost, NightboxError, NoSuchFilter, NotWritable
from appliance.journal import Journal, Line
from tests.appliance.cli.cli_files import Files

Work = Callable[[Box], Awaitable[str]]


@pytest.fixture
def night(monkeypatch: pytest.MonkeyPatch) -> Callable[[Work], None]:
    return lambda work: monkeypatch.setattr(Box, "sequence", work)


def ends(result: str | Exception) -> Work:
    async def work(_: Box) -> str:
        if isinstance(result, Exception):
            raise result
        return result

    return work


@pytest.mark.parametrize(
    ("result", "code"),
    [
        ("complete", 0),
        ("incomplete", 1),
        (DeviceLost("Camera", "gone"), 1),
        (NoSuchFilter("target.0.step.0.filter", "the wheel has no filter 'X'"), 2),
    ],
)
def test_exit_codes(
    files: Files,
    night: Callable[[Work], None],
    capfd: pytest.CaptureFixture[str],
    result: str | NightboxError,
    code: int,
) -> None:
    night(ends(result))
    assert main(files.run()) == code
    shown = capfd.readouterr()
    assert "Phone page: http" in shown.out
    assert "Frames: " in shown.out
    said = shown.err.count("✗")
    assert said == (0 if isinstance(result, str) else 1)
    assert not psutil.Process().children()


def test_a_bug_is_in_the_log_with_its_traceback(
    files: Files, night: Callable[[Work], None], capfd: pytest.CaptureFixture[str]
) -> None:
    night(ends(ZeroDivisionError("seven")))
    assert main(files.run()) == 1
    shown = capfd.readouterr()
    assert "Unexpected: ZeroDivisionError('seven'). [bug]" in shown.err
    assert "Traceback" not in shown.err
    assert "Traceback" in (files.out / "nightbox.log").read_text()


@pytest.mark.parametrize("wish", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_parks_the_mount_and_leaves_nobody_behind(
    files: Files, night: Callable[[Work], None], capfd: pytest.CaptureFixture[str], wish: signal.Signals
) -> None:
    fast = 'name = "Mount"\nsetup = { slew_deg_s = 900.0, settle_seconds = 0.1 }'
    files.change(files.profile, 'name = "Mount"', fast)
    parked: list[bool] = []

    async def work(box: Box) -> str:
        await box.rig.open()
        await box.rig.mount.unpark()
        os.kill(os.getpid(), wish)
        try:
            await asyncio.Event().wait()
        finally:
            parked.append((await box.rig.mount.status()).parked)
        return "complete"

    night(work)
    assert main(files.run()) == 130
    assert parked == [False]
    assert "Parked." in capfd.readouterr().out
    assert not psutil.Process().children()


def test_stop_on_the_page_leaves_the_box_running(
    files: Files, night: Callable[[Work], None], capfd: pytest.CaptureFixture[str]
) -> None:
    async def work(_: Box) -> str:
        asyncio.get_running_loop().call_later(0.3, os.kill, os.getpid(), signal.SIGINT)
        raise asyncio.CancelledError

    night(work)
    assert main(files.run()) == 0
    assert "The box stays for a look round" in capfd.readouterr().out


@pytest.mark.parametrize("over", [False, True])
def test_a_box_that_waits_goes_on_with_the_night_of_a_controller_that_died(
    files: Files, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], over: bool
) -> None:
    asyncio.run(leave_a_wish(files.out / JOURNAL, over=over))
    began: list[bool] = []

    async def work(_: Box) -> str:
        began.append(True)
        return "complete"

    def say(_: Box, text: str, __: NightboxError | None = None) -> None:
        if "stays for a look round" in text:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Box, "sequence", work)
    monkeypatch.setattr(Box, "say", say)
    assert main([*files.run(), "--wait", "--keep"]) == 0
    assert began == ([] if over else [True])
    assert ("goes on by itself" in capfd.readouterr().out) is not over


async def leave_a_wish(path: Path, *, over: bool) -> None:
    """As a controller does that dies in a night, or at its end."""
    journal = await Journal.open(path)
    for code in (STARTED, OVER) if over else (STARTED,):
        text = "Started: “First light”."
        await journal.add(Line(run=None, at=time.time(), level="info", source="night", text=text, code=code))
    await journal.close()


async def test_a_report_that_cannot_be_written_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise NotWritable("The report cannot be written.")

    monkeypatch.setattr("appliance.box.box.write_report", fail)
    said: list[str] = []

    class Small:
        journal, report = None, tmp_path

        def say(self, text: str, problem: NightboxError | None = None) -> None:
            said.append(f"{text} {problem and problem.code}")

    await Box._write_report(Small(), 1)  # type: ignore[arg-type]
    assert said == ["The report cannot be written. storage.not_writable"]
