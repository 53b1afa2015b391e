"""What can be wrong with bytes that claim to be INDI."""


class WireError(ValueError):
    """The other side does not speak INDI as it should."""


class TooLong(WireError):
    """One element passed its bound: nothing after it can be trusted, so the connection should end."""


class MalformedElement(WireError):
    """One element cannot be understood; the stream goes on with the next."""
