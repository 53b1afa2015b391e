"""The door: what it takes to come in. Called from any of the web's threads."""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import replace

from appliance.api import Access
from web.bridge import one_at_a_time
from web.security.pairing import Pairing
from web.security.passwords import check_new, hashed, is_right
from web.security.refusals import Wait, WrongSecret
from web.security.settings import Security
from web.security.throttle import Throttle

AT_THE_BOX = "It stands on the box's display, or in what it printed when it started."
FORGOTTEN = "Forgotten? Hold the box's Light button for ten seconds, or run: nightbox page reset-password"


class Door:
    """Every try is counted before its secret is looked at, so that many at once gain nothing."""

    def __init__(self, security: Security) -> None:
        self._keeper = security.keeper
        self._paired, self._method = security.paired, security.hashing
        self._throttle = Throttle(security.clock)
        self._pairing = Pairing(security.clock, security.announce)
        self._turn = one_at_a_time()
        self._hashing = one_at_a_time()  # each takes 32 MB

    @property
    def access(self) -> Access:
        """As it is kept now."""
        return self._keeper.read()

    @property
    def is_open(self) -> bool:
        """True where the profile lets everybody in."""
        return not self._paired

    def pairing_code(self) -> str:
        """What a person at the box is shown; empty when there is a password, or no need of one."""
        if not self._paired or self.access.password:
            return ""
        with self._turn:
            return self._pairing.code()

    def pair(self, who: str, code: str, password: str) -> None:
        """Set the first password. BadCommand, Wait or WrongSecret when that is not to be."""
        check_new(password)
        self._count(who)
        with self._turn:
            if self.access.password or not self._pairing.fits(code):
                raise WrongSecret("That is not the pairing code.", advice=AT_THE_BOX)
        kept = self._hashed(password)
        with self._turn:
            if self.access.password:
                raise WrongSecret("Somebody else has just set a password.", advice="Log in with that one.")
            self._keeper.write(replace(self.access, password=kept))
            self._pairing.end()
            self._throttle.succeeded(who)

    def log_in(self, who: str, password: str) -> None:
        """Wait or WrongSecret when this is not the password."""
        self._count(who)
        with self._hashing:
            right = is_right(password, self.access.password)
        if not right:
            raise WrongSecret("That is not the password.", advice=FORGOTTEN)
        with self._turn:
            self._throttle.succeeded(who)

    def change(self, who: str, old: str, new: str) -> None:
        """Another password; every phone is logged out. `old` is not asked for while there is none."""
        check_new(new)
        if self.access.password:
            self.log_in(who, old)
        kept = self._hashed(new)
        with self._turn:
            self._keeper.write(replace(self.access, password=kept, secret=secrets.token_hex(32)))

    def use_key(self, key: str) -> bool:
        """Is it the key for this machine? It opens once."""
        with self._turn:
            access = self.access
            if not access.key or not hmac.compare_digest(key.encode(), access.key.encode()):
                return False
            self._keeper.write(replace(access, key=secrets.token_urlsafe(16)))
            return True

    def end_all(self) -> None:
        """Every session has ended, this one too."""
        with self._turn:
            self._keeper.write(replace(self.access, secret=secrets.token_hex(32)))

    def staying(self) -> Callable[[], bool]:
        """Tells, from now on, whether the sessions of this moment still count."""
        secret = self.access.secret
        return lambda: self.access.secret == secret

    def _count(self, who: str) -> None:
        with self._turn:
            seconds = self._throttle.wait(who)
        if seconds:
            raise Wait(seconds)

    def _hashed(self, password: str) -> str:
        with self._hashing:
            return hashed(password, self._method)
