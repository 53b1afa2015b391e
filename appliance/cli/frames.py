"""`nightbox solve` and `nightbox stars`: what the box would make of a file."""

import asyncio
from pathlib import Path

from appliance.cli.exits import FAILED, OK
from appliance.imaging.measure import StarSettings, measure
from appliance.imaging.reader import read_fits
from appliance.sky.catalogue import find
from appliance.sky.coordinates import format_dec, format_ra
from appliance.solve.solution import Hint
from appliance.solve.solvers import available, solve_with_fallback


def measure_file(file: Path, *, every: bool) -> int:
    """Print count and HFR, with `every` each star as well; exit code 1 when no star was found."""
    stars = measure(read_fits(file).pixels, StarSettings())
    print(f"{stars.count} stars, HFR {stars.hfr_median:.2f} px, background {stars.background:.0f} "
          f"± {stars.noise:.1f} ADU, {stars.saturated} saturated")  # fmt: skip
    if every:
        for x, y, flux, hfr in zip(stars.x, stars.y, stars.flux, stars.hfr, strict=True):
            print(f"{x:9.2f} {y:9.2f} {flux:12.0f} {hfr:6.2f}")
    return OK if stars.count else FAILED


def solve_file(file: Path, near: str | None, scale: float | None, within: float) -> int:
    """Print where the frame points; SolveFailed when no solver recognises it."""
    read = read_fits(file)
    stars = measure(read.pixels, StarSettings())
    hint = Hint(
        centre=find(near, "--near").position if near else read.centre,
        scale_arcsec=scale or read.scale_arcsec,
    )
    solution = asyncio.run(solve_with_fallback(available(), stars, hint, within=within))
    print(f"RA {format_ra(solution.centre.ra_deg)}  Dec {format_dec(solution.centre.dec_deg)}  (J2000)")
    print(f"{solution.scale_arcsec:.3f} arcsec/px, rotation {solution.rotation_deg:.2f}°"
          f"{', mirrored' if solution.mirrored else ''}, {solution.matched} stars matched, "
          f"{solution.solver} in {solution.seconds:.2f} s")  # fmt: skip
    return OK
