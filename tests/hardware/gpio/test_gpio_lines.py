"""Real GPIO lines: the kernel's gpio-sim behind lgpio, as on a Pi. In real time; skipped without gpio-sim."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from hardware.gpio.opener import GpioOpener
from tests.electrics import spec

CONFIGFS = Path("/sys/kernel/config/gpio-sim")
LINES = 28
# A Pi 3B: which pins the header has.
REVISION = 0xA02082
RELAY_ON = """
import asyncio, sys
from tests.hardware.gpio.test_gpio_lines import factory
from hardware.devices import DeviceSpec
from hardware.gpio.opener import GpioOpener

async def main():
    await GpioOpener(factory(int(sys.argv[1]))).output(DeviceSpec("gpio", "Relay", {"pin": 5, "at_start": 1}))
    print("on", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def factory(chip: int) -> Any:
    """gpiozero's own lgpio factory, told which computer this is."""
    from gpiozero.pins.lgpio import LGPIOFactory  # noqa: PLC0415 - importing it starts a thread

    class OnAChip(LGPIOFactory):  # type: ignore[misc]
        def _get_revision(self) -> int:
            return REVISION

    return OnAChip(chip)


class Chip:
    """One simulated chip of the kernel: what is wired to its lines, and what they put out."""

    def __init__(self, folder: Path) -> None:
        bank = folder / "bank0"
        bank.mkdir(parents=True)
        (bank / "num_lines").write_text(str(LINES))
        (folder / "live").write_text("1")
        chip = (bank / "chip_name").read_text().strip()
        self.number = int(chip.removeprefix("gpiochip"))
        self._lines = Path("/sys/devices/platform") / (folder / "dev_name").read_text().strip() / chip

    def wire(self, line: int, high: bool) -> None:
        (self._lines / f"sim_gpio{line}" / "pull").write_text("pull-up" if high else "pull-down")

    def reads(self, line: int) -> bool:
        return (self._lines / f"sim_gpio{line}" / "value").read_text().strip() == "1"


@pytest.fixture
def chip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chip]:
    with suppress(OSError):
        subprocess.run(["modprobe", "gpio-sim"], capture_output=True, check=False)
    if not CONFIGFS.is_dir() or not os.access(CONFIGFS, os.W_OK):
        pytest.skip("this kernel offers no gpio-sim to this user")
    pytest.importorskip("lgpio")
    monkeypatch.chdir(tmp_path)  # where lgpio leaves its FIFO
    folder = CONFIGFS / f"nightbox-{os.getpid()}"
    try:
        yield Chip(folder)
    finally:
        (folder / "live").write_text("0")
        (folder / "bank0").rmdir()
        folder.rmdir()


async def test_both_edges_of_a_real_line_are_told(chip: Chip) -> None:
    async with GpioOpener(factory(chip.number)).running() as opener:
        monitor = await opener.safety_monitor(spec("Rain", pin=17, debounce_seconds=0.02))
        assert not await monitor.safe(), "the pull-up alone: a cut wire"
        for high in (False, True, False):
            chip.wire(17, high)
            async with asyncio.timeout(5.0):
                await monitor.changed()
            assert await monitor.safe() is not high


async def test_a_real_line_is_switched_and_given_back(chip: Chip) -> None:
    async with GpioOpener(factory(chip.number)).running() as opener:
        output = await opener.output(spec("Relay", pin=5))
        for level in (1.0, 0.0, 1.0):
            await output.set_level(level)
            assert chip.reads(5) is bool(level)
            assert await output.level() == level
    chip.wire(5, False)
    assert not chip.reads(5)


def test_the_kernel_takes_the_line_back_from_a_process_that_was_killed(chip: Chip) -> None:
    chip.wire(5, False)
    process = subprocess.Popen(
        [sys.executable, "-c", RELAY_ON, str(chip.number)], stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )  # fmt: skip
    assert process.stdout
    assert process.stdout.readline() == b"on\n"
    assert chip.reads(5)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert not chip.reads(5)
