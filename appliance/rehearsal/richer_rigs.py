"""What a storm night's profile asks of the procedures: focus, quality, the meridian, a dome that follows."""

from random import Random
from typing import Any

# The planet's is for planets, and the V-curve's needs what a wizard learned.
METHODS = ("sweep", "sweep", "sweep", "sgp", "dynamic", "iterative", "learned", "bright_star")
FLIPS_EARLY_DEG = (0.0, 0.0, 0.0, 2.0)


def with_procedures(profile: dict[str, Any], seed: int) -> dict[str, Any]:
    """The same profile with another choice of how things are done; drawn by itself, as the rig was before."""
    random = Random(f"storm procedures {seed}")
    return {
        **profile,
        "mount": _set(profile["mount"], {"flip_early_deg": random.choice(FLIPS_EARLY_DEG)}),
        "focus": {**profile["focus"], **_focus(random)},
        "quality": _quality(random),
        "flip": {**profile["flip"], **_flip(random)},
        **_dome(profile, random),
    }


def _set(section: dict[str, Any], setup: dict[str, Any]) -> dict[str, Any]:
    return {**section, "setup": {**section["setup"], **setup}}


def _focus(random: Random) -> dict[str, Any]:
    offsets = {"L": 0, "R": 15, "G": 10, "B": 25, "Ha": 40}
    return {
        "method": random.choice(METHODS),
        "temperature": {
            "compensate": random.choice(("off", "off", "between subs", "real time")),
            "steps_per_celsius": random.choice((-20.0, -5.0)),
        },
        **({"filters": {"offsets": offsets}} if random.random() < 0.3 else {}),
    }


def _quality(random: Random) -> dict[str, Any]:
    return {
        "action": random.choice(("off", "mark", "retake", "retake")),
        "refocus": random.random() < 0.5, "recentre": random.random() < 0.7,
    }  # fmt: skip


def _flip(random: Random) -> dict[str, Any]:
    return {
        "at_meridian": random.choice(("flip", "flip", "flip", "abort")),
        **({"pause_before_minutes": 2.0} if random.random() < 0.1 else {}),
        **({"pause_after_minutes": 2.0} if random.random() < 0.1 else {}),
    }


def _dome(profile: dict[str, Any], random: Random) -> dict[str, Any]:
    """Half of the domes follow the telescope."""
    roof = profile.get("roof")
    if roof is None or not roof["clears_telescope"] or random.random() < 0.5:
        return {}
    return {"roof": _set(roof, {"dome": True})}
