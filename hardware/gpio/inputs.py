"""One pin that is listened to: every edge is heard, and each question reads the pin itself."""

import asyncio
from collections.abc import Callable
from typing import Any

from hardware.errors import DeviceError
from hardware.gpio.debounce import Debounce
from hardware.gpio.pins import Claimed, input_pin
from hardware.wiring import Switch


class Input(Claimed):
    """A switch on a pin; `tell` is called with every turn of the answer, on the loop.

    `quick` is the answer that counts at its first edge; the other one only once the contact rests.
    Debouncing is ours, on the loop's clock: gpiozero's has a thread and a clock of its own.
    """

    def __init__(
        self, name: str, factory: Any, wiring: Switch, *, quick: bool, tell: Callable[[bool], None]
    ) -> None:
        super().__init__(name)
        self.pin = wiring.pin
        self._loop, self._tell = asyncio.get_running_loop(), tell
        # gpiozero calls a pin that is pulled up active while it is low.
        self._upside_down = (wiring.pull == "up") is (wiring.active == "high")
        self._device = self._hold(input_pin(factory, name, wiring.pin, wiring.pull))
        self._timer: asyncio.TimerHandle | None = None
        self._debounce = Debounce(self._read(), quick, wiring.debounce_seconds)
        self._device.when_activated = lambda: self._hand_over(True)
        self._device.when_deactivated = lambda: self._hand_over(False)

    @property
    def level(self) -> bool:
        """The answer as last heard, without a look at the pin."""
        return self._debounce.level

    def active(self) -> bool:
        """The answer after a look at the pin: DeviceLost when that fails, DeviceError while it flutters."""
        self._seen(self._read())
        if self._debounce.flutters(self._loop.time()):
            raise DeviceError(
                self.name,
                f"GPIO{self.pin} flutters, as an open or loose wire does",
                advice="Check the wire to the sensor, and `pull` in its setup.",
            )
        return self._debounce.level

    def release(self) -> None:
        super().release()
        if self._timer:
            self._timer.cancel()

    def _read(self) -> bool:
        return self._ask(lambda: bool(self._device.value)) is not self._upside_down

    def _hand_over(self, value: bool) -> None:
        """On gpiozero's thread."""
        try:
            self._loop.call_soon_threadsafe(self._seen, value is not self._upside_down)
        except RuntimeError:
            return  # the loop has closed: nobody listens any more

    def _seen(self, raw: bool) -> None:
        if self._debounce.edge(raw, self._loop.time()):
            self._tell(self._debounce.level)
        self._look_again()

    def _look_again(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        if (rests_at := self._debounce.rests_at) is not None and not self.lost:
            self._timer = self._loop.call_at(rests_at, self._rested)

    def _rested(self) -> None:
        if self._debounce.look(self._loop.time()):
            self._tell(self._debounce.level)
        self._look_again()


class OnPin:
    """A device that is nothing but one such pin; whoever makes it sets `_input`."""

    _input: Input

    @property
    def name(self) -> str:
        return self._input.name

    @property
    def lost(self) -> bool:
        return self._input.lost

    def release(self) -> None:
        """Give the pin back."""
        self._input.release()
