"""What the INDI passthrough is given of the box."""

from functools import partial

from appliance.api import Api
from appliance.box.box import Box
from appliance.box.lending import indi_name, reached
from appliance.profile import Profile
from appliance.surfaces.indi_browser.browser import Browser
from appliance.surfaces.indi_passthrough.client import Upstream
from appliance.surfaces.indi_passthrough.guard import Used
from appliance.surfaces.indi_passthrough.own.doing import own_doers
from appliance.surfaces.indi_passthrough.own.house import own_vectors
from appliance.surfaces.indi_passthrough.own.measured import Measured
from appliance.surfaces.indi_passthrough.run import Wiring

LOOPBACK = "127.0.0.1"


def passing(box: Box, api: Api, indi_port: int | None, browser: Browser | None = None) -> Wiring:
    """`indi_port` is the local indiserver's, None for a rig without one; `browser` the page's own client."""
    measured = Measured()
    return Wiring(
        section=box.profile.passthrough,
        upstream=None if indi_port is None else Upstream(LOOPBACK, indi_port),
        bus=box.bus, leases=box.leases, gate=box.interlock, rig=box.rig, used=used_by(box.profile),
        vectors=partial(own_vectors, box.profile, measured),
        doers=own_doers(box.profile, api, box.rig, box.jobs.busy),
        measure=partial(measured.ask, box.rig), browser=browser,
    )  # fmt: skip


def used_by(profile: Profile) -> Used:
    """What the box uses the devices of its INDI server for."""
    kinds: dict[str, frozenset[str]] = {}
    for kind, name in reached(profile):
        kinds[name] = kinds.get(name, frozenset()) | {kind}
    outputs = [one for one in profile.output if one.driver == "indi"]
    roof = profile.roof
    return Used(
        kinds=kinds,
        outputs=frozenset(
            (indi_name(one), str(one.setup.get("element", "")).partition(".")[0]) for one in outputs
        ),
        roof="" if roof is None else roof.name,
        clears=roof is None or roof.clears,
    )
