"""Which solvers there are, and asking them one after the other."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from appliance.bus import Publish, Said
from appliance.errors import BadProfile, SolveFailed
from appliance.imaging.stars import StarField
from appliance.solve.astap import AstapSolver
from appliance.solve.engine import FEWEST_STARS, EngineSolver
from appliance.solve.near import NearSolver, StarsWithin
from appliance.solve.solution import Hint, Solution, Solver
from appliance.solve.solve_field import SolveFieldSolver
from hardware.stars.catalogue import stars_within

DEFAULT_ORDER = ("engine", "near")
FEW_STARS = 15


class LocalSolver(Solver, Protocol):
    """A solver that can say whether it works on this machine."""

    def missing(self) -> str | None:
        """What keeps it from working here, None when all is there."""
        ...


def available(
    order: Sequence[str] = DEFAULT_ORDER,
    catalogue: StarsWithin = stars_within,
    publish: Publish = lambda _: None,
    field: str = "solver.order",
) -> list[Solver]:
    """The chosen solvers that work on this machine, in that order; one that does not is told of.

    Names are "engine", "near", "solve-field" and "astap"; BadProfile for any other. `catalogue` is
    what the built-in solver compares with.
    """
    makers: dict[str, Callable[[], LocalSolver]] = {
        "engine": EngineSolver,
        "near": lambda: NearSolver(catalogue),
        "solve-field": SolveFieldSolver,
        "astap": AstapSolver,
    }
    unknown = [name for name in order if name not in makers]
    if unknown:
        raise BadProfile(field, f"there is no solver {unknown[0]!r}; there are {', '.join(makers)}")
    found: list[Solver] = []
    for solver in (makers[name]() for name in order):
        reason = solver.missing()
        if reason is None:
            found.append(solver)
        else:
            publish(Said(source="solve", text=f"{solver.name} is left out: {reason}.", level="warning"))
    return found


async def solve_with_fallback(
    solvers: Sequence[Solver],
    stars: StarField,
    hint: Hint,
    within: float = 90.0,
    *,
    image: Path | None = None,
    publish: Publish = lambda _: None,
) -> Solution:
    """The first solution: each solver near the hint, then all over the sky, then at any scale.

    SolveFailed after `within` seconds or when all have failed says what was tried; with too few stars
    it comes at once.
    """
    count = len(stars.x)
    if count < FEWEST_STARS:
        raise SolveFailed(
            f"{_stars(count)} found; {FEWEST_STARS} are the least to solve with.", advice=FEW_ADVICE
        )
    tried: list[str] = []
    try:
        async with asyncio.timeout(within):
            for solver in solvers:
                for where, stage in _stages(hint):
                    if tried:
                        publish(Said(source="solve", text=f"Trying {solver.name} {where}.", routine=True))
                    try:
                        return await solver.solve(stars, stage, image)
                    except SolveFailed as failed:
                        tried.append(f"{where}: {failed.sentence.rstrip('.')}")
    except TimeoutError:
        tried.append(f"stopped after {within:g} s")
    raise SolveFailed(
        f"{_stars(count)} found, but not recognised ({'; '.join(tried) or 'no solver is installed'}).",
        advice=_advice(count, solvers, hint),
    )


def _stages(hint: Hint) -> Iterator[tuple[str, Hint]]:
    if hint.centre is not None:
        yield "near the expected place", hint
    yield "all over the sky", replace(hint, centre=None)
    if hint.scale_arcsec is not None:
        yield "at any scale", replace(hint, centre=None, scale_arcsec=None)


FEW_ADVICE = "Check for clouds, dew and the lens cap, focus roughly by hand, or expose longer."


def _stars(count: int) -> str:
    return f"{count or 'No'} star{'' if count == 1 else 's'} {'was' if count == 1 else 'were'}"


def _advice(count: int, solvers: Sequence[Solver], hint: Hint) -> str | None:
    if not solvers:
        return "Install astrometry.net with its Tycho-2 index files."
    if count < FEW_STARS:
        return FEW_ADVICE
    if hint.scale_arcsec is not None:
        return (
            f"Check focal length, pixel size and binning in the profile: they give {hint.scale_arcsec:.2f}"
            " arcseconds per pixel. If they are right, focus again or expose longer."
        )
    return None
