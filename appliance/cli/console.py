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


def show_pairing_code(code: str) -> None:
    """For the first phone, whose person stands at the box."""
    with suppress(OSError):
        print(f"Pairing code of the phone page: {code} (the page asks for it once)", flush=True)


def show_local_link(link: str) -> None:
    """It opens the page without a password, on this machine and once."""
    with suppress(OSError):
        print(f"On this machine, once: {link}", flush=True)


def show_authority(port: int, fingerprint: str) -> None:
    """By what a person knows that the certificate their phone was given is the box's."""
    with suppress(OSError):
        print(f"HTTPS on port {port}. The fingerprint of /ca.crt: {fingerprint}", flush=True)
