"""The focuser's wizards on this rig: where their notes are, and what of them the journal keeps."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from functools import partial
from typing import Literal

from appliance.byhand.hand import Hand
from appliance.errors import BadCommand
from appliance.focus.curve import Curve
from appliance.focus.wizards import (
    Notebook,
    Tools,
    WizardSettings,
    backlash,
    calibrate,
    calibration,
    learn_v_curve,
    learning,
    measure_backlash,
)
from appliance.journal import FocusRun, Run
from appliance.profile import FocusSection
from appliance.sequence.looking import look_for_focus
from appliance.sequence.temperature import celsius_now
from hardware.worker import Worker

Wizard = Literal["calibrate", "learn", "backlash"]
LEAST_POINTS = 9
LEARNING = "v-curve learning"  # the method, as past runs are asked for it
NO_SKY = "Point the telescope at a field of stars and let it track; roughly in focus is enough."


async def run_wizard(hand: Hand, wizard: Wizard, *, anew: bool = False) -> tuple[str, ...]:
    """Run it where the telescope points, through the filter in place; the lines of its result.

    An interrupted one goes on, unless begun `anew`. BadCommand while the mount does not track; errors as
    the wizards have them.
    """
    night = hand.night
    focuser, wheel, mount = night.rig.focuser, night.rig.filter_wheel, await night.rig.mount.status()
    assert focuser is not None
    if mount.parked or not mount.tracking:
        raise BadCommand(f"focus_{wizard}", "the telescope does not track the sky", advice=NO_SKY)
    filter_ = "" if wheel is None else await wheel.selected()
    worker = Worker("focus wizard")
    notes = Notebook(night.preview.parent / f"focus-{wizard}.jsonl", worker, night.observer.unix)
    tools = Tools(
        focuser, look_for_focus(night, filter_), night.publish, notes, _settings(night.profile.focus), filter_
    )
    night.focus_wish.running = True
    try:
        if anew:
            await notes.forget()
        return await WAYS[wizard](hand, tools)
    finally:
        night.focus_wish.running = False
        worker.close()


def _settings(section: FocusSection) -> WizardSettings:
    return WizardSettings(
        step=section.step, overshoot=section.overshoot, points=max(section.points | 1, LEAST_POINTS),
        min_stars=section.min_stars,
    )  # fmt: skip


async def _calibrate(_: Hand, tools: Tools) -> tuple[str, ...]:
    return calibration.told(await calibrate(tools))


async def _learn(hand: Hand, tools: Tools) -> tuple[str, ...]:
    return learning.told(await learn_v_curve(tools, partial(_remember, hand, tools.filter)))


async def _backlash(_: Hand, tools: Tools) -> tuple[str, ...]:
    return backlash.told(await measure_backlash(tools))


WAYS: dict[Wizard, Callable[[Hand, Tools], Awaitable[tuple[str, ...]]]] = {
    "calibrate": _calibrate, "learn": _learn, "backlash": _backlash,
}  # fmt: skip


async def _remember(hand: Hand, filter_: str, curve: Curve, began: float) -> None:
    """As a focus run of no plan: what is learned from past runs learns from it."""
    night, now = hand.night, hand.night.observer.unix()
    seconds = asyncio.get_running_loop().time() - began
    name = "V-curve learning"
    run = await night.journal.add(
        Run(plan=name, plan_key="wizard", started=now - seconds, ended=now, outcome="complete")
    )
    await night.journal.add(
        FocusRun(
            run=run, reason=name, filter=filter_, started=now - seconds, ended=now, method=LEARNING,
            position=round(curve.centre), hfr=curve.hfr, goodness=curve.goodness, model=curve.model(),
            points=[asdict(point) for point in curve.points], celsius=await celsius_now(night),
        )
    )  # fmt: skip
