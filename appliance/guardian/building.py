"""From the controller's brief to a rig that can be commanded."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from appliance.guardian import pins
from appliance.guardian.brief import Brief, Device
from appliance.guardian.clock import Clock
from appliance.guardian.gpio_rig import Buzzer, GpioSensor, Relay, gpio_roof
from appliance.guardian.indi import Indi
from appliance.guardian.indi_rig import IndiMount, IndiRoof, IndiSensor
from appliance.guardian.problems import Trouble
from appliance.guardian.rig import Mount, ParkSensor, Rig, Roof

T = TypeVar("T")
GONE_WITH_IT = "simulator"  # the controller's own simulator dies with it


class Builder:
    """Builds what it can, and keeps it: a GPIO line can be taken once. What is missing is tried again."""

    def __init__(self, brief: Brief, indi: Indi, clock: Clock, dev: Path = Path("/dev")) -> None:
        self._brief, self._indi, self._clock, self._dev = brief, indi, clock, dev
        self._built: dict[str, object] = {}

    def rig(self) -> Rig:
        """As much of it as can be reached now; what cannot is named in words."""
        brief = self._brief
        missing: list[str] = []
        # The roof is first: with it its relays are off, whatever they were when the controller died.
        roof = self._part("roof", brief.roof, self._roof, missing)
        sensor = self._part("park sensor", brief.park_sensor, self._sensor, missing)
        mount = self._part("mount", brief.mount, self._mount, missing)
        if brief.park_sensor is not None and sensor is None and brief.park_sensor.driver != GONE_WITH_IT:
            # Nobody's word replaces the switch that was wired to protect the telescope.
            roof = roof if brief.clears_telescope else None
        return Rig(mount, roof, sensor, brief.clears_telescope, tuple(missing))

    def buzzer(self) -> Buzzer:
        """Silent when there is none, or it cannot be had."""
        brief = self._brief

        def line() -> Relay:
            return pins.output(pins.header_chip(self._dev), brief.buzzer_pin, brief.buzzer_active)

        return Buzzer(line if brief.buzzer_pin else None)

    def _part(
        self, what: str, device: Device | None, make: Callable[[Device], T], missing: list[str]
    ) -> T | None:
        if device is None or device.driver == GONE_WITH_IT:
            return None
        if what not in self._built:
            try:
                self._built[what] = make(device)
            except Trouble as trouble:
                missing.append(f"the {what} cannot be reached: {trouble}")
                return None
        return self._built[what]  # type: ignore[return-value]

    def _mount(self, device: Device) -> Mount:
        if device.driver == "indi":
            return IndiMount(self._indi, device.name)
        raise _no_way(device)

    def _roof(self, device: Device) -> Roof:
        if device.driver == "indi":
            return IndiRoof(self._indi, device.name)
        if device.driver == "gpio":
            return gpio_roof(pins.header_chip(self._dev), device.name, device.setup, self._clock)
        raise _no_way(device)

    def _sensor(self, device: Device) -> ParkSensor:
        try:
            if device.driver == "gpio":
                return GpioSensor(pins.sensor(pins.header_chip(self._dev), device.setup))
            if device.driver == "indi":
                return IndiSensor(self._indi, device.name, device.setup)
        except KeyError as key:
            raise Trouble(f"{device.name}: its setup has no {key.args[0]}") from key
        raise _no_way(device)


def _no_way(device: Device) -> Trouble:
    return Trouble(f"{device.name} is connected by {device.driver}, which the guardian does not speak")
