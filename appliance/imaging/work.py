"""What the calculator can do with a held frame: plain functions, run in its process."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.imaging.facts import SubFacts
from appliance.imaging.fitsfile import holds, write_fits
from appliance.imaging.measure import StarSettings, measure
from appliance.imaging.preview import write_preview
from appliance.imaging.stars import StarField

Pixels = NDArray[np.uint16]


def stars(pixels: Pixels, settings: StarSettings, again: bool) -> StarField:  # noqa: ARG001
    """Measure the stars."""
    return measure(pixels, settings)


def save(pixels: Pixels, path: Path, facts: SubFacts, again: bool) -> None:
    """Write the FITS file; asked again after a crash, a file the crash left complete is ours."""
    if not (again and holds(path, pixels)):
        write_fits(path, pixels, facts)


def preview(pixels: Pixels, path: Path, max_width: int, again: bool) -> None:  # noqa: ARG001
    """Write the JPEG."""
    write_preview(path, pixels, max_width)


WORK: dict[str, Callable[..., Any]] = {work.__name__: work for work in (stars, save, preview)}
