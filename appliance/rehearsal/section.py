"""A simulated device as a table of a profile."""

from typing import Any


def simulated(name: str, **setup: float | str | bool) -> dict[str, Any]:
    """Its name and its settings in the simulator."""
    return {"driver": "simulator", "name": name, "setup": setup}
