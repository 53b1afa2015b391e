"""What the box's own work costs in time, and what goes wrong with it: disk and solver."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.errors import DiskFull, SolveFailed
from appliance.imaging.calculator import Held, Holds
from appliance.imaging.stars import StarField
from appliance.solve.solution import Hint, Solution, Solver
from hardware.simulator.faults import FaultKind, Faults

Utc = Callable[[float | None], float]


# The frame that `Costs` speaks of: 9 megapixels, of a common cooled camera.
COSTED_PIXELS = 3008 * 3008


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds that the work takes on a Raspberry Pi.

    All but `solve`, which sees a star list, are those of COSTED_PIXELS and go with the size of the frame.
    """

    stars: float = 0.3
    solve: float = 0.2
    save: float = 0.3
    preview: float = 0.1


def troubled(calculator: Holds, faults: Faults, utc: Utc, costs: Costs = Costs()) -> "TroubledCalculator":
    """A calculator of any kind that takes its time, on a disk that may be slow or full."""
    return TroubledCalculator(calculator, faults, utc, costs)


def troubled_solver(solver: Solver, faults: Faults, utc: Utc, costs: Costs = Costs()) -> "TroubledSolver":
    """A solver of any kind that takes its time, and at times recognises nothing."""
    return TroubledSolver(solver, faults, utc, costs)


class TroubledCalculator:
    """As the real one: whoever stops waiting for a save does not stop it."""

    def __init__(self, calculator: Holds, faults: Faults, utc: Utc, costs: Costs) -> None:
        self._calculator, self._faults, self._utc, self._costs = calculator, faults, utc, costs
        self._busy: set[asyncio.Task[Any]] = set()

    @asynccontextmanager
    async def hold(self, pixels: NDArray[np.uint16]) -> AsyncIterator[Held]:
        """As Calculator.hold. A save raises DiskFull while the disk is."""
        share = pixels.size / COSTED_PIXELS
        async with self._calculator.hold(pixels) as held:

            async def ask(name: str, arguments: tuple[Any, ...]) -> Any:
                seconds = share * getattr(self._costs, name)
                return await self._finishing(self._work(held, name, arguments, seconds))

            yield Held(ask)

    async def close(self) -> None:
        """Wait for what is still under way."""
        while self._busy:
            await asyncio.wait(set(self._busy))

    async def _finishing(self, work: Coroutine[Any, Any, Any]) -> Any:
        task = asyncio.ensure_future(work)
        self._busy.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self._busy.discard(task)
        if not task.cancelled():
            task.exception()  # nobody may be waiting for it any more

    async def _work(self, held: Held, name: str, arguments: tuple[Any, ...], seconds: float) -> Any:
        await asyncio.sleep(seconds)
        if name != "stars":
            await self._reach_disk(arguments[0])
        return await getattr(held, name)(*arguments)

    async def _reach_disk(self, path: Path) -> None:
        await asyncio.sleep(self._faults.amount(FaultKind.SLOW_DISK, self._utc(None)))
        if self._faults.active(FaultKind.DISK_FULL, self._utc(None)):
            raise DiskFull(f"The disk is full: {path.name} could not be saved in {path.parent}.")


class TroubledSolver:
    """A Solver; the fault's amount is how long it searches in vain."""

    def __init__(self, solver: Solver, faults: Faults, utc: Utc, costs: Costs) -> None:
        self._solver, self._faults, self._utc, self._costs = solver, faults, utc, costs

    @property
    def name(self) -> str:
        return self._solver.name

    async def solve(self, stars: StarField, hint: Hint, image: Path | None = None) -> Solution:
        await asyncio.sleep(self._costs.solve)
        if fails := self._faults.active(FaultKind.SOLVER_FAILS, self._utc(None)):
            await asyncio.sleep(fails.amount)
            raise SolveFailed("No solver recognised the stars.")
        return await self._solver.solve(stars, hint, image)
