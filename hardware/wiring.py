"""The `setup` of one device on the header: pins by any name, the rest by kind and range."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from hardware.devices import DeviceSpec
from hardware.errors import DeviceRefused
from hardware.header import gpio_number
from hardware.settings import Value, fitted

NONE = -1
LEVEL = {"choices": ("high", "low")}
PULL = {"choices": ("up", "down", "none")}
SHARE = {"least": 0.0, "most": 1.0}
SECONDS = {"least": 0.0, "most": 10.0}
HERTZ = {"least": 1.0, "most": 10_000.0}
M = TypeVar("M", bound=Any)


def pin(*, needed: bool = True) -> Any:
    """A field for a pin's number; NONE while it is not given."""
    return field(default=NONE, metadata={"needed": needed})


def wired(model: M, spec: DeviceSpec) -> M:
    """The model with the profile's settings; DeviceRefused names what is missing, unknown or does not fit."""
    settings = fitted(model, spec.name, _with_numbers(spec.name, spec.setup))
    for one in fields(settings):
        if one.metadata.get("needed") and getattr(settings, one.name) == NONE:
            raise DeviceRefused(
                spec.name,
                f"its setup names no {one.name}",
                advice=f'Add {one.name} = "GPIO17", or wherever it is.',
            )
    return settings


def _with_numbers(device: str, setup: Mapping[str, Value]) -> dict[str, Value]:
    numbers = dict(setup)
    for key, value in setup.items():
        if key.endswith("pin"):
            try:
                numbers[key] = gpio_number(value)
            except ValueError as wrong:
                raise DeviceRefused(device, f"{key}: {wrong}", advice="Correct it in the profile.") from wrong
    return numbers


@dataclass(frozen=True)
class Switch:
    """A contact between the pin and ground: active is low, and a cut wire reads as not active."""

    pin: int = pin()
    active: str = field(default="low", metadata=LEVEL)
    pull: str = field(default="up", metadata=PULL)
    debounce_seconds: float = field(default=0.05, metadata=SECONDS)


@dataclass(frozen=True)
class Monitor(Switch):
    """A contact that is closed while all is well: active is high, so a cut wire is unsafe as well."""

    active: str = field(default="high", metadata=LEVEL)
    active_means: str = field(default="unsafe", metadata={"choices": ("unsafe", "safe")})


@dataclass(frozen=True)
class Outlet:
    """A relay or a transistor behind a pin."""

    pin: int = pin()
    active: str = field(default="high", metadata=LEVEL)
    dimmable: bool = False
    frequency: float = field(default=100.0, metadata=HERTZ)
    at_start: float = field(default=0.0, metadata=SHARE)


@dataclass(frozen=True)
class Lamp:
    """Three diodes with one common leg: the cathode to ground (active high) or the anode to 3.3 V."""

    red_pin: int = pin()
    green_pin: int = pin()
    blue_pin: int = pin()
    common: str = field(default="cathode", metadata={"choices": ("cathode", "anode")})
    frequency: float = field(default=100.0, metadata=HERTZ)


@dataclass(frozen=True)
class Sounder:
    """A buzzer: one with its own tone is active, one that needs a tone is passive."""

    pin: int = pin()
    active: str = field(default="high", metadata=LEVEL)
    passive: bool = False


@dataclass(frozen=True)
class RoofWiring:
    """Two relays, two limit switches to ground, and how long everything may take, in seconds."""

    open_pin: int = pin()
    close_pin: int = pin()
    stop_pin: int = pin(needed=False)
    open_limit_pin: int = pin()
    closed_limit_pin: int = pin()
    mode: str = field(default="hold", metadata={"choices": ("hold", "pulse")})
    pulse_seconds: float = field(default=0.5, metadata={"least": 0.05, "most": 5.0})
    relay_active: str = field(default="high", metadata=LEVEL)
    limit_active: str = field(default="low", metadata=LEVEL)
    limit_pull: str = field(default="up", metadata=PULL)
    debounce_seconds: float = field(default=0.05, metadata=SECONDS)
    motor_seconds: float = field(default=60.0, metadata={"least": 1.0, "most": 900.0})
    leave_seconds: float = field(default=5.0, metadata={"least": 0.5, "most": 60.0})
    reverse_pause_seconds: float = field(default=2.0, metadata={"least": 0.5, "most": 30.0})


@dataclass(frozen=True)
class Screen:
    """Which chip, and where: `i2c_address` as a number, 0x3c is 60."""

    chip: str = field(default="ssd1306", metadata={"choices": ("ssd1306", "sh1106")})
    i2c_address: int = field(default=0x3C, metadata={"least": 0x08, "most": 0x77})
    i2c_port: int = field(default=1, metadata={"least": 0, "most": 22})
    width: int = field(default=128, metadata={"least": 64, "most": 256})
    height: int = field(default=64, metadata={"least": 16, "most": 128})
    contrast: int = field(default=255, metadata={"least": 0, "most": 255})


@dataclass(frozen=True)
class Nothing:
    """The setup of what needs none: the board."""
