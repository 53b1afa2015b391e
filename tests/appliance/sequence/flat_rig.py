"""A rig for flats and darks under a sky with twilight, and what a frame on disk says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from astropy.io import fits

from appliance.guide.dither import DitherPattern
from appliance.journal import Sub, SubState
from appliance.plan import Plan
from appliance.sequence.known import Established
from appliance.sequence.night import Night
from appliance.sequence.settings import dither_settings
from tests.appliance.sequence.night_rig import EVENING, SUB_SECONDS, Box, Troubles, box_in

HOUR = 3600.0
SUNSET = EVENING - 4.5 * HOUR  # some minutes before the Sun's centre is at 0 degrees
DAWN = EVENING + 9.3 * HOUR  # nautical
COVER = {"driver": "simulator", "name": "Cover", "setup": {"start": "open"}}
PANEL = {"driver": "simulator", "name": "Panel"}
HEAVENS: dict[str, Any] = {"heavens": True}
CAMERA = {
    "setup": {
        "width": 160, "height": 128, "focal_length_mm": 200.0, "aperture_mm": 50.0, "faint_stars": False,
        "hot_pixels": 0,
    },
}  # fmt: skip
WHEEL = {"setup": {"filters": "L,R,Ha"}}


def plan_of(item: dict[str, Any], **changes: Any) -> Plan:
    step = {"filter": "L", "seconds": SUB_SECONDS, "count": 1}
    target = {"name": "M33", "step": [step]}
    quick = {"focus_at_start": False, "focus_on_filter_change": False, "cool": False}
    return Plan.model_validate({"name": "plan", "target": [item, target], **quick, **changes})


@asynccontextmanager
async def rig_at(
    folder: Path, at: float, troubles: Troubles | None = None, **changes: Any
) -> AsyncIterator[Box]:
    sections = {"camera": CAMERA, "filter_wheel": WHEEL, **changes}
    camera = {**CAMERA, **changes.get("camera", {})}
    async with box_in(folder, troubles, at=at, world=HEAVENS, **{**sections, "camera": camera}) as box:
        yield box


async def begun(box: Box, work: Plan, dawn: float = DAWN) -> tuple[Night, Established]:
    night = await box.night(work)
    return night, Established(DitherPattern(Random(1), dither_settings(box.profile)), dawn)


def read(path: Path) -> tuple[fits.Header, "np.ndarray[Any, Any]"]:
    with fits.open(path) as units:
        return units[0].header, np.asarray(units[0].data)


async def frames(box: Box, kind: str) -> list[Sub]:
    """Saved frames of a kind, each with its file."""
    subs = await box.journal.read(Sub, kind=kind, state=SubState.SAVED)
    assert all((box.images / (sub.file or "")).is_file() for sub in subs)
    return subs
