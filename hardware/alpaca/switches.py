"""Channels of an Alpaca switch device: outputs that are set, contacts and gauges that are read."""

from dataclasses import dataclass
from math import isfinite
from typing import Self

from hardware.alpaca.base import AlpacaDevice
from hardware.alpaca.link import Link
from hardware.alpaca.place import whole
from hardware.asked import Asked
from hardware.devices import DeviceSpec, Power
from hardware.errors import DeviceError, DeviceRefused, DeviceUnsupported

NEAR = 0.02


@dataclass(frozen=True, slots=True)
class Range:
    """What a channel takes."""

    low: float
    high: float
    step: float

    @property
    def dimmable(self) -> bool:
        return self.step > 0 and (self.high - self.low) / self.step > 1.5

    def value(self, level: float) -> float:
        """The channel's own value, at a step, for a level of 0 to 1."""
        steps = round(level * (self.high - self.low) / self.step) if self.step > 0 else 0
        return min(self.high, self.low + steps * self.step)

    def level(self, value: float) -> float:
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


class AlpacaOutput(AlpacaDevice):
    """Satisfies Output: channel `switch` of the device."""

    def __init__(self, link: Link, channel: int, span: Range) -> None:
        super().__init__(link)
        self._channel, self._span = channel, span

    @classmethod
    async def open_(cls, link: Link, channel: int) -> "AlpacaOutput":
        """DeviceRefused for a channel that is not there, DeviceUnsupported for one that is only read."""
        await _there(link, channel)
        if not await link.ask(lambda device: device.CanWrite(channel)):
            raise DeviceUnsupported(link.name, f"channel {channel} can only be read")
        span = Range(
            await link.ask(lambda device: float(device.MinSwitchValue(channel))),
            await link.ask(lambda device: float(device.MaxSwitchValue(channel))),
            await link.ask(lambda device: float(device.SwitchStep(channel))),
        )
        if span.low >= span.high:
            raise DeviceUnsupported(link.name, f"channel {channel} has only one value")
        return cls(link, channel, span)

    @property
    def dimmable(self) -> bool:
        return self._span.dimmable

    async def level(self) -> float:
        channel = self._channel
        return self._span.level(await self._link.ask(lambda device: float(device.GetSwitchValue(channel))))

    async def set_level(self, level: float) -> None:
        if not 0.0 <= level <= 1.0:
            raise DeviceRefused(self.name, f"level {level:g} is not 0 to 1")
        if not self.dimmable and level not in {0.0, 1.0}:
            raise DeviceRefused(self.name, "it is on or off, and nothing between")
        channel, value = self._channel, self._span.value(level)
        await self._link.ask(lambda device: device.SetSwitchValue(channel, value))
        if abs((now := await self.level()) - self._span.level(value)) > NEAR:
            raise DeviceError(self.name, f"it is at {now:.0%} instead of {level:.0%}")


class _Contact(AlpacaDevice, Asked):
    """Channel `switch` says yes while it is on; with `inverted`, while it is off."""

    def __init__(self, link: Link, channel: int, *, inverted: bool) -> None:
        super().__init__(link)
        self._channel, self._inverted = channel, inverted

    @classmethod
    async def open_(cls, link: Link, channel: int, *, inverted: bool) -> Self:
        """DeviceRefused for a channel that is not there."""
        await _there(link, channel)
        return cls(link, channel, inverted=inverted)

    async def _yes(self) -> bool:
        channel = self._channel
        return bool(await self._link.ask(lambda device: device.GetSwitch(channel))) is not self._inverted


class AlpacaParkSensor(_Contact):
    """Satisfies ParkSensor: yes is pressed."""

    async def parked(self) -> bool:
        return await self._yes()


class AlpacaContactMonitor(_Contact):
    """Satisfies SafetyMonitor: yes is safe."""

    async def safe(self) -> bool:
        return await self._yes()


@dataclass(frozen=True, slots=True)
class Gauges:
    """Which channels tell of the power: `mains` a contact, `battery` a number; None is not there.

    The charge is where the number stands between `empty` (0 %) and `full` (100 %).
    """

    mains: int | None
    battery: int | None
    empty: float = 0.0
    full: float = 100.0


class AlpacaPowerMonitor(AlpacaDevice, Asked):
    """Satisfies PowerMonitor."""

    def __init__(self, link: Link, gauges: Gauges) -> None:
        super().__init__(link)
        self._gauges = gauges

    @classmethod
    async def open_(cls, link: Link, gauges: Gauges) -> "AlpacaPowerMonitor":
        """DeviceRefused for a channel that is not there."""
        for key, channel in (("mains", gauges.mains), ("battery", gauges.battery)):
            if channel is not None:
                await _there(link, channel, key)
        return cls(link, gauges)

    async def power(self) -> Power:
        mains, battery = self._gauges.mains, self._gauges.battery
        on = None if mains is None else bool(await self._link.ask(lambda device: device.GetSwitch(mains)))
        return Power(on, None if battery is None else await self._percent(battery))

    async def _percent(self, channel: int) -> float:
        value = await self._link.ask(lambda device: float(device.GetSwitchValue(channel)))
        if not isfinite(value):
            raise DeviceError(self.name, f"{value!r} is no charge")
        empty, full = self._gauges.empty, self._gauges.full
        return min(100.0, max(0.0, (value - empty) / (full - empty) * 100))


def gauges_of(spec: DeviceSpec) -> Gauges:
    """DeviceRefused when the setup names no channel, or limits that cannot be."""
    setup = spec.setup
    channels = {key: whole(spec, key, setup[key]) for key in ("mains", "battery") if key in setup}
    if not channels:
        said, advice = "its setup names neither mains nor battery", "Write setup = { ..., battery = 3 }."
        raise DeviceRefused(spec.name, said, advice=f"{advice} Channels count from 0.")
    empty, full = (setup.get(key, default) for key, default in (("empty", 0.0), ("full", 100.0)))
    if isinstance(empty, str | bool) or isinstance(full, str | bool) or not empty < full:
        raise DeviceRefused(spec.name, "setup.empty must be a number less than setup.full")
    return Gauges(channels.get("mains"), channels.get("battery"), float(empty), float(full))


async def _there(link: Link, channel: int, key: str = "switch") -> None:
    count = await link.ask(lambda device: int(device.MaxSwitch))
    if channel >= count:
        raise DeviceRefused(
            link.name, f"setup.{key} = {channel}: it has {count} channels", advice="They count from 0."
        )


def channel_of(spec: DeviceSpec) -> str:
    """DeviceRefused when the setup does not say which channel."""
    if "switch" not in spec.setup:
        raise DeviceRefused(
            spec.name,
            "its setup does not say which channel of the switch device it is",
            advice='Write setup = { address = "...", number = 0, switch = 3 }; they count from 0.',
        )
    return "switch"
