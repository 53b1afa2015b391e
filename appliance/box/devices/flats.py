"""The flat wizard, as every surface offers it."""

from typing import Any

from pydantic import Field

from appliance.api import Arguments, Command
from appliance.box.devices.work import CAMERA, COVER, PANEL, STARTED, WHEEL, Work
from appliance.byhand.flats import run_flat_wizard
from appliance.errors import BadCommand
from appliance.plan import PanelFlats


class WizardArguments(Arguments):
    """`filters`: all of the wheel's when left out. `cover` False: it stays as it is, for other lights.

    `wait` False: answer when it has begun.
    """

    filters: tuple[str, ...] = ()
    target_adu: float = Field(25_000.0, gt=0, le=65_535)
    shortest_seconds: float = Field(0.5, gt=0)
    longest_seconds: float = Field(20.0, gt=0)
    brightness: int | None = Field(None, ge=1)
    count: int = Field(15, ge=1, le=1000)
    binning: int = Field(1, ge=1, le=4)
    gain: int | None = Field(None, ge=0)
    offset: int | None = Field(None, ge=0)
    cover: bool = True
    wait: bool = True


def flat_commands(work: Work) -> list[Command]:
    """flat_wizard; Stop ends it, and the panel is dark then."""

    async def run(asked: WizardArguments) -> dict[str, Any] | str:
        rig = work.hand.night.rig
        needs = {CAMERA} | ({WHEEL, COVER, PANEL} & rig.kinds)
        proposed = await work.run("flat wizard", needs, lambda: _wizard(work, asked), wait=asked.wait)
        if proposed is None:
            return STARTED
        return {"lines": [one.line() for one in proposed.found], "toml": proposed.toml}

    sentence = "Find exposure and brightness of panel flats for each filter, and propose them for a plan."
    return [Command("flat_wizard", sentence, WizardArguments, run)]


async def _wizard(work: Work, asked: WizardArguments) -> Any:
    """The wheel is open by now, and knows its filters."""
    wheel = work.hand.night.rig.filter_wheel
    every = wheel.filters if wheel is not None else ("",)
    values = asked.model_dump(exclude={"cover", "wait"})
    if asked.longest_seconds <= asked.shortest_seconds:
        raise BadCommand("flat_wizard.longest_seconds", "it must be more than shortest_seconds")
    item = PanelFlats.model_validate({"do": "panel flats", **values, "filters": asked.filters or every})
    return await run_flat_wizard(work.hand, item, cover=asked.cover)
