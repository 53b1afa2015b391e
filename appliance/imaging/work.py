"""What the calculator can do with a held frame: plain functions, run in its process."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits
from numpy.typing import NDArray

from appliance.imaging.atomic import new_file
from appliance.imaging.close_up import CloseUp
from appliance.imaging.close_up import close_up as look_closely
from appliance.imaging.darks import calibrated
from appliance.imaging.facts import SubFacts
from appliance.imaging.fitsfile import holds, write_fits
from appliance.imaging.measure import StarSettings, measure
from appliance.imaging.preview import write_preview
from appliance.imaging.stars import StarField

Pixels = NDArray[np.uint16]


def stars(pixels: Pixels, settings: StarSettings, again: bool) -> StarField:  # noqa: ARG001
    """Measure the stars, with the fitting dark taken off where the settings say so."""
    whole = calibrated(pixels, settings.calibrate, settings.darks, settings.seconds, settings.binning)
    return measure(whole, settings)


def save(pixels: Pixels, path: Path, facts: SubFacts, again: bool) -> None:
    """Write the FITS file; asked again after a crash, a file the crash left complete is ours."""
    if not (again and holds(path, pixels)):
        write_fits(path, pixels, facts)


def preview(
    pixels: Pixels, path: Path, max_width: int, pattern: str | None, again: bool,  # noqa: ARG001
) -> None:  # fmt: skip
    """Write the JPEG."""
    write_preview(path, pixels, max_width, pattern)


def close_up(
    pixels: Pixels, path: Path, settings: StarSettings, near: tuple[float, float] | None, rank: int,
    again: bool,  # noqa: ARG001
) -> CloseUp:  # fmt: skip
    """Measure the stars, and look closely at one."""
    return look_closely(pixels, path, settings, near, rank)


def plain(pixels: Pixels, path: Path, again: bool) -> None:  # noqa: ARG001
    """Write pixels and no more, for a program that measures them itself."""
    with new_file(path, replace=True) as file:
        fits.PrimaryHDU(pixels).writeto(file)


WORK: dict[str, Callable[..., Any]] = {
    work.__name__: work for work in (stars, save, preview, close_up, plain)
}
