"""The box's own work takes its time; disks get slow and full, solvers fail; a save goes on after a Stop."""

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from appliance.errors import DiskFull, SolveFailed
from appliance.imaging.calculator import Holds, LocalCalculator
from appliance.imaging.measure import StarSettings
from appliance.rehearsal.sketching import FastCalculator, SketchSolver, complete
from appliance.rehearsal.troubled import (
    COSTED_PIXELS,
    Costs,
    TroubledCalculator,
    troubled,
    troubled_solver,
)
from appliance.solve.solution import Hint
from hardware.simulator.faults import Fault, FaultKind, Faults
from hardware.simulator.sketch import Sketch
from tests.appliance.rehearsal.sketches import FACTS, blank, seen, sketch

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]

EVENING = 1_795_204_800.0
CALM = Faults()
SHARE = 512 * 640 / COSTED_PIXELS  # the size of the frames here
COSTS = Costs(stars=0.3 / SHARE, save=0.3 / SHARE, preview=0.1 / SHARE)


def utc(moment: float | None) -> float:
    return EVENING + (now() if moment is None else moment)


def now() -> float:
    return asyncio.get_running_loop().time()


def faults(kind: FaultKind, begins: float, seconds: float, amount: float = 0.0) -> Faults:
    return Faults((Fault(kind, EVENING + begins, seconds, amount=amount),))


def fast(every: Faults = CALM) -> TroubledCalculator:
    return troubled(FastCalculator(), every, utc, COSTS)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_work_takes_its_time_whoever_does_it(tmp_path: Path) -> None:
    for number, (calculator, frame) in enumerate([(fast(), sketch()), (_local(), blank())]):
        began = now()
        async with calculator.hold(frame) as held:
            stars = await held.stars(StarSettings())
            assert now() - began == pytest.approx(0.3)
            await held.save(tmp_path / f"{number}.fits", replace(FACTS, stars=stars))
            assert now() - began == pytest.approx(0.6)
            await held.preview(tmp_path / "preview.jpg", 64)
            assert now() - began == pytest.approx(0.7)
        assert complete(tmp_path / f"{number}.fits")


def _local() -> Holds:
    return troubled(LocalCalculator(), Faults(), utc, COSTS)


async def test_small_frames_cost_less() -> None:
    for side, seconds in ((3008, 0.3), (1504, 0.075)):
        began, pixels = now(), np.broadcast_to(np.uint16(300), (side, side)).view(Sketch)
        pixels.shown = sketch().shown
        async with troubled(FastCalculator(), CALM, utc).hold(pixels) as held:
            await held.stars(StarSettings())
        assert now() - began == pytest.approx(seconds)


async def test_a_full_disk_takes_nothing_until_there_is_room_again(tmp_path: Path) -> None:
    path = tmp_path / "sub.fits"
    async with fast(faults(FaultKind.DISK_FULL, 0, 10)).hold(sketch()) as held:
        await held.stars(StarSettings())
        with pytest.raises(DiskFull, match=r"sub\.fits could not be saved"):
            await held.save(path, FACTS)
        with pytest.raises(DiskFull):
            await held.preview(tmp_path / "preview.jpg", 64)
        assert files(tmp_path) == []
        await asyncio.sleep(10)
        await held.save(path, FACTS)
    assert complete(path)


async def test_a_slow_disk_adds_its_seconds(tmp_path: Path) -> None:
    async with fast(faults(FaultKind.SLOW_DISK, 0, 10, amount=20)).hold(sketch()) as held:
        await held.save(tmp_path / "1.fits", FACTS)
        assert now() == pytest.approx(20.3)
        await held.save(tmp_path / "2.fits", FACTS)
        assert now() == pytest.approx(20.6)


async def test_whoever_stops_waiting_does_not_stop_the_save(tmp_path: Path) -> None:
    calculator = fast(faults(FaultKind.SLOW_DISK, 0, 10, amount=20))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(5), calculator.hold(sketch()) as held:
            await held.save(tmp_path / "sub.fits", FACTS)
    assert now() == pytest.approx(5.0)
    assert not complete(tmp_path / "sub.fits")
    await calculator.close()
    assert now() == pytest.approx(20.3)
    assert complete(tmp_path / "sub.fits")


async def test_an_error_after_a_stop_disturbs_nobody(tmp_path: Path) -> None:
    calculator = fast(faults(FaultKind.DISK_FULL, 0, 100))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1), calculator.hold(sketch()) as held:
            await held.save(tmp_path / "sub.fits", FACTS)
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    await calculator.close()
    assert (complaints, files(tmp_path)) == ([], [])


async def test_a_solver_takes_its_time_and_fails_while_it_must() -> None:
    stars = await seen(sketch())
    solver = troubled_solver(
        SketchSolver(), faults(FaultKind.SOLVER_FAILS, 10, 60, amount=7), utc, Costs(solve=2)
    )
    assert solver.name == "sketch"
    assert (await solver.solve(stars, Hint())).solver == "sketch"
    assert now() == pytest.approx(2.0)
    await asyncio.sleep(20)
    with pytest.raises(SolveFailed):
        await solver.solve(stars, Hint())
    assert now() == pytest.approx(31.0)
    await asyncio.sleep(60)
    assert np.isfinite((await solver.solve(stars, Hint())).scale_arcsec)
