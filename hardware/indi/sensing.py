"""Contacts and voltages that any INDI driver reports, as a park sensor, a safety monitor, a power monitor."""

from hardware.devices import DeviceSpec, Power
from hardware.errors import DeviceError, DeviceRefused
from hardware.indi.asking import Ask, Fresh
from hardware.indi.changing import Changing
from hardware.indi.element import Element, Setting, known_words, means_yes, named, number
from hardware.indi.properties import Remote

CONTACT = ("element", "means")
# The roof waits for the answer; a battery does not empty so fast.
FRESH_SECONDS, FRESH_POWER_SECONDS = 5.0, 30.0
POWER = ("mains", "mains_means", "battery", "empty", "full")


class _Contact:
    """One element that says yes while it has the value that `means` it.

    A driver that has said nothing of it for FRESH_SECONDS is asked: what it said an hour ago is no answer.
    """

    def __init__(self, spec: DeviceSpec, words: dict[str, Setting], remote: Remote, ask: Ask) -> None:
        known_words(spec, words, CONTACT)
        self.name = spec.name
        self._element = Element(remote, *named(spec, words, "element"))
        self._means = words.get("means")
        self._changing = Changing(remote, self._element.name)
        self._fresh = Fresh(remote, ask, FRESH_SECONDS, self._element.name)
        self._element.property()

    @property
    def lost(self) -> bool:
        return self._element.remote.lost

    async def _yes(self) -> bool:
        await self._fresh.proved()
        self._changing.answered()
        return means_yes(self._element.reading(), self._means)

    async def changed(self) -> None:
        await self._changing.changed()


class IndiParkSensor(_Contact):
    """Satisfies ParkSensor: pressed while `element` has the value that `means` it. Made by IndiOpener."""

    async def parked(self) -> bool:
        return await self._yes()


class IndiContactMonitor(_Contact):
    """Satisfies SafetyMonitor: safe while `element` has the value that `means` it. Made by IndiOpener."""

    async def safe(self) -> bool:
        return await self._yes()


class IndiPowerMonitor:
    """Satisfies PowerMonitor: mains from one element, charge from another, each where it is named.

    The charge is where the battery's number stands between `empty` (0) and `full` (100): percents as they
    are, volts with the battery's own two. Made by IndiOpener.
    """

    def __init__(self, spec: DeviceSpec, words: dict[str, Setting], remote: Remote, ask: Ask) -> None:
        known_words(spec, words, POWER)
        self.name, self._remote = spec.name, remote
        elements = {
            key: Element(remote, *named(spec, words, key)) for key in ("mains", "battery") if key in words
        }
        if not elements:
            raise DeviceRefused(
                self.name,
                "its setup names neither mains nor battery",
                advice='Write setup = { battery = "PROPERTY.ELEMENT" }; indi_getprop lists them.',
            )
        self._mains, self._battery = elements.get("mains"), elements.get("battery")
        self._mains_means = words.get("mains_means")
        self._empty, self._full = number(spec, words, "empty", 0.0), number(spec, words, "full", 100.0)
        if self._empty >= self._full:
            raise DeviceRefused(self.name, "setup.empty must be less than setup.full")
        for element in elements.values():
            element.property()
        names = tuple(element.name for element in elements.values())
        self._changing, self._fresh = (
            Changing(remote, *names),
            Fresh(remote, ask, FRESH_POWER_SECONDS, *names),
        )

    @property
    def lost(self) -> bool:
        return self._remote.lost

    async def power(self) -> Power:
        await self._fresh.proved()
        self._changing.answered()
        mains = None if self._mains is None else means_yes(self._mains.reading(), self._mains_means)
        return Power(mains, None if self._battery is None else self._percent(self._battery))

    def _percent(self, battery: Element) -> float:
        value = battery.reading()
        if not isinstance(value, float):
            raise DeviceError(self.name, f"{value!r} is no charge")
        return min(100.0, max(0.0, (value - self._empty) / (self._full - self._empty) * 100))

    async def changed(self) -> None:
        await self._changing.changed()
