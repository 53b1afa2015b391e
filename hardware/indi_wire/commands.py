"""The small elements that both sides say often."""

from hardware.indi_wire.element import Element

VERSION = "1.7"


def get_properties(device: str = "", name: str = "") -> Element:
    """Tell of everything, of one device, or of one property, now and from now on."""
    return Element("getProperties", {"version": VERSION, **_of(device, name)})


def enable_blob(mode: str, device: str, name: str = "") -> Element:
    """`mode` is Never, Also or Only. Without a name it applies to everything this client hears (measured)."""
    return Element("enableBLOB", _of(device, name), text=mode)


def message(device: str, text: str) -> Element:
    """What a person shall read; without a device it is the server's own."""
    return Element("message", {**_of(device), "message": text})


def ping(uid: str) -> Element:
    """Answered by indiserver itself, with pingReply and the same `uid`."""
    return Element("pingRequest", {"uid": uid})


def _of(device: str, name: str = "") -> dict[str, str]:
    return {key: value for key, value in (("device", device), ("name", name)) if value}
