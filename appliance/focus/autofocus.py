"""One focus run by the method of the settings: the focuser is put back whatever the method does."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from appliance.bus import Publish
from appliance.cleanup import on_failure
from appliance.focus.climbing import bright_star, iterative
from appliance.focus.dynamic import dynamic
from appliance.focus.learned import learned
from appliance.focus.messages import FocusState
from appliance.focus.past import Learned
from appliance.focus.planet import planet
from appliance.focus.result import FocusResult, Found, Look
from appliance.focus.run import SOURCE, Run
from appliance.focus.settings import FocusSettings
from appliance.focus.sgp import sgp
from appliance.focus.sweep_method import sweep
from appliance.focus.v_curve import v_curve
from appliance.profile import FocusMethod
from hardware.devices import Focuser

Method = Callable[[Run, int], Awaitable[Found]]
"""Find best focus from a start (steps) and leave the focuser there; raises a NoFocus."""

METHODS: Mapping[FocusMethod, Method] = {
    "sweep": sweep,
    "sgp": sgp,
    "dynamic": dynamic,
    "v_curve": v_curve,
    "iterative": iterative,
    "bright_star": bright_star,
    "planet": planet,
    "learned": learned,
}


async def run_focus(
    focuser: Focuser,
    look: Look,
    publish: Publish,
    settings: FocusSettings,
    *,
    reason: str,
    filter: str,  # noqa: A002
    known: Learned | None = None,
    again: int | None = None,
) -> FocusResult:
    """Find best focus by `settings.method` and leave the focuser there; `look` exposes once and measures.

    `known` is what past runs taught. `again` runs once more around a result just found (steps): that is
    then the start, which a failure or a Stop goes back to.

    Raises a NoFocus (FocusFailed; its `points` are those measured) or what the devices and `look`
    raise. On any failure and on Stop the focuser goes back to where it started, from the same side.
    """
    began = asyncio.get_running_loop().time()
    start = await focuser.position() if again is None else again
    run = Run(focuser, look, publish, settings, FocusState(
        source=SOURCE, phase="sampling", reason=reason, filter=filter, total=settings.points,
        method=settings.method, start=start,
    ), known)  # fmt: skip
    run.say(f"Focusing ({reason}, filter {filter}) from position {start}.")
    celsius = await focuser.celsius()
    run.expected = run.learned.drift.expected(filter, celsius)
    run.show(expected=run.expected)
    try:
        async with on_failure(run.approach, start, within=settings.restore_seconds):
            found = await METHODS[settings.method](run, start)
    except BaseException as problem:
        run.give_up(problem, start)
        raise
    run.show(phase="done", best_position=found.position, best_hfr=found.hfr)
    run.say(f"In focus at position {found.position}: HFR {found.hfr:.2f}, curve {found.goodness:.0%} good.")
    if found.warning:
        run.say(found.warning, level="warning")
    return FocusResult(
        **{name: getattr(found, name) for name in Found.__dataclass_fields__},
        method=found.by or settings.method,
        start=start,
        exposures=run.exposures,
        seconds=asyncio.get_running_loop().time() - began,
        celsius=celsius,
    )
