"""A property of one of our own devices."""

from dataclasses import dataclass, field
from typing import Literal

from hardware.indi_wire import Element, Member

Kind = Literal["Text", "Number", "Switch", "Light"]


@dataclass(frozen=True, slots=True)
class Item:
    """One member: its text as INDI writes it, and for numbers what is accepted."""

    name: str
    label: str
    text: str
    minimum: float = 0.0
    maximum: float = 0.0
    form: str = "%.2f"


@dataclass(frozen=True, slots=True)
class Vector:
    """One property as it is now. `rule` is for switches; `group` is the tab that programs show it in."""

    device: str
    name: str
    label: str
    kind: Kind
    items: tuple[Item, ...]
    state: str = "Ok"
    writable: bool = False
    rule: str = "OneOfMany"
    group: str = "Main Control"
    message: str = field(default="", compare=False)

    @property
    def key(self) -> tuple[str, str]:
        return self.device, self.name

    @property
    def shape(self) -> tuple[object, ...]:
        """What only a new definition can change."""
        fixed = tuple((one.name, one.label, one.minimum, one.maximum) for one in self.items)
        return self.label, self.kind, self.writable, self.rule, fixed

    def defined(self) -> Element:
        """As a def*Vector."""
        attributes = {"device": self.device, "name": self.name, "label": self.label, "group": self.group}
        attributes["state"] = self.state
        if self.kind != "Light":
            attributes |= {"perm": "rw" if self.writable else "ro", "timeout": "0"}
        if self.kind == "Switch":
            attributes["rule"] = self.rule
        return Element(f"def{self.kind}Vector", attributes, tuple(map(self._definition, self.items)))

    def _definition(self, item: Item) -> Member:
        attributes = {"label": item.label}
        if self.kind == "Number":
            limits = {"min": f"{item.minimum:g}", "max": f"{item.maximum:g}", "step": "0"}
            attributes |= {"format": item.form, **limits}
        return Member(f"def{self.kind}", item.name, item.text, attributes)

    def told(self, state: str = "", message: str = "") -> Element:
        """As a set*Vector with all members."""
        attributes = {"device": self.device, "name": self.name, "state": state or self.state}
        if message:
            attributes["message"] = message
        members = tuple(Member(f"one{self.kind}", item.name, item.text) for item in self.items)
        return Element(f"set{self.kind}Vector", attributes, members)


def switches(on: str, **labels: str) -> tuple[Item, ...]:
    """One of them on, or none of them ("")."""
    return tuple(Item(name, label, "On" if name == on else "Off") for name, label in labels.items())


def figure(name: str, label: str, value: float | None, form: str = "%.2f") -> Item:
    """A number to read; what is not known is NaN, which INDI has no other word for."""
    return Item(name, label, "nan" if value is None else f"{value:.6g}", form=form)


def driver_info(device: str, interface: int) -> tuple[Vector, ...]:
    """What every INDI device has: it is connected, and what it is."""
    info = (
        Item("DRIVER_NAME", "Name", "Nightbox"), Item("DRIVER_EXEC", "Exec", "nightbox"),
        Item("DRIVER_VERSION", "Version", "1.0"), Item("DRIVER_INTERFACE", "Interface", str(interface)),
    )  # fmt: skip
    connected = switches("CONNECT", CONNECT="Connect", DISCONNECT="Disconnect")
    return (
        Vector(device, "CONNECTION", "Connection", "Switch", connected, writable=True),
        Vector(device, "DRIVER_INFO", "Driver Info", "Text", info, group="General Info"),
    )
