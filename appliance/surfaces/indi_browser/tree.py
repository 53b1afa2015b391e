"""Device, group, property, item: what an INDI client is told, in bounded memory, and what is new since."""

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from appliance.surfaces.indi_passthrough.vectors import kind_of
from hardware.indi_wire import Element, MalformedElement, Member, number

MOST_PROPERTIES = 5_000
MOST_ITEMS = 500  # of one property
LONGEST_TEXT = 2_000
MOST_LINES = 20
MOST_GONE = 1_000
READ, WRITE, BOTH = "ro", "wo", "rw"

Key = tuple[str, str]


@dataclass(slots=True)
class Item:
    """One number, switch, text or light; `form` is printf's, or INDI's own "%9.6m" for sexagesimal ones.

    `least`, `most` and `step` are a number's; None where the driver gives none.
    """

    name: str
    label: str
    text: str = ""
    form: str = ""
    least: float | None = None
    most: float | None = None
    step: float | None = None

    def update(self, member: Member) -> None:
        """From a set*Vector: the limits may have moved too."""
        self.text = member.text[:LONGEST_TEXT]
        for field_, key in (("least", "min"), ("most", "max"), ("step", "step")):
            if key in member.attributes:
                setattr(self, field_, _number(member.attributes[key]))


@dataclass(slots=True)
class Shown:
    """One property; `rule` is a switch's, `perm` READ, WRITE or BOTH, `said` the last words about it."""

    device: str
    name: str
    label: str
    group: str
    kind: str
    state: str
    perm: str
    rule: str
    revision: int
    items: dict[str, Item] = field(default_factory=dict)
    said: str = ""


class Tree:
    """All that is known now. `revision` grows with every change, for the life of the box."""

    def __init__(self) -> None:
        self._known: OrderedDict[Key, Shown] = OrderedDict()
        self._gone: deque[tuple[int, Key]] = deque(maxlen=MOST_GONE)
        self._lines: dict[str, deque[str]] = {}
        self._forgotten = 0  # who has not heard since then must be told everything
        self.revision = 1

    def find(self, device: str, name: str) -> Shown | None:
        """One property; None for one that is not defined now."""
        return self._known.get((device, name))

    @property
    def devices(self) -> tuple[str, ...]:
        """Their names, in the order in which they came."""
        return tuple(dict.fromkeys(device for device, _ in self._known))

    def of(self, device: str) -> tuple[Shown, ...]:
        """All of its properties, in the driver's order."""
        return tuple(one for one in self._known.values() if one.device == device)

    def changed(self, device: str, since: int) -> tuple[bool, tuple[Shown, ...], tuple[str, ...]]:
        """Of one device since that revision: is this everything, what is new, and the names of what went."""
        if since <= self._forgotten or since > self.revision:
            return True, self.of(device), ()
        gone = tuple(key[1] for at, key in self._gone if at > since and key[0] == device)
        return False, tuple(one for one in self.of(device) if one.revision > since), gone

    def lines(self, device: str) -> tuple[str, ...]:
        """What its driver, or the box, has said of it lately; the newest last."""
        return tuple(self._lines.get(device, ()))

    def clear(self) -> None:
        """Nobody listens any more: nothing is known."""
        self._known.clear()
        self._gone.clear()
        self._lines.clear()
        self.revision += 1
        self._forgotten = self.revision

    def take(self, element: Element) -> Key | None:
        """One element from the server's side; the property that it told of, None for none."""
        key = element.device, element.name
        verb, kind = element.tag[:3], kind_of(element.tag)
        self._say(element)
        if verb == "def" and kind:
            self._define(key, element, kind)
        elif verb == "set" and (known := self._known.get(key)) is not None:
            self._update(known, element)
        elif element.tag == "delProperty":
            self._delete([one for one in self._known if one[0] == key[0] and key[1] in {"", one[1]}])
        else:
            return None
        return key

    def _define(self, key: Key, element: Element, kind: str) -> None:
        if key not in self._known and len(self._known) >= MOST_PROPERTIES:
            return
        self.revision += 1
        attributes = element.attributes
        self._known[key] = Shown(
            *key, attributes.get("label") or key[1], attributes.get("group", ""), kind,
            attributes.get("state", "Idle"), READ if kind == "Light" else attributes.get("perm", BOTH),
            attributes.get("rule", ""), self.revision,
            {one.name: _item(one) for one in element.members[:MOST_ITEMS]},
            attributes.get("message", "")[:LONGEST_TEXT],
        )  # fmt: skip

    def _update(self, known: Shown, element: Element) -> None:
        self.revision += 1
        known.revision = self.revision
        known.state = element.attributes.get("state", known.state)
        known.said = element.attributes.get("message", "")[:LONGEST_TEXT]
        for member in element.members if known.kind != "BLOB" else ():
            if (item := known.items.get(member.name)) is not None:
                item.update(member)

    def _delete(self, keys: Iterable[Key]) -> None:
        for key in keys:
            self.revision += 1
            del self._known[key]
            self._gone.append((self.revision, key))
            if len(self._gone) == MOST_GONE:
                self._forgotten = self._gone[0][0]

    def _say(self, element: Element) -> None:
        words = element.attributes.get("message", "")
        if words and (element.device in self._lines or len(self._lines) < MOST_PROPERTIES):
            lines = self._lines.setdefault(element.device, deque(maxlen=MOST_LINES))
            lines.append(words[:LONGEST_TEXT])


def _item(member: Member) -> Item:
    given = member.attributes
    item = Item(member.name, given.get("label") or member.name, form=given.get("format", ""))
    item.update(member)
    return item


def _number(text: str) -> float | None:
    try:
        return number(text)
    except MalformedElement:
        return None
