"""Sketched frames made by hand."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.imaging.facts import SubFacts
from appliance.imaging.measure import StarSettings
from appliance.rehearsal.sketching import FastCalculator, SeenField
from hardware.devices import J2000, FrameKind
from hardware.simulator.projection import Projection
from hardware.simulator.sketch import Shown, Sketch

SETTINGS = StarSettings()
TRUTH = Projection(J2000(83.8, -5.4), 33.0, 2.0 / 3600, 319.5, 255.5)
FACTS = SubFacts(
    kind=FrameKind.LIGHT, seconds=60.0, started=datetime(2026, 11, 20, 22, tzinfo=UTC), filter="Ha"
)
STAR = np.dtype(np.float32)


def sketch(stars: int = 20, truth: Projection = TRUTH, **changes: Any) -> Sketch:
    """A frame of 512 rows and 640 columns, its brightest star saturated."""
    column = np.arange(stars, dtype=STAR)
    hfr = np.linspace(1.9, 2.1, stars, dtype=STAR)
    hfr[:1] = np.nan
    told: dict[str, Any] = {
        "x": 10 + 30 * column, "y": 20 + 20 * column, "flux": 5e5 - 1e3 * column, "hfr": hfr,
        "count": stars, "saturated": min(stars, 1), "background": 300.0, "noise": 5.0, "projection": truth,
    }  # fmt: skip
    drawn = np.broadcast_to(np.uint16(300), (512, 640)).view(Sketch)
    drawn.shown = Shown(**{**told, **changes})
    return drawn


async def seen(frame: Sketch, settings: StarSettings = SETTINGS) -> SeenField:
    async with FastCalculator().hold(frame) as held:
        field = await held.stars(settings)
    assert isinstance(field, SeenField)
    return field


def blank(shape: tuple[int, int] = (512, 640)) -> NDArray[np.uint16]:
    return np.full(shape, 300, np.uint16)
