"""The calculator with its real process: measured, saved, killed, cancelled."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import psutil
import pytest
import pytest_asyncio
from numpy.typing import NDArray

from appliance.errors import StorageFailed
from appliance.imaging.calculator import SLOTS, Calculator, LocalCalculator
from appliance.imaging.calculator_link import CalculationFailed
from appliance.imaging.facts import SubFacts
from appliance.imaging.measure import StarSettings
from appliance.imaging.reader import read_fits
from benchmarks.synthetic import Scene, render

Pixels = NDArray[np.uint16]
SETTINGS = StarSettings()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest_asyncio.fixture
async def calculator() -> AsyncIterator[Calculator]:
    async with Calculator.start() as running:
        yield running


async def running_pid(calculator: Calculator) -> int:
    """The process's id once it answers."""
    async with calculator.hold(np.zeros((4, 4), np.uint16)) as held:
        await held.stars(SETTINGS)
    assert calculator.pid
    return calculator.pid


async def test_measured_saved_and_previewed(
    calculator: Calculator, pixels: Pixels, facts: SubFacts, tmp_path: Path
) -> None:
    async with calculator.hold(pixels) as held:
        field = await held.stars(SETTINGS)
        await held.save(tmp_path / "night" / "sub.fits", facts)
        await held.preview(tmp_path / "latest.jpg", 300)
    assert field.hfr_median == pytest.approx(2.05, rel=0.03)
    assert (read_fits(tmp_path / "night" / "sub.fits").pixels == pixels).all()
    assert (tmp_path / "latest.jpg").stat().st_size > 1000


async def test_both_calculators_agree(calculator: Calculator, pixels: Pixels) -> None:
    async with calculator.hold(pixels) as held, LocalCalculator().hold(pixels) as here:
        far, near = await held.stars(SETTINGS), await here.stars(SETTINGS)
    assert far.hfr_median == near.hfr_median
    assert (far.x == near.x).all()


async def test_frames_of_different_sizes_one_after_another(calculator: Calculator, pixels: Pixels) -> None:
    for frame in (pixels[:100, :100], pixels, pixels[::2], pixels[:0], pixels.T):
        async with calculator.hold(frame) as held:
            field = await held.stars(SETTINGS)
        assert (field.height, field.width) == frame.shape


async def test_overlapping_holds_are_bounded_and_kept_apart(calculator: Calculator, pixels: Pixels) -> None:
    held_now = most = 0

    async def work(level: int) -> None:
        nonlocal held_now, most
        async with calculator.hold(np.full_like(pixels, level)) as held:
            held_now += 1
            most = max(most, held_now)
            assert (await held.stars(SETTINGS)).background == level
            held_now -= 1

    await asyncio.gather(*(work(level) for level in range(1000, 1008)))
    assert most == SLOTS


async def test_killed_during_a_request_it_is_restarted_and_the_request_repeated(
    calculator: Calculator, pixels: Pixels, facts: SubFacts, tmp_path: Path
) -> None:
    first = await running_pid(calculator)
    os.kill(first, signal.SIGSTOP)
    async with calculator.hold(pixels) as held:
        saving = asyncio.create_task(held.save(tmp_path / "sub.fits", facts))
        await asyncio.sleep(0)
        os.kill(first, signal.SIGKILL)
        await saving
    assert calculator.pid != first
    assert (read_fits(tmp_path / "sub.fits").pixels == pixels).all()
    assert not psutil.pid_exists(first)


async def test_killed_twice_during_one_request_is_an_error(calculator: Calculator, pixels: Pixels) -> None:
    async def kill_and_wait_for_the_next(last: int) -> int:
        os.kill(last, signal.SIGKILL)
        while calculator.pid in {None, last}:  # noqa: ASYNC110 - only its new process can tell
            await asyncio.sleep(0)
        assert calculator.pid
        os.kill(calculator.pid, signal.SIGSTOP)
        return calculator.pid

    first = await running_pid(calculator)
    os.kill(first, signal.SIGSTOP)
    async with calculator.hold(pixels) as held:
        measuring = asyncio.create_task(held.stars(SETTINGS))
        await asyncio.sleep(0)
        os.kill(await kill_and_wait_for_the_next(first), signal.SIGKILL)
        with pytest.raises(CalculationFailed):
            await measuring
        assert (await held.stars(SETTINGS)).count > 0


async def test_a_save_finished_by_a_process_that_died_before_it_said_so_counts(
    pixels: Pixels, facts: SubFacts, tmp_path: Path
) -> None:
    from appliance.imaging.work import save  # noqa: PLC0415 - the child's own function

    save(pixels, tmp_path / "sub.fits", facts, again=False)
    save(pixels, tmp_path / "sub.fits", facts, again=True)
    with pytest.raises(StorageFailed):
        save(pixels, tmp_path / "sub.fits", facts, again=False)


async def test_a_cancelled_caller_leaves_it_usable(calculator: Calculator, pixels: Pixels) -> None:
    pid = await running_pid(calculator)
    for _ in range(2 * SLOTS):

        async def measure() -> None:
            async with calculator.hold(pixels) as held:
                await held.stars(SETTINGS)

        task = asyncio.create_task(measure())
        for _ in range(50):  # well into it: copying, or waiting for the answer
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    async with calculator.hold(pixels) as held:
        assert (await held.stars(SETTINGS)).count > 0
    assert calculator.pid == pid


async def test_a_save_whose_caller_left_is_completed(pixels: Pixels, facts: SubFacts, tmp_path: Path) -> None:
    async with Calculator.start() as calculator:
        await running_pid(calculator)
        async with calculator.hold(pixels) as held:
            saving = asyncio.create_task(held.save(tmp_path / "sub.fits", facts))
            await asyncio.sleep(0)
            saving.cancel()
    assert names(tmp_path) == ["sub.fits"]
    assert (read_fits(tmp_path / "sub.fits").pixels == pixels).all()


async def test_storage_errors_cross_with_their_advice(
    calculator: Calculator, pixels: Pixels, facts: SubFacts, tmp_path: Path
) -> None:
    (tmp_path / "sub.fits").write_bytes(b"old")
    async with calculator.hold(pixels) as held:
        with pytest.raises(StorageFailed) as caught:
            await held.save(tmp_path / "sub.fits", facts)
    assert caught.value.advice == "Choose another name or folder."
    assert (tmp_path / "sub.fits").read_bytes() == b"old"


async def test_a_surprise_in_the_process_is_one_error_not_a_restart(
    calculator: Calculator, pixels: Pixels, tmp_path: Path
) -> None:
    pid = await running_pid(calculator)
    async with calculator.hold(pixels) as held:
        with pytest.raises(CalculationFailed, match="AttributeError"):
            await held._ask("save", (tmp_path / "sub.fits", None))
    assert calculator.pid == pid
    assert names(tmp_path) == []


async def test_nothing_is_left_behind() -> None:
    before = names(Path("/proc/self/fd"))
    async with Calculator.start() as calculator:
        pid = await running_pid(calculator)
    assert not psutil.pid_exists(pid)
    assert names(Path("/proc/self/fd")) == before


def test_it_ends_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    )
    with parent:
        assert parent.stdout
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    child.wait(timeout=10)


ORPHAN = """
import asyncio, numpy
from appliance.imaging.calculator import Calculator
from appliance.imaging.measure import StarSettings
async def main():
    async with Calculator.start() as calculator, calculator.hold(numpy.zeros((4, 4), "u2")) as held:
        await held.stars(StarSettings())
        print(calculator.pid, flush=True)
        await asyncio.sleep(1000)
asyncio.run(main())
"""


async def test_the_loop_is_not_blocked_by_a_big_frame(calculator: Calculator) -> None:
    frame, _ = render(Scene(width=4000, height=3000, stars=300, hot_pixels=500))
    await running_pid(calculator)
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            beats += 1
            await asyncio.sleep(0.001)

    async with calculator.hold(frame) as held:
        task = asyncio.create_task(beat())
        await held.stars(SETTINGS)
        task.cancel()
    assert beats > 10  # in this process the whole measurement would be one beat
