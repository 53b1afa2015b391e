"""What must be made safe, as the controller wrote it down: rig.json."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FORMAT = 1
MOST_BYTES = 65536


@dataclass(frozen=True, slots=True)
class Device:
    """How one device is reached: `driver` is indi, gpio or one that the guardian cannot use."""

    driver: str
    name: str
    setup: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Brief:
    """The rig; `socket` and `port` are indiserver's, seconds are as in the profile's [guardian]."""

    mount: Device | None
    roof: Device | None
    park_sensor: Device | None
    clears_telescope: bool
    socket: str
    port: int
    silence_seconds: float
    alarm_seconds: float
    park_seconds: float
    buzzer_pin: str
    alarm_command: tuple[str, ...]
    buzzer_active: str = "high"


def read_brief(path: Path) -> Brief | None:
    """None when there is none that can be understood."""
    raw = read_json(path)
    if raw.get("format") != FORMAT:
        return None
    try:
        return Brief(
            mount=_device(raw["mount"]), roof=_device(raw["roof"]), park_sensor=_device(raw["park_sensor"]),
            clears_telescope=raw["clears_telescope"] is True,
            socket=str(raw["socket"]), port=int(raw["port"]),
            silence_seconds=_seconds(raw["silence_seconds"]), alarm_seconds=_seconds(raw["alarm_seconds"]),
            park_seconds=_seconds(raw["park_seconds"]), buzzer_pin=str(raw["buzzer_pin"]),
            alarm_command=tuple(str(word) for word in raw["alarm_command"]),
            buzzer_active=str(raw.get("buzzer_active", "high")),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError):
        return None


def _device(raw: Any) -> Device | None:
    if raw is None:
        return None
    return Device(str(raw["driver"]), str(raw["name"]), dict(raw["setup"]))


def _seconds(raw: Any) -> float:
    if not (isinstance(raw, int | float) and math.isfinite(raw) and raw > 0):
        raise ValueError(raw)
    return float(raw)


def read_json(path: Path) -> dict[str, Any]:
    """The object in a file; {} when there is none, or it is something else."""
    try:
        with path.open("rb") as file:
            value = json.loads(file.read(MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
