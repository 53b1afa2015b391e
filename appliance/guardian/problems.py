"""What keeps the rig from being safe."""


class Trouble(Exception):
    """One attempt at something failed; its text says what, in words for a person."""


class Silent(Trouble):
    """A device or its server does not answer at all."""
