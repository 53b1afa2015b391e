"""The passthrough by itself, as a process of its own: `python -m benchmarks.passthrough_alone PORT SERVER`.

The real one, with leases and interlock asked for every command; only the box around it does nothing.
"""

import asyncio
import sys
from typing import Any, cast

from appliance.bus import Bus
from appliance.leases import House, Leases
from appliance.profile import PassthroughSection, Profile
from appliance.rig import Opener, Rig
from appliance.safety.gatekeeper import Gatekeeper
from appliance.safety.guarded import guarded
from appliance.safety.interlock import Verdict
from appliance.surfaces.indi_passthrough.client import Upstream
from appliance.surfaces.indi_passthrough.guard import Used
from appliance.surfaces.indi_passthrough.run import Wiring, run_passthrough

RIG: dict[str, Any] = {
    "name": "benchmark",
    "site": {"latitude_deg": 0.0, "longitude_deg": 0.0},
    "telescope": {"focal_length_mm": 400.0, "aperture_mm": 80.0},
    "camera": {"name": "Source"},
    "mount": {"name": "Mount"},
}


async def main(port: int, server: int) -> None:
    """Until it is ended."""
    profile, bus = Profile.model_validate(RIG), Bus()
    gate = Gatekeeper(profile, lambda: Verdict.SAFE, bus.publish)
    nothing = cast(Opener, type("NoOpener", (), {"__getattr__": lambda _, __: None})())
    await run_passthrough(
        Wiring(
            section=PassthroughSection(enabled=True, port=port), upstream=Upstream("127.0.0.1", server),
            bus=bus,
            leases=Leases(House((("camera", "Source"),)), bus.publish), gate=gate,
            rig=Rig(profile, guarded(nothing, gate), bus.publish),
            used=Used({"Source": frozenset({"camera"})}), vectors=lambda _: (),
        )
    )  # fmt: skip


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
