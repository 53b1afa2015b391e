"""What has to be asked, and is only while somebody looks: the air, the power, cover and panel."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from appliance.errors import DeviceError
from appliance.rig import Rig
from hardware.devices import BoardHealth, Conditions, CoverState, Power

D = TypeVar("D")
T = TypeVar("T")
ASK_SECONDS = 10.0


@dataclass(slots=True)
class Measured:
    """The last answers; what is not there or did not answer is not known."""

    air: Conditions = Conditions()  # noqa: RUF009 - frozen
    power: Power = Power()  # noqa: RUF009 - frozen
    board: BoardHealth | None = None
    cover: CoverState | None = None
    light: int | None = None
    brightest: int = 0

    async def ask(self, rig: Rig) -> None:
        """All of them once; whoever needs one of them for the night opens it, not we."""
        self.air = await _answer(lambda: rig.weather, lambda one: one.conditions()) or Conditions()
        self.power = await _answer(lambda: rig.power, lambda one: one.power()) or Power()
        self.board = await _answer(lambda: rig.board, lambda one: one.health())
        self.cover = await _answer(lambda: rig.cover, lambda one: one.state())
        self.light = await _answer(lambda: rig.flat_panel, lambda one: one.level())
        with suppress(DeviceError):
            self.brightest = rig.flat_panel.brightest if rig.flat_panel else 0


async def _answer(get: Callable[[], D | None], question: Callable[[D], Awaitable[T]]) -> T | None:
    """None from one that is missing, away, silent, or at a loss."""
    with suppress(DeviceError, TimeoutError):
        async with asyncio.timeout(ASK_SECONDS):
            device = get()
            return None if device is None else await question(device)
    return None
