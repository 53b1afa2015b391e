"""The Pi's own health, from files as its kernel has them and from its firmware's tool."""

import logging
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from hardware.devices import BoardHealth
from hardware.errors import DeviceError, DeviceLost, DeviceMissing, DeviceRefused
from hardware.gpio.board import health, keeps_outputs
from hardware.gpio.opener import GpioOpener
from hardware.virtual_time import VirtualLoop
from tests.electrics import ROOF, Electrics, spec


def run(work: Coroutine[Any, Any, None]) -> None:
    loop = VirtualLoop()
    try:
        loop.run_until_complete(work)
    finally:
        loop.close()


@pytest.fixture
def sysfs(tmp_path: Path) -> Path:
    firmware = tmp_path / "devices/platform/soc/soc:firmware/get_throttled"
    firmware.parent.mkdir(parents=True)
    firmware.write_text("0\n")
    thermal = tmp_path / "class/thermal/thermal_zone0/temp"
    thermal.parent.mkdir(parents=True)
    thermal.write_text("48686\n")
    return tmp_path


def test_each_bit_has_its_meaning() -> None:
    names = ("undervoltage", "frequency_capped", "throttled", "too_hot")
    for bit, name in enumerate(names):
        assert health(f"{1 << bit:x}\n", None) == BoardHealth(**{name: True})
        assert health(f"throttled=0x{1 << bit + 16:x}\n", None) == BoardHealth(**{f"{name}_since_boot": True})
    assert health("throttled=0x0\n", "48686\n") == BoardHealth(celsius=48.686)


def test_the_kernel_is_read_at_every_question(sysfs: Path) -> None:
    async def ask() -> None:
        board = await GpioOpener(sysfs=sysfs).board(spec("Pi"))
        assert await board.health() == BoardHealth(celsius=48.686)
        firmware = sysfs / "devices/platform/soc/soc:firmware/get_throttled"
        firmware.write_text("50005\n")
        now = await board.health()
        assert now.undervoltage
        assert now.undervoltage_since_boot
        assert now.throttled
        assert not now.frequency_capped
        firmware.write_text("soon\n")
        with pytest.raises(DeviceError, match="no sense"):
            await board.health()
        assert not board.lost
        firmware.unlink()
        with pytest.raises(DeviceLost):
            await board.health()
        assert board.lost

    run(ask())


def test_where_the_kernel_does_not_tell_the_firmware_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "vcgencmd"
    tool.write_text('#!/bin/sh\n[ "$1" = get_throttled ] && echo throttled=0x50000\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    async def ask() -> None:
        board = await GpioOpener(sysfs=tmp_path).board(spec("Pi"))
        assert await board.health() == BoardHealth(undervoltage_since_boot=True, throttled_since_boot=True)
        tool.write_text("#!/bin/sh\necho VCHI initialization failed >&2\nexit 255\n")
        with pytest.raises(DeviceLost):
            await board.health()

    run(ask())


def test_another_computer_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    async def ask() -> None:
        with pytest.raises(DeviceMissing, match="Raspberry Pi"):
            await GpioOpener(sysfs=tmp_path).board(spec("Pi"))
        with pytest.raises(DeviceRefused, match="no setting"):
            await GpioOpener(sysfs=tmp_path).board(spec("Pi", pin=4))

    run(ask())


@pytest.mark.parametrize(("said", "kept"), [("Y\n", True), ("N\n", False)])
def test_a_kernel_that_leaves_outputs_as_they_are_is_warned_of(
    sysfs: Path, caplog: pytest.LogCaptureFixture, said: str, kept: bool
) -> None:
    assert not keeps_outputs(sysfs)
    parameter = sysfs / "module/pinctrl_bcm2835/parameters/persist_gpio_outputs"
    parameter.parent.mkdir(parents=True)
    parameter.write_text(said)
    assert keeps_outputs(sysfs) is kept

    async def open_roof() -> None:
        await GpioOpener(Electrics().factory, sysfs=sysfs).roof(spec("Roof", **ROOF))

    with caplog.at_level(logging.WARNING):
        run(open_roof())
    assert ("strict_gpiod" in caplog.text) is kept
