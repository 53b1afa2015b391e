"""One channel of an INDI power box, or any other switch or number of a driver."""

import asyncio

from hardware.devices import DeviceSpec
from hardware.errors import DeviceError, DeviceRefused, DeviceUnsupported
from hardware.indi.element import Element, Setting, known_words, named, number
from hardware.indi.link import Kind, Property, Value
from hardware.indi.properties import Remote

WORDS = ("element", "off", "full")
NEAR = 0.02  # what a driver may round: 255 steps, whole percents
SETTLE_SECONDS = 10.0
_OFF = ("DISABLED", "OFF")


class IndiOutput:
    """Satisfies Output. Made by IndiOpener.

    `one_at_a_time` is shared by all outputs of one property: a number is sent together with its neighbours
    of the same vector, and two who write at once would undo each other's.
    """

    def __init__(
        self, spec: DeviceSpec, words: dict[str, Setting], remote: Remote, one_at_a_time: asyncio.Lock
    ) -> None:
        known_words(spec, words, WORDS)
        self.name = spec.name
        self._element = Element(remote, *named(spec, words, "element"))
        self._one_at_a_time = one_at_a_time
        prop = self._element.property()
        if prop.kind not in {Kind.NUMBER, Kind.SWITCH} or not prop.writable:
            raise DeviceUnsupported(self.name, f"{self._element.name} is nothing that can be set")
        limits = prop.limits.get(self._element.element)
        bounded = limits is not None and limits.minimum < limits.maximum
        low, high = (limits.minimum, limits.maximum) if limits is not None and bounded else (0.0, 100.0)
        self._off, self._full = number(spec, words, "off", low), number(spec, words, "full", high)
        if self._off == self._full:
            raise DeviceRefused(self.name, "setup.off and setup.full are the same")

    @property
    def lost(self) -> bool:
        return self._element.remote.lost

    @property
    def dimmable(self) -> bool:
        return self._element.property().kind is Kind.NUMBER

    async def level(self) -> float:
        value = self._element.property().values[self._element.element]
        if isinstance(value, bool):
            return float(value)
        if not isinstance(value, float):
            raise DeviceError(self.name, f"{value!r} is no level")
        return min(1.0, max(0.0, (value - self._off) / (self._full - self._off)))

    async def set_level(self, level: float) -> None:
        if not 0.0 <= level <= 1.0:
            raise DeviceRefused(self.name, f"level {level:g} is not 0 to 1")
        if not self.dimmable and level not in {0.0, 1.0}:
            raise DeviceRefused(self.name, "it is on or off, and nothing between")
        async with self._one_at_a_time:
            values = self._values(self._element.property(), level)
            await self._element.remote.set(self._element.name, values, within=SETTLE_SECONDS)
        if abs(await self.level() - level) > NEAR:
            raise DeviceError(self.name, f"it is at {await self.level():.0%} instead of {level:.0%}")

    def _values(self, prop: Property, level: float) -> dict[str, Value]:
        element = self._element.element
        if prop.kind is Kind.NUMBER:
            return {element: self._off + level * (self._full - self._off)}
        # Of two switches of which one is always on, "off" is switching on the other.
        others = [name for name in prop.values if name != element]
        if level == 0 and len(others) == 1 and others[0].upper().endswith(_OFF):
            return {others[0]: True}
        return {element: level > 0}
