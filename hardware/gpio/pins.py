"""The header's pins: which library drives them, and who has claimed which."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import gpiozero
from gpiozero.exc import GPIOPinInUse, PinPWMError

from hardware.errors import DeviceError, DeviceLost, DeviceMissing, DeviceRefused, DeviceUnsupported
from hardware.worker import Worker

R = TypeVar("R")
OPEN_SECONDS = 10.0
ADVICE = (
    "Run Nightbox on a Raspberry Pi as a user of the group gpio, with lgpio installed "
    "(Debian: python3-lgpio); or take what has driver = \"gpio\" out of the profile."
)  # fmt: skip


class Pins:
    """The pin factory, opened when the first device needs it: Linux' own GPIO lines (lgpio) unless given.

    Of gpiozero's libraries only lgpio will do: the kernel owns its lines and takes them back from a process
    that dies, while those that write the chip's registers leave a motor running.
    """

    def __init__(self, factory: Any = None) -> None:
        self._factory, self._ours = factory, factory is None

    async def factory(self, device: str) -> Any:
        """DeviceMissing where there is no header, or no right to it."""
        if self._factory is None:
            worker = Worker("GPIO")
            try:
                kind = _lgpio()
                self._factory = await worker.call_within(OPEN_SECONDS, kind)
            except Exception as none:  # each library fails in its own way; all mean the same
                raise DeviceMissing(
                    device, f"this computer shows no GPIO pins ({none})", advice=ADVICE
                ) from none
            finally:
                worker.close()
        return self._factory

    def close(self) -> None:
        """Give every line back to the kernel."""
        if self._ours and self._factory is not None:
            self._factory.close()
            self._factory = None


def _lgpio() -> Callable[[], Any]:
    """The pin factory's class. Importing lgpio makes a FIFO in the working directory, which it needs to
    read edges and never removes: that shall be neither the user's folder nor one that cannot be written.

    Not on a worker's thread: the directory is the whole process's, and nobody else may run meanwhile.
    """
    here = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    try:
        with tempfile.TemporaryDirectory(prefix="nightbox-gpio-") as folder:
            os.chdir(folder)
            try:
                from gpiozero.pins.lgpio import LGPIOFactory  # noqa: PLC0415 - only where there are pins
            finally:
                os.fchdir(here)
    finally:
        os.close(here)
    return LGPIOFactory  # type: ignore[no-any-return]


@contextmanager
def claiming(device: str, pin: int) -> Iterator[None]:
    """What can go wrong while a pin is claimed, in words."""
    try:
        yield
    except GPIOPinInUse as used:
        raise DeviceRefused(
            device, f"GPIO{pin} is in use by another device", advice="Give each its own pin in the profile."
        ) from used
    except PinPWMError as undimmed:
        raise DeviceUnsupported(device, f"GPIO{pin} cannot be dimmed here") from undimmed
    except DeviceError:
        raise
    except Exception as other:  # lgpio's own errors among them, which cannot be named without its import
        raise DeviceRefused(
            device, f"GPIO{pin} cannot be claimed ({other})", advice="See that no other program uses it."
        ) from other


class Claimed:
    """Base of the devices: what they ask of their pins. It takes microseconds."""

    def __init__(self, name: str) -> None:
        self.name, self.lost = name, False
        self._held: list[Any] = []

    def _hold(self, pin: Any) -> Any:
        self._held.append(pin)
        return pin

    def _ask(self, question: Callable[[], R]) -> R:
        """DeviceLost, for good, when the library fails."""
        try:
            return question()
        except Exception as failed:  # as in claiming
            self.lost = True
            raise DeviceLost(self.name, f"its pin does not answer ({failed})") from failed

    def _set(self, pin: Any, value: float) -> None:
        self._ask(lambda: setattr(pin, "value", value))

    def release(self) -> None:
        """Outputs off, and all pins given back."""
        self.lost = True
        for pin in self._held:
            pin.close()
        self._held.clear()


def input_pin(factory: Any, device: str, pin: int, pull: str) -> Any:
    """A pin to be listened to; its `value` is 1 while low when it is pulled up, else while high."""
    pull_up = {"up": True, "down": False, "none": None}[pull]
    with claiming(device, pin):
        return gpiozero.DigitalInputDevice(
            pin, pull_up=pull_up, active_state=True if pull_up is None else None, pin_factory=factory
        )


def output_pin(factory: Any, device: str, pin: int, *, active_high: bool, start: bool = False) -> Any:
    """A pin that is switched; `value` 1 is active."""
    with claiming(device, pin):
        return gpiozero.OutputDevice(pin, active_high=active_high, initial_value=start, pin_factory=factory)


def dimmed_pin(
    factory: Any, device: str, pin: int, *, active_high: bool, start: float = 0.0, hertz: float = 100.0
) -> Any:
    """A pin that is pulsed; `value` is the share of time it is active."""
    with claiming(device, pin):
        return gpiozero.PWMOutputDevice(
            pin, active_high=active_high, initial_value=start, frequency=hertz, pin_factory=factory
        )
