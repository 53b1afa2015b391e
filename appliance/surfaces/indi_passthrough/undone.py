"""What ends with a lease: an exposure whose frame nobody waits for, a motion key that nobody holds."""

from collections.abc import Iterator

from appliance.surfaces.indi_passthrough.guard import Find, on
from appliance.surfaces.indi_passthrough.vectors import Known
from hardware.indi_wire import Element, Member

MOTION = "TELESCOPE_MOTION_"


class HeldKeys:
    """The motion keys that one connection holds down; a mount goes on moving until it is told otherwise."""

    def __init__(self) -> None:
        self._held: set[tuple[str, str]] = set()

    def note(self, command: Element) -> None:
        """It has been forwarded."""
        if command.name.startswith(MOTION):
            self._held.discard((command.device, command.name))
            if on(command):
                self._held.add((command.device, command.name))

    def let_go(self, find: Find) -> Iterator[Element]:
        """The client has gone."""
        for device, name in self._held:
            if (known := find(device, name)) is not None:
                yield _released(known)


def stops_of(device: str, find: Find) -> Iterator[Element]:
    """Commands that end what a client had begun on a device that was taken from it."""
    for name in (f"{MOTION}NS", f"{MOTION}WE"):
        known = find(device, name)
        if known is not None and known.on:
            yield _released(known)
    exposure = find(device, "CCD_EXPOSURE")
    if exposure is not None and exposure.state == "Busy":
        yield _press(device, "CCD_ABORT_EXPOSURE", "ABORT")
    park = find(device, "TELESCOPE_PARK")
    if park is not None and park.state == "Busy":
        return
    for name in ("EQUATORIAL_EOD_COORD", "EQUATORIAL_COORD", "HORIZONTAL_COORD"):
        slew = find(device, name)
        if slew is not None and slew.state == "Busy":
            yield _press(device, "TELESCOPE_ABORT_MOTION", "ABORT")
            return


def _released(known: Known) -> Element:
    """All of its keys: a driver may look at each."""
    off = tuple(Member("oneSwitch", member, "Off") for member in known.members)
    return Element("newSwitchVector", {"device": known.device, "name": known.name}, off)


def _press(device: str, name: str, member: str) -> Element:
    return Element("newSwitchVector", {"device": device, "name": name}, (Member("oneSwitch", member, "On"),))
