"""Every driver must keep the same contract: each test here runs once per driver."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hardware.devices import DeviceSpec
from hardware.indi.opener import IndiOpener
from hardware.simulator.opener import SimulatorOpener
from tests import indi_rig

INDI_NAMES = {
    "camera": "CCD",
    "mount": "Telescope",
    "focuser": "Focuser",
    "filter_wheel": "Filter",
    "rotator": "Rotator",
    "roof": "Dome",
    "safety_monitor": "Weather",
    "observing_conditions": "Weather",
    "gnss": "GPS",
}


@dataclass(frozen=True)
class Driver:
    """An opener, and how its demo devices are called."""

    opener: Any
    specs: dict[str, DeviceSpec]

    async def open(self, kind: str) -> Any:
        return await getattr(self.opener, kind)(self.specs[kind])


SIMULATOR = pytest.param("simulator", marks=[pytest.mark.looptime])
INDI = pytest.param("indi", marks=[pytest.mark.indi])


@pytest.fixture(params=[SIMULATOR, INDI])
async def driver(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Driver]:
    utc = indi_rig.utc_clock()
    if request.param == "simulator":
        yield Driver(SimulatorOpener.demo(utc), {kind: DeviceSpec("simulator", kind) for kind in INDI_NAMES})
        return
    async with IndiOpener.start(indi_rig.settings(tmp_path), utc) as opener:
        yield Driver(opener, {kind: indi_rig.spec(name) for kind, name in INDI_NAMES.items()})
