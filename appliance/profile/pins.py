"""What is on the header: every setting is known, each pin exists, and none is used twice."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from hardware.devices import DeviceSpec
from hardware.errors import DeviceError
from hardware.header import gpio_number
from hardware.wiring import Lamp, Monitor, Nothing, Outlet, RoofWiring, Screen, Sounder, Switch, wired

# The I2C bus that a text display is on.
I2C_PINS = {"the bus's data wire": 2, "the bus's clock wire": 3}
# The guardian has the panel's buzzer when the controller is dead.
SHARED = frozenset({"panel.buzzer", "guardian"})
WIRING: dict[str, type] = {
    "roof": RoofWiring, "park_sensor": Switch, "safety_monitor": Monitor, "power": Switch, "output": Outlet,
    "board": Nothing, "panel.status_light": Lamp, "panel.buzzer": Sounder, "panel.display": Screen,
}  # fmt: skip


def check_pins(profile: BaseModel) -> None:
    """ValueError names the pin and the place, or both places, for the first that does not fit.

    Every table with driver = "gpio" counts, however deep; in its `setup` every key that ends in "pin".
    """
    used: dict[int, tuple[str, str]] = {}
    for place, key, value in _claims("", profile):
        try:
            number = gpio_number(value)
        except ValueError as wrong:
            raise ValueError(f"{key} of {place}: {wrong}") from wrong
        before, first = used.setdefault(number, (place, key))
        if (before, first) != (place, key) and {before, place} != SHARED:
            raise ValueError(f"GPIO{number} is used twice: as {first} of {before}, and as {key} of {place}")


def check_wiring(profile: BaseModel) -> None:
    """ValueError names the table, and the setting that is unknown, missing, or does not fit."""
    for place, setup in _tables("", profile):
        kind = place.partition(" ")[0]
        model = WIRING.get(kind, Switch if kind.startswith("panel.") else None)
        if model is None:
            raise ValueError(f'{place} has driver = "gpio"; no such device is on the header')
        try:
            wired(model(), DeviceSpec("gpio", place, setup))
        except DeviceError as wrong:
            raise ValueError(f"{wrong.sentence} {wrong.advice}") from wrong


def _tables(place: str, value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """(place, setup) of everything on the header below this value."""
    if isinstance(value, tuple | list):
        for one in value:
            yield from _tables(f"{place} {getattr(one, 'name', '')!r}", one)
    elif isinstance(value, BaseModel):
        if getattr(value, "driver", None) == "gpio":
            yield place, getattr(value, "setup", {})
        for field in type(value).model_fields:
            yield from _tables(f"{place}.{field}".lstrip("."), getattr(value, field))


def _claims(place: str, profile: BaseModel) -> Iterator[tuple[str, str, object]]:
    """(place, key, pin) of every pin that is asked for."""
    for table, setup in _tables(place, profile):
        yield from ((table, key, value) for key, value in setup.items() if key.endswith("pin"))
        if table.endswith("display") and setup.get("i2c_port", 1) == 1:
            yield from ((table, wire, pin) for wire, pin in I2C_PINS.items())
    guardian = getattr(profile, "guardian", None)
    if guardian is not None and guardian.buzzer_pin:
        yield "guardian", "buzzer_pin", guardian.buzzer_pin
