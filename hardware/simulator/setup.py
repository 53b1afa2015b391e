"""Settings of one simulated device, checked by name, kind and sign before it opens."""

from dataclasses import Field, fields, replace
from math import isfinite
from typing import Any, TypeVar

from hardware.devices import DeviceSpec
from hardware.errors import DeviceRefused
from hardware.simulator.world import (
    CameraModel,
    FocuserModel,
    GnssModel,
    MountModel,
    RoofModel,
    RotatorModel,
    WeatherModel,
    WheelModel,
)

M = TypeVar(
    "M", CameraModel, MountModel, FocuserModel, WheelModel, RotatorModel, RoofModel, WeatherModel, GnssModel
)


def with_setup(model: M, spec: DeviceSpec) -> M:
    """The model with the profile's settings; DeviceRefused names what is unknown or does not fit."""
    known = {field.name: field for field in fields(model)}
    for key in spec.setup:
        if key not in known:
            raise DeviceRefused(
                spec.name, f"it has no setting {key!r}", advice=f"Known here are: {', '.join(known)}."
            )
    values: dict[str, Any] = {key: _fitted(spec.name, known[key], value) for key, value in spec.setup.items()}
    return replace(model, **values)


def _fitted(device: str, field: "Field[Any]", value: float | str | bool) -> float | str | bool:
    """The value as the field's own kind: whole numbers may come as floats, as TOML and JSON give them."""
    kind = type(field.default)
    number = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    if kind is float and number:
        fitted: float | str | bool = float(value)
    elif kind is int and number and float(value).is_integer():
        fitted = int(value)
    elif kind in {bool, str} and isinstance(value, kind):
        fitted = value
    else:
        wanted = {float: "a number", int: "a whole number", bool: "true or false", str: "a text"}[kind]
        raise DeviceRefused(
            device, f"{field.name} = {value!r} is not {wanted}", advice="Correct it in the profile."
        )
    if field.metadata.get("positive") and not float(fitted) > 0:
        raise DeviceRefused(device, f"{field.name} must be more than 0", advice="Correct it in the profile.")
    return fitted
