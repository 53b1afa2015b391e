"""Every driver must keep the same contract: each test here runs once per driver."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hardware.alpaca.opener import AlpacaOpener
from hardware.devices import DeviceSpec, IndiClient
from hardware.gpio.opener import GpioOpener
from hardware.indi.opener import IndiOpener
from hardware.simulator.opener import SimulatorOpener
from tests import alpaca_rig, indi_rig
from tests.electrics import ROOF, Electrics, spec

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
# Kinds that INDI's simulators of a telescope do not show: drivers of real gear do, which pretend to have it.
SIMULATED = ("park_sensor", "cover", "flat_panel", "power_monitor", "output")
POWER_BOX = ("indi_snapcap", "lightpanel", "indi_pegasus_upb")
INDI_BOX = {
    "cover": DeviceSpec("indi", "SnapCap"),
    "flat_panel": DeviceSpec("indi", "Light Panel Simulator"),
    "output": DeviceSpec(
        "indi", "Camera", {"device": "Pegasus UPB", "element": "POWER_CONTROL.POWER_CONTROL_1"}
    ),
    "power_monitor": DeviceSpec(
        "indi", "Pegasus UPB", {"battery": "POWER_SENSORS.SENSOR_VOLTAGE", "empty": 11.0, "full": 13.0}
    ),
}
PANEL = ("button", "status_light", "buzzer", "text_display", "board")
GPIO = {
    "roof": spec("Roof", **ROOF, reverse_pause_seconds=0.5),
    "safety_monitor": spec("Rain", pin=22),
    "park_sensor": spec("Park", pin=4, debounce_seconds=0),
    "power_monitor": spec("Mains", pin=24),
    "output": spec("Dew", pin=12, dimmable=True),
    "button": spec("Start", pin=23),
    "status_light": spec("Light", red_pin=16, green_pin=20, blue_pin=21),
    "buzzer": spec("Buzzer", pin=26, passive=True),
}


@dataclass(frozen=True)
class Driver:
    """An opener, and how its demo devices are called."""

    opener: Any
    specs: dict[str, DeviceSpec]

    async def open(self, kind: str) -> Any:
        return await getattr(self.opener, kind)(self.specs[kind])


LINKS = ("", " by pyindi")
SIMULATOR = pytest.param("simulator", marks=[pytest.mark.looptime])
INDI = [pytest.param(f"indi{by}", marks=[pytest.mark.indi]) for by in LINKS]
ALPACA = pytest.param("alpaca")


class OnTheBench(GpioOpener):
    """The header, wired to a roof, to dry weather, and to a switch under the simulator's telescope."""

    def __init__(self, bench: Electrics, simulator: SimulatorOpener) -> None:
        super().__init__(bench.factory)
        self.mount = simulator.mount  # type: ignore[method-assign]
        bench.factory.pin(4).sensed = lambda: not simulator.sky.at_park
        bench.factory.pin(22).sensed = lambda: False


@pytest.fixture(params=[SIMULATOR, *INDI, ALPACA])
async def driver(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Driver]:
    utc = indi_rig.utc_clock()
    if request.param == "simulator":
        kinds = (*INDI_NAMES, *SIMULATED, *PANEL)
        yield Driver(SimulatorOpener.demo(utc), {kind: DeviceSpec("simulator", kind) for kind in kinds})
        return
    if request.param == "alpaca":
        async with alpaca_rig.server() as server:
            yield Driver(AlpacaOpener(utc), {kind: server.spec(kind) for kind in alpaca_rig.KINDS})
        return
    kind, by, _ = request.param.partition(" by pyindi")
    link: IndiClient = "pyindi" if by else "asyncio"
    if kind == "indi power box":
        async with IndiOpener.start(indi_rig.settings(tmp_path, *POWER_BOX, link=link), utc) as opener:
            await indi_rig.pretend(opener, "SnapCap", "Pegasus UPB")
            yield Driver(opener, INDI_BOX)
        return
    if request.param == "gpio":
        async with OnTheBench(Electrics(seconds=10.0), SimulatorOpener.demo(utc)).running() as header:
            yield Driver(header, {**GPIO, "mount": DeviceSpec("simulator", "mount")})
        return
    async with IndiOpener.start(indi_rig.settings(tmp_path, link=link), utc) as opener:
        specs = {kind: indi_rig.spec(name) for kind, name in INDI_NAMES.items()}
        park: dict[str, float | str | bool] = {
            "device": "Telescope Simulator",
            "element": "TELESCOPE_PARK.PARK",
        }
        yield Driver(opener, {**specs, "park_sensor": DeviceSpec("indi", "Park sensor", park)})
