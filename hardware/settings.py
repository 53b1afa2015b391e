"""The `setup` of one device, checked by name, kind and range before it opens."""

from collections.abc import Mapping
from dataclasses import Field, fields, replace
from math import isfinite
from typing import Any, TypeVar

from hardware.errors import DeviceRefused

M = TypeVar("M", bound=Any)
Value = float | str | bool


def fitted(model: M, device: str, setup: Mapping[str, Value]) -> M:
    """The dataclass with these settings; DeviceRefused names what is unknown or does not fit.

    A field's default gives its kind; its metadata may hold "positive", "least", "most" or "choices".
    """
    known = {field.name: field for field in fields(model)}
    for key in setup:
        if key not in known:
            raise DeviceRefused(
                device, f"it has no setting {key!r}", advice=f"Known here are: {', '.join(known)}."
            )
    values: dict[str, Any] = {key: _fitted(device, known[key], value) for key, value in setup.items()}
    return replace(model, **values)


def _fitted(device: str, field: "Field[Any]", value: Value) -> Value:
    """The value as the field's own kind: whole numbers may come as floats, as TOML and JSON give them."""
    kind = type(field.default)
    number = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    if kind is float and number:
        fit: Value = float(value)
    elif kind is int and number and float(value).is_integer():
        fit = int(value)
    elif kind in {bool, str} and isinstance(value, kind):
        fit = value
    else:
        wanted = {float: "a number", int: "a whole number", bool: "true or false", str: "a text"}[kind]
        raise _refused(device, f"{field.name} = {value!r} is not {wanted}")
    _in_range(device, field, fit)
    return fit


def _in_range(device: str, field: "Field[Any]", value: Value) -> None:
    allowed = field.metadata
    if allowed.get("positive") and not float(value) > 0:
        raise _refused(device, f"{field.name} must be more than 0")
    if "least" in allowed and float(value) < allowed["least"]:
        raise _refused(device, f"{field.name} = {value!r} is less than {allowed['least']:g}")
    if "most" in allowed and float(value) > allowed["most"]:
        raise _refused(device, f"{field.name} = {value!r} is more than {allowed['most']:g}")
    choices = allowed.get("choices")
    if choices and value not in choices:
        raise DeviceRefused(
            device, f"{field.name} = {value!r} is not known", advice=f"Write one of: {', '.join(choices)}."
        )


def _refused(device: str, problem: str) -> DeviceRefused:
    return DeviceRefused(device, problem, advice="Correct it in the profile.")
