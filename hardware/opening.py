"""Every kind of device there is, and the answer of a driver that does not have it."""

from hardware.devices import (
    Board,
    Button,
    Buzzer,
    Camera,
    Cover,
    DeviceSpec,
    FilterWheel,
    FlatPanel,
    Focuser,
    Gnss,
    Guider,
    Mount,
    ObservingConditions,
    Output,
    ParkSensor,
    PowerMonitor,
    Roof,
    Rotator,
    SafetyMonitor,
    StatusLight,
    TextDisplay,
)
from hardware.errors import DeviceUnsupported


class Opener:
    """Base of the drivers' openers: each overrides the kinds it has, the others raise DeviceUnsupported."""

    def _none(self, spec: DeviceSpec, what: str) -> DeviceUnsupported:
        return DeviceUnsupported(
            spec.name,
            f"Nightbox does not reach {what} by driver = {spec.driver!r}",
            advice="Take it out of the profile, or use another driver.",
        )

    async def discover(self) -> list[tuple[str, tuple[str, ...]]]:
        """What there is to open: names, and what kinds of device each one is."""
        return []

    async def camera(self, spec: DeviceSpec) -> Camera:
        raise self._none(spec, "a camera")

    async def mount(self, spec: DeviceSpec) -> Mount:
        raise self._none(spec, "a mount")

    async def focuser(self, spec: DeviceSpec) -> Focuser:
        raise self._none(spec, "a focuser")

    async def filter_wheel(self, spec: DeviceSpec) -> FilterWheel:
        raise self._none(spec, "a filter wheel")

    async def rotator(self, spec: DeviceSpec) -> Rotator:
        raise self._none(spec, "a rotator")

    async def roof(self, spec: DeviceSpec) -> Roof:
        raise self._none(spec, "a roof")

    async def safety_monitor(self, spec: DeviceSpec) -> SafetyMonitor:
        raise self._none(spec, "a safety monitor")

    async def observing_conditions(self, spec: DeviceSpec) -> ObservingConditions:
        raise self._none(spec, "a weather station")

    async def gnss(self, spec: DeviceSpec) -> Gnss:
        raise self._none(spec, "a satellite receiver")

    async def guider(self, spec: DeviceSpec) -> Guider:
        raise self._none(spec, "a guider")

    async def park_sensor(self, spec: DeviceSpec) -> ParkSensor:
        raise self._none(spec, "a park sensor")

    async def cover(self, spec: DeviceSpec) -> Cover:
        raise self._none(spec, "a telescope cover")

    async def flat_panel(self, spec: DeviceSpec) -> FlatPanel:
        raise self._none(spec, "a flat panel")

    async def power_monitor(self, spec: DeviceSpec) -> PowerMonitor:
        raise self._none(spec, "a power monitor")

    async def output(self, spec: DeviceSpec) -> Output:
        raise self._none(spec, "an output")

    async def button(self, spec: DeviceSpec) -> Button:
        raise self._none(spec, "a button")

    async def status_light(self, spec: DeviceSpec) -> StatusLight:
        raise self._none(spec, "a status light")

    async def buzzer(self, spec: DeviceSpec) -> Buzzer:
        raise self._none(spec, "a buzzer")

    async def text_display(self, spec: DeviceSpec) -> TextDisplay:
        raise self._none(spec, "a text display")

    async def board(self, spec: DeviceSpec) -> Board:
        raise self._none(spec, "a computer's health")
