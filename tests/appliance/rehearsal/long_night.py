"""Ten hours in December, four targets, two flips: the night that everything must get through."""

from pathlib import Path
from typing import Any

from appliance.plan import Plan
from appliance.profile import Profile
from appliance.rehearsal.scenario import Scenario
from hardware.devices import Site
from hardware.simulator.faults import Fault, Faults
from hardware.simulator.world import World

SITE = Site(48.1, 11.6, 520.0)
BEGINS = 1_797_782_400.0  # 2026-12-20 16:00 UTC, an hour before nautical dusk


def simulated(name: str, **setup: float | str | bool) -> dict[str, Any]:
    return {"driver": "simulator", "name": name, "setup": setup}


PROFILE: dict[str, Any] = {
    "name": "observatory",
    "site": {"latitude_deg": SITE.latitude_deg, "longitude_deg": SITE.longitude_deg},
    "telescope": {"focal_length_mm": 360.0, "aperture_mm": 72.0},
    "camera": {**simulated("Camera"), "celsius": -10.0, "gain": 100},
    "mount": simulated("Mount"),
    "focuser": simulated("Focuser"),
    "filter_wheel": simulated("Wheel", filters="L,R"),
    "roof": simulated("Roof", start="closed"),
    "park_sensor": simulated("Park sensor"),
    "weather": simulated("Weather"),
    "focus": {"step": 120, "overshoot": 200, "seconds": 6.0, "points": 7},
    "centring": {"seconds": 8.0, "tolerance_arcsec": 30.0},
    "dither": {"settle_seconds": 5.0},
    "flip": {"after_minutes": 0.0, "latest_minutes": 25.0},
}


def target(name: str, hours: float, filter_: str = "L") -> dict[str, Any]:
    step = {"filter": filter_, "seconds": 300.0, "count": round(hours * 3600 / 330), "dither_every": 3}
    return {"name": name, "min_altitude_deg": 25.0, "step": [step]}


def long_night(folder: Path, *faults: Fault, fidelity: Any = "fast", **plan: Any) -> Scenario:
    """M31 and M45 cross the meridian while they are taken, M81 and M51 do not."""
    targets = [target("M31", 2.6), target("M45", 2.4), target("M81", 2.3), target("M51", 2.7)]
    values = {"name": "long night", "target": targets, "focus_every_minutes": 140.0, **plan}
    return Scenario(
        Profile.model_validate(PROFILE), Plan.model_validate(values),
        World(site=SITE, seed=7, fidelity=fidelity, heavens=True), BEGINS, folder, Faults(faults),
    )  # fmt: skip
