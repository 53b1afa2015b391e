"""XML of other programs, as flat settings: whatever nobody takes can be listed."""

from collections import Counter
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from appliance.errors import BadInput


def parsed(text: str, name: str) -> Element:
    """The root; BadInput for what is no XML, or declares entities, which none of these formats needs."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BadInput(name, "it declares document types or entities, which no plan does")
    start = text[text.find("<") :] if "<" in text else text
    try:
        # Bytes, because a declaration of an encoding is about the file and not about this text.
        return ElementTree.fromstring(start.encode(), ElementTree.XMLParser(encoding="utf-8"))  # noqa: S314
    except ElementTree.ParseError as malformed:
        raise BadInput(name, f"it is not whole XML: {malformed}") from malformed


def flat(element: Element, without: frozenset[str] = frozenset()) -> dict[str, str]:
    """Texts as "Binning/X", attributes as "Temperature@force"; branches `without` are not gone into.

    Of several of a name the second is "Step[2]".
    """
    return dict(_leaves(element, "", without))


def _leaves(element: Element, path: str, without: frozenset[str]) -> Iterator[tuple[str, str]]:
    for key, value in element.attrib.items():
        yield f"{path}@{key}", value
    if not len(element) and path:
        yield path, (element.text or "").strip()
    seen: Counter[str] = Counter()
    for child in element:
        if child.tag in without:
            continue
        seen[child.tag] += 1
        again = "" if seen[child.tag] == 1 else f"[{seen[child.tag]}]"
        yield from _leaves(child, f"{path}/{child.tag}{again}" if path else f"{child.tag}{again}", without)


def numbered(parent: Element | None, word: str) -> Iterator[tuple[int, Element]]:
    """Children called Target1, Target2 … in the order of their numbers."""
    children = [] if parent is None else list(parent)
    found = [(int(rest), one) for one in children if (rest := one.tag.removeprefix(word)).isdigit()]
    yield from sorted(found, key=lambda pair: pair[0])


def element(parent: Element | None, name: str) -> Element:
    """The child of this name, or one without anything."""
    found = None if parent is None else parent.find(name)
    return Element(name) if found is None else found
