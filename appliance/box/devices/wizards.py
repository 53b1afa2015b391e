"""The focuser's wizards, as every surface offers them."""

from collections.abc import Awaitable, Callable
from typing import Any

from appliance.api import Arguments, Command
from appliance.box.devices.work import CAMERA, FOCUSER, MOUNT, STARTED, WHEEL, Work, there
from appliance.byhand.wizards import Wizard, run_wizard

SENTENCES: dict[Wizard, str] = {
    "calibrate": "Find out what the profile should say of an unknown focuser.",
    "learn": "Learn the V-curve by several whole sweeps.",
    "backlash": "Measure the focuser's backlash.",
}


class Begun(Arguments):
    """`anew`: forget what an interrupted one has measured. `wait` False: answer when it has begun."""

    anew: bool = False
    wait: bool = True


def wizard_commands(work: Work) -> list[Command]:
    """focus_calibrate, focus_learn, focus_backlash; Stop ends each of them, and they go on later."""
    return [Command(f"focus_{name}", SENTENCES[name], Begun, _wizard(work, name)) for name in SENTENCES]


def job_of(wizard: Wizard) -> str:
    """What it is called while it runs."""
    return f"focus wizard ({wizard})"


def _wizard(work: Work, name: Wizard) -> Callable[[Begun], Awaitable[dict[str, Any] | str]]:
    async def run(asked: Begun) -> dict[str, Any] | str:
        there(FOCUSER if FOCUSER in work.hand.night.rig.kinds else None, "focuser")
        lines = await work.run(
            job_of(name), {CAMERA, FOCUSER},
            lambda: run_wizard(work.hand, name, anew=asked.anew), reads={MOUNT, WHEEL}, wait=asked.wait,
        )  # fmt: skip
        return STARTED if lines is None else {"lines": list(lines)}

    return run
