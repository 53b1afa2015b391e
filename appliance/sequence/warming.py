"""Reading the solver's index files while the camera cools: from a slow card the first solve would wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from appliance.sequence.looking import hint_for
from appliance.sequence.night import Night
from appliance.solve.engine import EngineSolver


@asynccontextmanager
async def solvers_warming(night: Night) -> AsyncIterator[None]:
    """In the background for the length of the block at most."""
    task = asyncio.create_task(_warm(night))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _warm(night: Night) -> None:
    binning, sensor = night.profile.centring.binning, night.rig.camera.sensor
    hint = hint_for(night, None, binning)
    for solver in night.solvers:
        if isinstance(solver, EngineSolver):
            await solver.warm(sensor.width // binning, sensor.height // binning, hint)
