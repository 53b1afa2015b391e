"""A real box on the simulated rig, on a loop of its own in a thread: real journal, pixels and files."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, cast

from appliance.api import Api
from appliance.box.assembly import World as Given
from appliance.box.assembly import assembled, opened_journal, served
from appliance.box.box import Box as NightBox
from appliance.imaging.calculator import LocalCalculator
from appliance.observer import Observer
from appliance.plan import Plan, expanded
from appliance.profile import Profile
from appliance.rig import Opener
from appliance.sequence.checks import resolve
from appliance.solve.near import NearSolver
from hardware.simulator.opener import SimulatorOpener
from hardware.simulator.sky import Sky
from hardware.simulator.world import MountModel, World
from hardware.stars.catalogue import stars_within
from tests.appliance.sequence.night_rig import EVENING, PROFILE, SITE
from tests.web.fake_box import Box

STEP = {"filter": "L", "seconds": 1.0, "count": 3, "dither_every": 0}
QUICK = {"focus_at_start": False, "focus_on_resume": False, "focus_on_filter_change": False, "cool": False}
PLAN: dict[str, Any] = {
    "name": "Autumn", **QUICK,
    "target": [
        {"name": "M31", "step": [STEP, {**STEP, "filter": "R", "count": 2}]},
        {"name": "M33", "step": [STEP]},
        {"do": "panel flats", "filters": ["L"], "count": 5},
    ],
}  # fmt: skip
MORE: dict[str, Any] = {
    "cooling": {"degrees_per_minute": 600.0, "stable_seconds": 1.0},
    "cover": {"driver": "simulator", "name": "Cover"},
    "flat_panel": {"driver": "simulator", "name": "Panel"},
}


class SimBox(Box):
    """`night` is the box itself: it waits for Start at an evening under the Milky Way."""

    night: NightBox
    patience = 120.0

    def __init__(self, folder: Path, plan: dict[str, Any] | None = None) -> None:
        self.folder = folder
        self.plan = Plan.model_validate(plan or PLAN)
        super().__init__()

    async def _api(self) -> Api:
        self._stack = AsyncExitStack()
        observer = Observer(SITE, epoch_unix=EVENING + 1500.0)
        profile, full = Profile.model_validate({**PROFILE, **MORE}), expanded(self.plan)
        sky = Sky(World(site=SITE, mount=MountModel(slew_deg_s=60.0, settle_seconds=0.2)), observer.unix)
        given = Given(
            observer=observer, opener=cast(Opener, SimulatorOpener(sky)), calculator=LocalCalculator(),
            solvers=lambda _: (NearSolver(stars_within),), show=lambda *_: None, bus=self.bus,
            vitals_seconds=1.0,
        )  # fmt: skip
        journal = await opened_journal(self.folder, self._stack)
        self.night = await self._stack.enter_async_context(
            assembled(profile, full, resolve(full), self.folder, journal, given)
        )
        self.night.written = self.plan
        return await self._stack.enter_async_context(served(self.night))

    def close(self) -> None:
        if self.server:
            self.run(self.server.stop)
            self.server = None
        asyncio.run_coroutine_threadsafe(self._stack.aclose(), self.loop).result(60)
        super().close()
