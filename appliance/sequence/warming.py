"""Reading the solver's index files while the camera cools: from a slow card the first solve would wait."""

from appliance.sequence.looking import hint_for
from appliance.sequence.night import Night
from appliance.solve.engine import EngineSolver


async def warm_solvers(night: Night) -> None:
    """Once, in the background; what could not be read is no matter."""
    binning, sensor = night.profile.centring.binning, night.rig.camera.sensor
    hint = hint_for(night, None, binning)
    for solver in night.solvers:
        if isinstance(solver, EngineSolver):
            await solver.warm(sensor.width // binning, sensor.height // binning, hint)
