"""What goes through the calculator's pipes: a four-byte length, then a pickle."""

import pickle
import struct
from dataclasses import dataclass
from typing import Any

from appliance.errors import NightboxError

LENGTH = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Request:
    """Do `work` with the frame of this shape in this slot; `again` after a crash during it."""

    id: int
    work: str
    slot: int
    shape: tuple[int, int]
    arguments: tuple[Any, ...]
    again: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """The result, or an error of ours, or the sentence of any other."""

    id: int
    result: Any = None
    error: NightboxError | None = None
    surprise: str = ""


def pack(message: object) -> bytes:
    """One message as it goes through the pipe."""
    body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(body)) + body
