"""Parameters as scripts send them: numbers and truth as such or as text, as CCDciel takes them."""

import math
from typing import Any

from appliance.surfaces.jsonrpc.protocol import INTERNAL_ERROR, RpcError

OK = {"status": "OK!"}


class Unfit(Exception):
    """A parameter does not fit: `reason` in a few words, "" when there is nothing more to say."""

    def __init__(self, reason: str = "") -> None:
        super().__init__(reason)
        self.reason = reason


def failed(reason: str = "") -> dict[str, str]:
    """The result of a command that was not carried out."""
    return {"status": f"Failed! {reason}".strip()}


def unavailable(reason: str) -> RpcError:
    """There is no such value now."""
    return RpcError(INTERNAL_ERROR, f"Internal error: {reason}")


def text(value: Any) -> str:
    """As CCDciel reads it: without the blanks around it."""
    return ("null" if value is None else str(value)).strip()


def flag(value: Any) -> bool:
    """True, "true", "True" and nothing else."""
    return text(value).upper() == "TRUE"


def number(value: Any) -> float:
    """Unfit for anything that is none."""
    try:
        told = float(text(value))
    except ValueError:
        told = math.nan
    if isinstance(value, bool) or not math.isfinite(told):
        raise Unfit(f"{_short(value)} is no number")
    return told


def whole(value: Any) -> int:
    """Unfit for anything that is no whole number."""
    told = number(value)
    if told != int(told):
        raise Unfit(f"{_short(value)} is no whole number")
    return int(told)


def within(value: float, least: float, most: float) -> float:
    """Unfit in CCDciel's own words outside."""
    if not least <= value <= most:
        raise Unfit("out of range")
    return value


def binning(value: Any) -> int:
    """As "2x2", or 2."""
    across, _, down = text(value).lower().partition("x")
    if down and down != across:
        raise Unfit("both sides must be binned alike")
    return int(within(whole(across), 1, 4))


def _short(value: Any) -> str:
    told = repr(value)
    return told if len(told) <= 40 else f"{told[:40]}…"
