"""The kernel's GPIO structures byte by byte; and a real line where the kernel offers gpio-sim."""

import itertools
import os
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.guardian import chardev
from appliance.guardian.chardev import ACTIVE_LOW, INPUT, OUTPUT, PULL, Line, chips, granted, request
from appliance.guardian.pins import BOARD, offset
from appliance.guardian.problems import Trouble

CONFIGFS = Path("/sys/kernel/config/gpio-sim")


def test_the_sizes_and_numbers_are_the_kernels() -> None:
    assert chardev.CHIP_INFO.size == 68
    assert chardev.ATTRIBUTE.size == 24  # gpio_v2_line_config_attribute
    assert chardev.CONFIG.size + 10 * chardev.ATTRIBUTE.size == 272  # gpio_v2_line_config
    assert chardev.REQUEST_BYTES == 592
    assert chardev.VALUES.size == 16
    assert chardev.GET_CHIP_INFO == 0x8044B401
    assert chardev.GET_LINE == 0xC250B407
    assert chardev.GET_VALUES == 0xC010B40E
    assert chardev.SET_VALUES == 0xC010B40F


def test_an_input_is_asked_for_with_its_pull() -> None:
    raw = request(17, INPUT | PULL["up"] | ACTIVE_LOW)
    assert len(raw) == 592
    assert struct.unpack_from("=2I", raw) == (17, 0)
    assert raw[256:288].rstrip(b"\0") == b"nightbox-guardian"
    flags, attributes = struct.unpack_from("=QI", raw, 288)
    assert (flags, attributes) == (1 << 2 | 1 << 8 | 1 << 1, 0)
    assert struct.unpack_from("=II", raw, 560) == (1, 0)
    assert granted(raw) == -1


def test_an_output_begins_inactive() -> None:
    raw = request(5, OUTPUT)
    flags, attributes = struct.unpack_from("=QI", raw, 288)
    identity, padding, value, mask = struct.unpack_from("=IIQQ", raw, 320)
    assert (flags, attributes) == (1 << 3, 1)
    assert (identity, padding, value, mask) == (2, 0, 0, 1)
    assert not any(raw[344:560])


def test_a_pin_has_many_names() -> None:
    assert {offset(name) for name in (17, "17", 17.0, "GPIO17", "BCM17", "gpio17", "BOARD11")} == {17}
    assert len(set(BOARD.values())) == 26
    for wrong in ("BOARD1", "seven", ""):
        with pytest.raises(Trouble):
            offset(wrong)


def test_what_is_no_chip_is_said(tmp_path: Path) -> None:
    (tmp_path / "gpiochip0").write_bytes(b"")
    assert chips(tmp_path) == []
    with pytest.raises(Trouble, match="gpiochip0 line 4 cannot be used"):
        Line(tmp_path / "gpiochip0", 4, INPUT)


@pytest.fixture
def simulated() -> Iterator[Path]:
    """A chip of eight lines; `pull` of a line is its voltage from outside."""
    if not (CONFIGFS.exists() and os.access(CONFIGFS, os.W_OK)):
        pytest.skip("this kernel offers no gpio-sim (modprobe gpio-sim, as root)")
    device = CONFIGFS / "nightbox-guardian"
    (device / "bank").mkdir(parents=True)
    try:
        (device / "bank" / "num_lines").write_text("8")
        (device / "live").write_text("1")
        yield (
            Path("/sys/devices/platform")
            / (device / "dev_name").read_text().strip()
            / (device / "bank" / "chip_name").read_text().strip()
        )
    finally:
        (device / "live").write_text("0")
        (device / "bank").rmdir()
        device.rmdir()


def test_a_real_line_is_read_and_driven(simulated: Path) -> None:
    chip = Path("/dev") / simulated.name
    for low, pulled in itertools.product((False, True), ("pull-up", "pull-down")):
        (simulated / "sim_gpio3" / "pull").write_text(pulled)
        line = Line(chip, 3, INPUT | (ACTIVE_LOW if low else 0))
        assert line.get() is ((pulled == "pull-up") is not low)
        line.close()
    relay = Line(chip, 4, OUTPUT)
    voltage = simulated / "sim_gpio4" / "value"
    assert voltage.read_text().strip() == "0"
    relay.set(True)
    assert voltage.read_text().strip() == "1"
    with pytest.raises(Trouble, match="line 4 cannot be used"):
        Line(chip, 4, OUTPUT)
    relay.close()
