"""How the page is guarded: what the composition root decides."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from appliance.api import AccessKeeper


def _nobody(_: str) -> None:
    """Tells a new pairing code to no one."""


@dataclass(frozen=True, slots=True)
class Security:
    """`keeper` remembers the password; not `paired`: whoever reaches the page may use it.

    `names` are further ones of the box; `announce` tells a person at the box each new pairing code, from
    any thread. `clock` counts seconds from anywhere and never goes back. `hashing` is werkzeug's name of how
    a new password is hashed. `client` tells who is behind a port of the box's front for TLS, `authority` is
    the file of the certificate by which phones trust that; None without HTTPS.
    """

    keeper: AccessKeeper
    paired: bool = True
    names: tuple[str, ...] = ()
    announce: Callable[[str], None] = _nobody
    clock: Callable[[], float] = time.monotonic
    hashing: str = "scrypt"
    client: Callable[[int], str | None] | None = None
    authority: Path | None = None
