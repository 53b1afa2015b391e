"""What a person at a terminal sees."""

import sys
from contextlib import suppress

from appliance.bus import Said


def show(said: Said, text: str) -> None:
    """Print it, errors on standard error; where the terminal has gone, nothing."""
    with suppress(OSError):
        print(text, file=sys.stderr if said.level == "error" else sys.stdout, flush=True)


def complain(code: str, sentence: str, advice: str) -> None:
    """An error that ends the program, on standard error."""
    with suppress(OSError):
        print(f"✗ {sentence} [{code}]\n  → {advice}", file=sys.stderr, flush=True)
