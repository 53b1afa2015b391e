"""One INDI vector as its driver last told it, and the words in which it is told again."""

from dataclasses import dataclass, field

from hardware.indi_wire import Element, Member

KINDS = ("Text", "Number", "Switch", "Light", "BLOB")


def kind_of(tag: str) -> str:
    """What a tag is of: Switch for newSwitchVector; empty for what is no vector."""
    return next((kind for kind in KINDS if tag[3:] == f"{kind}Vector"), "")


@dataclass(slots=True)
class Known:
    """A vector: members' texts by name, in the driver's order."""

    device: str
    name: str
    kind: str
    state: str
    members: dict[str, str] = field(default_factory=dict)

    @classmethod
    def defined(cls, element: Element) -> "Known":
        """From a def*Vector."""
        members = dict(element.values())
        kind, state = kind_of(element.tag), element.attributes.get("state", "Idle")
        return cls(element.device, element.name, kind, state, members)

    def update(self, element: Element) -> None:
        """From a set*Vector, which may leave out what has not changed."""
        self.state = element.attributes.get("state", self.state)
        if self.kind != "BLOB":
            self.members.update((name, text) for name, text in element.values() if name in self.members)

    @property
    def on(self) -> set[str]:
        """The switches that are on."""
        return {name for name, text in self.members.items() if text == "On"}

    def told(self, state: str = "", message: str = "") -> Element:
        """As a set*Vector with all members; `state` "" is its own."""
        attributes = {"device": self.device, "name": self.name, "state": state or self.state}
        if message:
            attributes["message"] = message
        tag = f"one{self.kind}"
        members = tuple(Member(tag, name, text) for name, text in self.members.items())
        return Element(f"set{self.kind}Vector", attributes, members)
