"""Mount and roof behind INDI."""

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from appliance.guardian.indi import ANSWER_SECONDS, Indi
from appliance.guardian.problems import Silent, Trouble
from appliance.guardian.rig import StillParked
from appliance.guardian.wire import Property

TOLD_SECONDS = 2.0  # to show that a command was heard
SHUTTER_SECONDS = 3.0  # to show a shutter, after the device is connected


class IndiMount:
    """Satisfies Mount."""

    def __init__(self, indi: Indi, name: str) -> None:
        self._indi, self.name = indi, name

    def parked(self) -> bool:
        self._indi.connected(self.name)
        return _parked(self._park())

    def park(self, within: float) -> None:
        if self.parked():
            return
        try:
            _command(self._indi, self.name, "TELESCOPE_PARK", "PARK", _parked, within)
        except Silent:
            raise
        except Trouble:
            self._stand_still()
            raise

    def _park(self) -> Property:
        return self._indi.wait(self.name, "TELESCOPE_PARK", lambda _: True, ANSWER_SECONDS)

    def _stand_still(self) -> None:
        """If it cannot be parked, it must at least not track on into something."""
        with contextlib.suppress(Trouble):
            self._indi.send(self.name, "TELESCOPE_ABORT_MOTION", "ABORT")
            self._indi.send(self.name, "TELESCOPE_TRACK_STATE", "TRACK_OFF")


class IndiRoof:
    """Satisfies Roof: the shutter of a dome where it has one, else its park position (roll-off roofs)."""

    def __init__(self, indi: Indi, name: str) -> None:
        self._indi, self.name = indi, name

    def closed(self) -> bool:
        prop, element = self._way()
        return _settled_on(prop, element)

    def close(self, within: float, still_parked: StillParked) -> None:
        prop, element = self._way()
        if _settled_on(prop, element):
            return

        def done(now: Property) -> bool:
            if not still_parked():
                self.stop()
                raise Trouble("the roof was stopped: the telescope is not parked any more")
            return _settled_on(now, element)

        _command(self._indi, self.name, prop.name, element, done, within)

    def stop(self) -> None:
        self._indi.send(self.name, "DOME_ABORT_MOTION", "ABORT")

    def _way(self) -> tuple[Property, str]:
        self._indi.connected(self.name)
        with contextlib.suppress(Trouble):
            shutter = self._indi.wait(self.name, "DOME_SHUTTER", lambda _: True, SHUTTER_SECONDS)
            return shutter, "SHUTTER_CLOSE"
        return self._indi.wait(self.name, "DOME_PARK", lambda _: True, ANSWER_SECONDS), "PARK"


class IndiSensor:
    """Satisfies ParkSensor: an element of any driver, by the setup's device, element and means."""

    def __init__(self, indi: Indi, name: str, setup: Mapping[str, Any]) -> None:
        self._indi, self._device = indi, str(setup.get("device", name))
        self._property, _, self._element = str(setup["element"]).partition(".")
        self._means = setup.get("means")

    def parked(self) -> bool:
        self._indi.connected(self._device)
        prop = self._indi.asked_now(self._device, self._property)
        if prop.state == "Alert":
            raise Trouble(f"{self._device} could not read {self._property}")
        if self._element not in prop.values:
            raise Trouble(f"{self._device} offers no {self._property}.{self._element}")
        return _says_yes(prop.kind, prop.values[self._element], self._means)


def _says_yes(kind: str, value: str, means: Any) -> bool:
    """As the profile's `means` is explained in the guide: the value that means parked."""
    if kind == "light":
        return value.lower() == str(means or "Ok").lower()
    if kind == "switch":
        return (value == "On") is (True if means is None else bool(means))
    if kind == "text":
        return value.lower() in (
            {"on", "yes", "true", "1"} if means is None else {str(means).strip().lower()}
        )
    try:
        return float(value) >= (0.5 if means is None else float(means))
    except ValueError as wrong:
        raise Trouble(f"{value!r} is no number") from wrong


def _parked(prop: Property) -> bool:
    """While it parks the switch is on already."""
    return prop.is_on("PARK") and prop.state in {"Ok", "Idle"}


def _settled_on(prop: Property, element: str) -> bool:
    """While it moves, and after it failed, the switch shows where it was meant to go: only Ok is true."""
    return prop.is_on(element) and prop.state == "Ok"


def _command(
    indi: Indi, device: str, name: str, element: str, done: Callable[[Property], bool], within: float
) -> None:
    """Switch it on and wait until it is done; Trouble with the driver's words when it gives up."""
    indi.send(device, name, element)
    heard = False

    def ended(now: Property) -> bool:
        nonlocal heard
        heard = heard or now.state == "Busy"
        if heard and now.state == "Alert":
            raise Trouble(f"{device}: {indi.words(device) or 'it could not'}")
        return done(now)

    # A driver that refuses at once, or has failed before, shows Alert without Busy.
    with contextlib.suppress(Trouble):
        indi.wait(device, name, lambda now: now.state == "Busy" or done(now), TOLD_SECONDS)
    if (now := indi.find(device, name)) is not None and now.state == "Alert":
        raise Trouble(f"{device}: {indi.words(device) or 'it refused'}")
    indi.wait(device, name, ended, within)
