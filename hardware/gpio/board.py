"""How the Raspberry Pi itself fares, from the kernel and the firmware."""

import shutil
import subprocess
from pathlib import Path

from hardware.asked import Asked
from hardware.devices import BoardHealth
from hardware.errors import DeviceError, DeviceLost, DeviceMissing
from hardware.worker import Worker

SYSFS = Path("/sys")
FIRMWARE = "devices/platform/*/*firmware/get_throttled"
THERMAL = "class/thermal/thermal_zone0/temp"
PERSISTING = "module/pinctrl_*/parameters/persist_gpio_outputs"
WITHIN_SECONDS = 10.0


class GpioBoard(Asked):
    """Satisfies Board; made by `opened`."""

    def __init__(self, name: str, firmware: Path | None, thermal: Path) -> None:
        self.name, self.lost = name, False
        self._firmware, self._thermal = firmware, thermal
        self._worker = Worker(name)

    @classmethod
    async def opened(cls, name: str, sysfs: Path) -> "GpioBoard":
        """DeviceMissing on a computer that is no Raspberry Pi."""
        firmware = _firmware(sysfs)
        if firmware is None and shutil.which("vcgencmd") is None:
            raise DeviceMissing(
                name,
                "this computer does not tell about its supply, as a Raspberry Pi does",
                advice="Take [board] out of the profile, or install vcgencmd (Debian: raspi-utils).",
            )
        board = cls(name, firmware, sysfs / THERMAL)
        await board.health()
        return board

    async def health(self) -> BoardHealth:
        """DeviceError when the firmware's answer makes no sense, DeviceLost when there is none."""
        try:
            return await self._worker.call_within(WITHIN_SECONDS, self._read)
        except (OSError, subprocess.SubprocessError) as silent:
            self.lost = True
            raise DeviceLost(self.name, f"the firmware does not answer ({silent})") from silent
        except DeviceLost:
            self.lost = True
            raise
        except ValueError as odd:
            raise DeviceError(self.name, f"the firmware's answer makes no sense ({odd})") from odd

    def release(self) -> None:
        """Nothing more will be asked."""
        self.lost = True
        self._worker.close()

    def _read(self) -> BoardHealth:
        said = self._firmware.read_text() if self._firmware else _vcgencmd()
        millidegrees = self._thermal.read_text() if self._thermal.exists() else None
        return health(said, millidegrees)


def health(throttled: str, millidegrees: str | None) -> BoardHealth:
    """From the texts of the firmware ("50005", "throttled=0x50005") and of the kernel's thermal zone.

    Bits as Raspberry Pi document them for `vcgencmd get_throttled`: 0 undervoltage, 1 frequency capped,
    2 throttled, 3 soft temperature limit; the same from 16 on: has happened since boot. ValueError else.
    """
    bits = int(throttled.strip().rpartition("=")[2], 16)

    def has(bit: int) -> bool:
        return bool(bits >> bit & 1)

    return BoardHealth(
        undervoltage=has(0), frequency_capped=has(1), throttled=has(2), too_hot=has(3),
        undervoltage_since_boot=has(16), frequency_capped_since_boot=has(17),
        throttled_since_boot=has(18), too_hot_since_boot=has(19),
        celsius=None if millidegrees is None else int(millidegrees) / 1000,
    )  # fmt: skip


def keeps_outputs(sysfs: Path) -> bool:
    """Does this kernel leave an output as it was when the process that drove it has died?

    So do Raspberry Pi's kernels unless config.txt has dtparam=strict_gpiod.
    """
    return any(path.read_text().strip() == "Y" for path in sysfs.glob(PERSISTING))


def _firmware(sysfs: Path) -> Path | None:
    return next(iter(sorted(sysfs.glob(FIRMWARE))), None)


def _vcgencmd() -> str:
    command = shutil.which("vcgencmd") or "vcgencmd"
    return subprocess.run(
        [command, "get_throttled"], capture_output=True, text=True, check=True, timeout=WITHIN_SECONDS / 2
    ).stdout
