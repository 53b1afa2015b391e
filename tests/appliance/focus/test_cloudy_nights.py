"""A property of every method on the bench's nights: it ends in focus, or with the focuser where it was."""

from dataclasses import replace
from random import Random
from typing import get_args

import pytest

from appliance.errors import FocusFailed
from appliance.focus.autofocus import run_focus
from appliance.focus.past import Learned, Shape
from appliance.focus.settings import FocusSettings
from appliance.profile import FocusMethod
from benchmarks.focus_nights import Night, Rig, make_rig

pytestmark = pytest.mark.asyncio
NIGHTS = 12


def learned(rig: Rig) -> Learned:
    """About what whole curves of such a rig teach: its usual seeing, and the shadow's slope."""
    hfr = 1.18 * rig.usual_seeing
    slope = 0.7 * float(rig.scope.shadow(1.0))  # type: ignore[arg-type]
    return Learned(shape=Shape(kind="hyperbola", rise=slope**2, rise_error=0.1, hfr=hfr, runs=4))


@pytest.mark.parametrize("method", get_args(FocusMethod))
async def test_in_focus_or_where_it_was(method: FocusMethod) -> None:
    failed = 0
    for seed in range(NIGHTS):
        rig = make_rig(seed)
        rig = replace(rig, hot=rig.hot[:0])  # behind a cloud nothing but hot pixels is a sky of its own
        night, random = Night(rig, seed), Random(seed)
        # A thick cloud comes at some moment of the run, passes or stays.
        night.clouds = [(random.uniform(0, 60), (50.0, 200.0, 1000.0)[seed % 3], 1.0)]
        start = await night.position()
        settings = FocusSettings(step=rig.step, method=method, overshoot=rig.overshoot, planet_frames=1)
        try:
            result = await run_focus(
                night, night.look, lambda _: None, settings, reason="test", filter="L", known=learned(rig)
            )
        except FocusFailed:
            failed += 1
            assert await night.position() == start
        else:
            assert await night.position() == result.position
            assert result.exposures == night.frames
            assert night.error < 3
    assert failed
