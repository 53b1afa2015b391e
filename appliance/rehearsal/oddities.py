"""What makes a storm night's rig an odd one: errors of the mount, tilt, a cover, a clock never set."""

from random import Random
from typing import Any

from appliance.rehearsal.section import simulated
from hardware.simulator.forecast import WeatherPoint

FOGGY, DRY_PERCENT, WET_PERCENT = 0.15, 70.0, 98.0
EDGE_SECONDS = 1800.0


def enriched(profile: dict[str, Any], random: Random, *, pixels: bool) -> dict[str, Any]:
    """The same profile with some of what a rig may have besides; nothing of what it has goes."""
    return {
        **profile,
        "mount": _with(profile["mount"], _mount(random)),
        "focuser": _with(profile["focuser"], _focuser(random)),
        "camera": _with(profile["camera"], {"tilt_steps": random.uniform(0, 40)}),
        "safety": {**profile["safety"], "max_humidity_percent": 92.0, "max_gust_m_s": 20.0},
        **_lonely(random),
        **({} if pixels else _cover(random)),
        **({"board": simulated("Board")} if random.random() < 0.3 else {}),
    }


def fog(random: Random, begins: float, ends: float) -> tuple[WeatherPoint, ...]:
    """In some nights the air gets wet for some time, and the roof has to close."""
    if random.random() > FOGGY:
        return ()
    comes = random.uniform(begins, ends)
    goes = comes + random.uniform(0.5, 6) * 3600
    course = ((comes - EDGE_SECONDS, DRY_PERCENT), (comes, WET_PERCENT), (goes, WET_PERCENT),
              (goes + EDGE_SECONDS, DRY_PERCENT))  # fmt: skip
    return tuple(WeatherPoint(at, humidity_percent=percent) for at, percent in course)


def _with(section: dict[str, Any], setup: dict[str, Any]) -> dict[str, Any]:
    return {**section, "setup": {**section["setup"], **setup}}


def _mount(random: Random) -> dict[str, Any]:
    """As it is put up in a field: not quite at the pole, with a worm that is not quite round."""
    return {
        "polar_az_arcmin": random.uniform(-8, 8), "polar_alt_arcmin": random.uniform(-8, 8),
        "pe_arcsec": random.uniform(0, 15), "cone_arcmin": random.uniform(-8, 8),
        "at_sync": random.choice(("corrects", "corrects", "corrects", "ignores")),
    }  # fmt: skip


def _focuser(random: Random) -> dict[str, Any]:
    return {
        "steps_per_celsius": random.uniform(-25, 5),
        "law": random.choice(("hyperbola", "hyperbola", "hyperbola", "parabola")),
    }


def _lonely(random: Random) -> dict[str, Any]:
    """Half of the boxes have nobody at a terminal; half of these have a satellite receiver."""
    alone, hears = random.random() < 0.5, random.random() < 0.5
    return {
        **({"startup": {"check_clock": True}} if alone else {}),
        **({"gnss": simulated("GNSS")} if hears else {}),
    }


def _cover(random: Random) -> dict[str, Any]:
    if random.random() > 0.35:
        return {}
    start = random.choice(("open", "closed"))
    return {"cover": simulated("Cover", start=start), "flat_panel": simulated("Panel")}
