"""An end of the night or of a target that somebody or something has asked for, before its time."""


class NightOver(Exception):
    """The night ends here, in good order; the text says why."""


class TargetOver(Exception):
    """The present target ends here for tonight, in good order; the text says why."""
