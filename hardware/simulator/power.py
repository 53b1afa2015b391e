"""The simulated mains and battery."""

from hardware.asked import Asked
from hardware.devices import Power
from hardware.simulator.faults import FaultKind, Faults
from hardware.simulator.sky import Sky
from hardware.simulator.spans import spans_of
from hardware.simulator.world import PowerModel


class SimulatedPowerMonitor(Asked):
    """Mains fail by fault only; then the battery feeds the rig, and is charged afterwards."""

    lost = False

    def __init__(self, name: str, sky: Sky) -> None:
        self.name, self._sky = name, sky

    async def power(self) -> Power:
        return power(self._sky.world.power, self._sky.faults, self._sky.utc(None))


def power(model: PowerModel, faults: Faults, utc_unix: float) -> Power:
    """What the monitor says at a moment; while the battery is low it claims the fault's amount of percent."""
    low = faults.active(FaultKind.BATTERY_LOW, utc_unix)
    mains = faults.active(FaultKind.MAINS_LOST, utc_unix) is None
    return Power(mains, low.amount if low else battery_percent(model, faults, utc_unix))


def battery_percent(model: PowerModel, faults: Faults, utc_unix: float) -> float:
    """Charge at a moment, 0 to 100: `percent` until the mains first fail."""
    charge, since = model.percent, None
    per_second = 100 / 3600 / model.battery_wh
    for begins, ends in spans_of(faults, FaultKind.MAINS_LOST):
        if begins > utc_unix:
            break
        if since is not None:
            charge = min(100.0, charge + (begins - since) * model.charge_watts * per_second)
        since = min(ends, utc_unix)
        charge = max(0.0, charge - (since - begins) * model.watts * per_second)
    if since is not None:
        charge = min(100.0, charge + (utc_unix - since) * model.charge_watts * per_second)
    return charge
