"""The one JSON shape that MQTT, the phone page and JSON-RPC share."""

import dataclasses
import math
from datetime import datetime
from enum import Enum
from pathlib import Path

from appliance.bus import Message


def encode(message: Message) -> dict[str, object]:
    """`{"type": class name, field: value, ...}`; every value plain JSON."""
    fields = {f.name: plain(getattr(message, f.name)) for f in dataclasses.fields(message)}
    return {"type": type(message).__name__, **fields}


def plain(value: object) -> object:
    """JSON's own types: NaN and infinity become null, because JSON has no word for them."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
