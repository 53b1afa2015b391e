"""Where an Alpaca device is: `setup = { address = "192.168.4.20:11111", number = 0 }`."""

from dataclasses import dataclass

from hardware.devices import DeviceSpec
from hardware.errors import DeviceRefused

Setting = float | str | bool
PORT = 11111  # what servers use that were not told otherwise


@dataclass(frozen=True, slots=True)
class Place:
    """A server and the number its device has among those of its kind; `more` is the kind's own settings."""

    address: str
    number: int
    more: dict[str, Setting]


def place(spec: DeviceSpec, *known: str) -> Place:
    """DeviceRefused names what is missing, unknown or does not fit."""
    more = {key: value for key, value in spec.setup.items() if key not in {"address", "number"}}
    if stray := sorted(more.keys() - set(known)):
        allowed = ", ".join(("address", "number", *known))
        raise DeviceRefused(spec.name, f"setup.{stray[0]} is not known", advice=f"Known here are: {allowed}.")
    return Place(_address(spec), whole(spec, "number", spec.setup.get("number", 0)), more)


def whole(spec: DeviceSpec, key: str, value: Setting) -> int:
    """A whole number from 0 on."""
    if isinstance(value, bool | str) or value < 0 or value != int(value):
        raise DeviceRefused(spec.name, f"setup.{key} = {value!r} is not a whole number from 0 on")
    return int(value)


def _address(spec: DeviceSpec) -> str:
    address = str(spec.setup.get("address", ""))
    host, colon, port = address.rpartition(":")
    if not address:
        raise DeviceRefused(
            spec.name,
            "its setup does not say where it is",
            advice='Write setup = { address = "192.168.4.20:11111", number = 0 };'
            " nightbox devices --search lists what answers.",
        )
    if not colon:
        return f"{address}:{PORT}"
    if not host or not port.isdigit():
        raise DeviceRefused(spec.name, f"setup.address = {address!r} is not an address and a port")
    return address
