"""From INDI's elements to a Listener's properties: what a connection has defined, and what changes in it."""

import math
from collections.abc import Mapping
from dataclasses import replace

from hardware.indi.link import Kind, Limits, Listener, Property, State, Value
from hardware.indi_wire import Element, MalformedElement, Member, number

_KINDS = {f"{kind.value.title() if kind is not Kind.BLOB else 'BLOB'}Vector": kind for kind in Kind}
_STATES = {state.value: state for state in State}


class Vectors:
    """Of one connection."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._defined: dict[str, dict[str, Property]] = {}

    def take(self, element: Element) -> None:
        """Tell the listener what an element says, its message before its values."""
        if (text := element.attributes.get("message")) is not None:
            self._listener.said(element.device or None, text)
        verb, kind = element.tag[:3], _KINDS.get(element.tag[3:])
        if verb == "def" and kind:
            self._define(element, kind)
        elif verb == "set" and kind and kind is not Kind.BLOB:
            self._update(element, kind)
        elif element.tag == "delProperty":
            self._delete(element.device, element.attributes.get("name"))

    def _define(self, element: Element, kind: Kind) -> None:
        prop = _defined(element, kind)
        properties = self._defined.setdefault(prop.device, {})
        # Any client's question has drivers define all again: only what differs is news, or it would
        # pass for the answer to a command.
        if properties.get(prop.name) != prop:
            properties[prop.name] = prop
            self._listener.defined(prop)

    def _update(self, element: Element, kind: Kind) -> None:
        known = self._defined.get(element.device, {}).get(element.name)
        if known is None or known.kind is not kind:
            return
        members = [member for member in element.members if member.name in known.values]
        prop = replace(
            known,
            state=_state(element, known.state),
            values={**known.values, **{member.name: _value(kind, member.text) for member in members}},
        )
        if kind is Kind.NUMBER:
            prop = replace(prop, limits={**known.limits, **_limits(members)})
        self._defined[known.device][known.name] = prop
        self._listener.updated(prop)

    def _delete(self, device: str, name: str | None) -> None:
        if name is None:
            self._defined.pop(device, None)
        else:
            self._defined.get(device, {}).pop(name, None)
        self._listener.deleted(device, name)


def _defined(element: Element, kind: Kind) -> Property:
    members = [member for member in element.members if member.name]
    return Property(
        device=element.device,
        name=element.name,
        kind=kind,
        state=_state(element, State.IDLE),
        values={member.name: _value(kind, member.text) for member in members},
        writable=kind is not Kind.LIGHT and element.attributes.get("perm") != "ro",
        limits=_limits(members) if kind is Kind.NUMBER else {},
        labels={member.name: member.attributes.get("label", "") for member in members},
    )


def _state(element: Element, otherwise: State) -> State:
    word = element.attributes.get("state")
    return otherwise if word is None else _STATES.get(word, State.ALERT)


def _value(kind: Kind, text: str) -> Value:
    match kind:
        case Kind.NUMBER:
            return _number(text)
        case Kind.SWITCH:
            return text == "On"
        case Kind.LIGHT:
            return _STATES.get(text, State.ALERT)
        case Kind.BLOB:
            return ""
        case Kind.TEXT:
            return text


def _limits(members: list[Member]) -> Mapping[str, Limits]:
    return {
        member.name: Limits(_number(member.attributes["min"]), _number(member.attributes["max"]))
        for member in members
        if "min" in member.attributes and "max" in member.attributes
    }


def _number(text: str) -> float:
    try:
        return number(text)
    except MalformedElement:
        return math.nan  # not known
