"""A telescope in the open by night, in virtual time: every device that a profile can have, no plan begun."""

from pathlib import Path
from typing import Any

from appliance.plan import Plan
from appliance.profile import Profile
from hardware.simulator.shutter import Shutter
from tests.appliance.rehearsal.long_night import BEGINS, PROFILE, simulated
from tests.appliance.surfaces.lonely_box import LonelyBox

NIGHT = BEGINS + 4 * 3600.0  # 20:00 UTC
STEP = {"filter": "L", "seconds": 300.0, "count": 4}
PLAN = Plan.model_validate({"name": "Andromeda", "target": [{"name": "M31", "step": [STEP]}]})
M31 = {"ra_deg": 10.684, "dec_deg": 41.269}
DEVICES: dict[str, Any] = {
    "rotator": simulated("Rotator"), "cover": simulated("Cover"), "flat_panel": simulated("Panel"),
    "output": [{**simulated("Heater"), "mode": "off"}],
}  # fmt: skip


def field_profile(**changes: Any) -> Profile:
    """No roof, and nothing that watches the weather."""
    values = {**PROFILE, "roof": None, "park_sensor": None, "weather": None, **DEVICES, **changes}
    return Profile.model_validate(values)


def field(folder: Path, **changes: Any) -> LonelyBox:
    box = LonelyBox(folder, PLAN, profile=field_profile(**changes), begins=NIGHT)
    box.sky.roof = Shutter("open")
    return box
