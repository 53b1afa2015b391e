"""Whether a night begins or goes on, as far as the focus is concerned: its lights tell."""

from pathlib import Path
from random import Random

import pytest

from appliance.guide.dither import DitherPattern
from appliance.journal import Sub, SubState
from appliance.sequence.beginnings import ask_at_start
from appliance.sequence.known import Established
from appliance.sequence.settings import dither_settings
from tests.appliance.sequence.night_rig import EVENING, Box, box_in, plan

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
WORK = plan(("L", 3), focus_at_start=True, focus_on_resume=True)


async def reason(box: Box, *before: Sub) -> str:
    """Why the first sub after these begins with a focus run."""
    night = await box.night(WORK)
    for one in before:
        await box.journal.add(one)
    known = Established(DitherPattern(Random(1), dither_settings(box.profile)))
    await ask_at_start(night, known)
    return known.refocus.asked.reason if known.refocus.asked else ""


def sub(kind: str, hours_ago: float) -> Sub:
    return Sub(
        run=1, step_key="one", number=1, target="M 33", filter="L", seconds=60.0,
        state=SubState.SAVED, started=EVENING - 3600 * hours_ago, kind=kind,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "hours_ago", "expected"),
    [
        ("light", 0.5, "resume"),
        ("dark", 0.5, "start"),  # such as after a crash in the focus run that came after the darks
        ("flat", 0.5, "start"),
        ("light", 24.5, "start"),
    ],
)
async def test_a_light_of_this_night_makes_it_one_that_goes_on(
    tmp_path: Path, kind: str, hours_ago: float, expected: str
) -> None:
    async with box_in(tmp_path) as box:
        assert await reason(box, sub(kind, hours_ago)) == expected


async def test_a_night_without_subs_begins(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        assert await reason(box) == "start"
