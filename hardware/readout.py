"""Readout modes: what all drivers say of one that a camera does not have."""

from collections.abc import Sequence

from hardware.errors import DeviceRefused


def no_such_mode(camera: str, name: str, modes: Sequence[str]) -> DeviceRefused:
    """The refusal that names those there are."""
    known = f"It has: {', '.join(modes)}." if modes else "It offers none: leave readout_mode out."
    return DeviceRefused(camera, f"it has no readout mode {name!r}", advice=known)
