"""Why somebody is not let in, as the page says it."""

import math
from typing import ClassVar

from appliance.errors import NightboxError


class TurnedAway(NightboxError):
    """Base of what stands between a visitor and the page."""

    code: ClassVar[str] = "page.refused"


class LogIn(TurnedAway):
    """Nobody is logged in on this phone."""

    code: ClassVar[str] = "page.login"
    default_advice: ClassVar[str] = "Load the page again and log in."


class WrongSecret(TurnedAway):
    """Not the password, or not the pairing code."""

    code: ClassVar[str] = "page.wrong"


class Forged(TurnedAway):
    """The request does not come from the page that was given to this phone."""

    code: ClassVar[str] = "page.token"
    default_advice: ClassVar[str] = "Load the page again."


class WrongName(TurnedAway):
    """The box was called by a name that is not its own."""

    code: ClassVar[str] = "page.name"


class Wait(TurnedAway):
    """Too many wrong tries: so many seconds until the next."""

    code: ClassVar[str] = "page.wait"
    default_advice: ClassVar[str] = "Nothing else has stopped: the night goes on."

    def __init__(self, seconds: float) -> None:
        self.seconds = math.ceil(round(seconds, 3))
        super().__init__(f"Too many wrong tries. Wait {self.seconds} s.")
