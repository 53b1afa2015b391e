"""What a person presses, sees and hears, and the computer behind it."""

from collections.abc import Sequence
from typing import Protocol

from hardware.devices.kinds import Device
from hardware.devices.values import BoardHealth


class Button(Device, Protocol):
    """A push button."""

    @property
    def pressed(self) -> bool:
        """Is it held down now?"""
        ...

    async def changed(self) -> bool:
        """The next press (True) or release (False) since opening, in order, none lost; for one listener."""
        ...


class StatusLight(Device, Protocol):
    """A light of any colour."""

    async def show(self, red: float, green: float, blue: float) -> None:
        """Each 0 (dark) to 1 (full); DeviceRefused outside."""
        ...


class Buzzer(Device, Protocol):
    """Something that beeps; at once, and until it is told to stop."""

    async def on(self, hz: float | None = None) -> None:
        """Sound at a frequency, or at its own; one that has a single tone sounds that."""
        ...

    async def off(self) -> None: ...


class TextDisplay(Device, Protocol):
    """A small display of so many lines and letters."""

    @property
    def rows(self) -> int: ...

    @property
    def columns(self) -> int: ...

    async def show(self, lines: Sequence[str]) -> None:
        """These lines from the top, the rest blank; what does not fit is left out."""
        ...


class Board(Device, Protocol):
    """The computer the box runs on."""

    async def health(self) -> BoardHealth: ...

    async def changed(self) -> None:
        """Returns when the answer may have changed; never, when the device can only be asked."""
        ...
