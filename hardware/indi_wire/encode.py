"""From an element to its bytes, as INDI's own library writes them."""

import re
from collections.abc import Mapping

from hardware.indi_wire.element import Element, Member
from hardware.indi_wire.errors import MalformedElement

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}
# Otherwise XML would read them as blanks, and a carriage return as a line feed.
_IN_ATTRIBUTES = str.maketrans(_ESCAPES | {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})
_IN_TEXT = str.maketrans(_ESCAPES | {"\r": "&#13;"})


def encode(element: Element) -> bytes:
    """One line per member; MalformedElement when it holds what XML cannot say."""
    if not element.members and not element.text:
        return _checked(f"<{_opening(element)}/>\n")
    if not element.members:
        return _checked(f"<{_opening(element)}>{element.text.translate(_IN_TEXT)}</{element.tag}>\n")
    lines = "\n".join(map(_member, element.members))
    return _checked(f"<{_opening(element)}>\n{lines}\n</{element.tag}>\n")


def _member(member: Member) -> str:
    text = member.text.translate(_IN_TEXT)
    attributes = {**member.attributes, "name": member.name}
    return f"<{_named(member.tag)}{_attributes(attributes)}>{text}</{member.tag}>"


def _opening(element: Element) -> str:
    return _named(element.tag) + _attributes(element.attributes)


def _attributes(attributes: Mapping[str, str]) -> str:
    return "".join(f' {_named(key)}="{value.translate(_IN_ATTRIBUTES)}"' for key, value in attributes.items())


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise MalformedElement(f"{name[:40]!r} is no name for XML")
    return name


def _checked(text: str) -> bytes:
    if _NOT_XML.search(text):
        raise MalformedElement("a character that XML cannot hold")
    return text.encode()
