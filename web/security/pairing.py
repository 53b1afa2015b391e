"""The code by which a person who stands at the box proves it. Pure."""

import hmac
import secrets
from collections.abc import Callable

DIGITS = 6
TRIES = 5
LIFE = 3600.0  # seconds


class Pairing:
    """A code that lives an hour and bears five wrong tries; the next is made when one is asked for.

    `announce` gets each new one. Not for several threads at once.
    """

    def __init__(self, clock: Callable[[], float], announce: Callable[[str], None]) -> None:
        self._clock, self._announce = clock, announce
        self._code, self._until, self._tries = "", 0.0, 0

    def code(self) -> str:
        """The one that counts now."""
        if not self._code or self._clock() >= self._until:
            self._renew()
        return self._code

    def fits(self, given: str) -> bool:
        """Is it this one? Blanks between the digits do not matter. The last wrong try ends the code."""
        digits = "".join(sign for sign in given if not sign.isspace())
        if hmac.compare_digest(digits.encode(), self.code().encode()):
            return True
        self._tries += 1
        if self._tries >= TRIES:
            self._renew()
        return False

    def end(self) -> None:
        """It has been used."""
        self._code = ""

    def _renew(self) -> None:
        before = self._code
        while self._code == before:
            self._code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        self._until, self._tries = self._clock() + LIFE, 0
        self._announce(self._code)
