"""Who is at the other end, and by which name the box was called. Pure."""

from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

# Not the whole of 127.0.0.0/8: what was passed on to us from the network comes from elsewhere in there.
LOOPBACK = (IPv4Address("127.0.0.1"), IPv6Address("::1"))
A_HOME = 64  # bits of an IPv6 address that one household, or one phone, has all for itself behind


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def is_this_machine(remote: str | None) -> bool:
    """True for a connection that comes from the box itself."""
    return _address(remote or "") in LOOPBACK


def who(remote: str | None) -> str:
    """Under which name one visitor's tries are counted."""
    found = _address(remote or "")
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found, A_HOME), strict=False))
    return str(found or "unknown")


def host_name(host: str) -> str:
    """Of a Host header: without the port, in small letters."""
    name, _, port = host.rpartition(":")
    bare = name if port.isdecimal() and name else host
    return bare.lower().removesuffix(".")


def is_ours(host: str, names: Collection[str]) -> bool:
    """Is this Host header an address, or one of the box's names?

    Another name that leads here may be a stranger's, whose page would then count as our own.
    """
    name = host_name(host)
    if name.startswith("[") and name.endswith("]"):
        return _address(name[1:-1]) is not None
    return name in names or isinstance(_address(name), IPv4Address)
