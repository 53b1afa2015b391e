"""What is left out of anything that leaves the box for a stranger's eyes."""

import re
from typing import Any

HIDDEN = "(left out)"
TELLING = re.compile(
    r"(?i)pass(word|phrase|wd)?\b|passw|secret|token|\bkey\b|api_?key|psk|credential|auth|^user$"
)
IN_ADDRESS = re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^/\s@]+@")
IN_TEXT = re.compile(
    r"(?i)\b(password|passwd|secret|token|api[_-]?key|psk)(\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|\S+)"
)
COMMANDS = frozenset({"command", "alarm_command", "arguments"})
PLACE = frozenset({"latitude_deg", "longitude_deg"})


def without_secrets(values: Any, key: str = "") -> Any:
    """Tables without what may be secret: the site to a tenth of a degree, of programs the name alone."""
    if isinstance(values, dict):
        return {name: without_secrets(value, str(name)) for name, value in values.items()}
    if key in COMMANDS and isinstance(values, list | tuple):
        return [str(value) if n == 0 and key != "arguments" else HIDDEN for n, value in enumerate(values)]
    if isinstance(values, list | tuple):
        return [without_secrets(value, key) for value in values]
    if isinstance(values, str):
        # A path tells where a secret lies, not what it is.
        telling = TELLING.search(key) and not key.endswith("_file") and values
        return HIDDEN if telling else clean(values)
    if key in PLACE and isinstance(values, float | int):
        return round(float(values), 1)
    return values


def clean(text: str) -> str:
    """A text without the passwords in its addresses and its `password = ...`."""
    return IN_TEXT.sub(rf"\1\2{HIDDEN}", IN_ADDRESS.sub(rf"\1{HIDDEN}@", text))
