"""A night from before dusk to after dawn: waiting, two targets, a flip, focus runs, the roof."""

import asyncio
from pathlib import Path

import pytest

from appliance.journal import FocusRun, Run, Span, SubState
from appliance.pointing.pier import minutes_past
from appliance.sky.coordinates import hour_angle_deg
from hardware.devices import RoofState
from tests.appliance.sequence.night_rig import EVENING, SITE, Box, box_in, plan

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime, pytest.mark.usefixtures("patient_workers")]
HOUR = 3600.0
DUSK, DAWN = EVENING - 3.5 * HOUR, EVENING + 9.3 * HOUR  # nautical, within some minutes
ROOF = {"driver": "simulator", "name": "Roof"}
SENSOR = {"driver": "simulator", "name": "Park sensor"}


def long_subs(name: str, above: float, count: int = 99) -> dict[str, object]:
    step = {"filter": "L", "seconds": 900.0, "count": count, "dither_every": 0}
    return {"name": name, "min_altitude_deg": above, "step": [step]}


class Watch:
    """What an observer beside the rig sees every half minute."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self.farthest = -999.0
        self.tracked_low = 0

    async def look(self) -> None:
        while True:
            status = await self._box.mount()
            if status.tracking and not status.slewing and not status.parked:
                hour_angle = hour_angle_deg(status.pointing, SITE, self._box.observer.unix())
                assert status.pier_side
                self.farthest = max(self.farthest, minutes_past(hour_angle, status.pier_side))
            await asyncio.sleep(30)


async def test_a_night_of_two_targets_from_dusk_to_dawn(tmp_path: Path) -> None:
    # M33 crosses the meridian at 20:47 and is below 35° at about 01:15; M3 rises at about 03:40.
    targets = [long_subs("M33", 35.0), long_subs("M3", 20.0)]
    work = plan(target=targets, cool=True, focus_at_start=True, focus_every_minutes=150.0)
    async with box_in(tmp_path, at=EVENING - 6 * HOUR, roof=ROOF, park_sensor=SENSOR) as box:
        assert box.rig.roof
        await box.rig.roof.close()
        watch = Watch(box)
        watching = asyncio.create_task(watch.look())
        assert await box.run(work) == "incomplete"
        watching.cancel()
        subs = await box.subs()
        assert {sub.state for sub in subs} == {SubState.SAVED}
        assert [sub.target for sub in subs] == sorted((sub.target for sub in subs), reverse=True)
        first, last = subs[0].started or 0, (subs[-1].started or 0) + 900
        assert DUSK - 600 < first < DUSK + 1200  # ready soon after dusk
        assert DAWN - 1500 < last <= DAWN + 600  # not one more would have fitted before dawn
        per_target = {name: [sub for sub in subs if sub.target == name] for name in ("M 33", "M 3")}
        assert len(per_target["M 33"]) >= 24
        assert len(per_target["M 3"]) >= 4
        await check_spans(box)
        focus = await box.journal.read(FocusRun)
        assert focus[0].reason == "start"
        assert [run.reason for run in focus].count("meridian flip") == 1
        assert [run.reason for run in focus].count("time") >= 2
        assert all(run.failure is None for run in focus)
        # 900 s subs: the last before the flip ends within the limit, and nothing ever tracked past it.
        assert 0 < watch.farthest <= 20.0
        assert await box.rig.roof.state() is RoofState.CLOSED
        assert (await box.mount()).parked
        assert not box.lines("error")
        assert (await box.journal.read(Run))[0].outcome == "incomplete"
        assert box.observer.unix() < DAWN + HOUR


async def check_spans(box: Box) -> None:
    spans = await box.journal.read(Span)
    assert {span.outcome for span in spans} == {"done"}
    names = [span.name for span in spans]
    assert names[0] == "Cool the camera to -10 °C"
    assert names.count("Open the roof") == names.count("Close the roof") == 1
    assert names.index("Open the roof") == names.index("Slew to M 33") - 1
    assert names.count("Meridian flip of M 33") == 1
    assert not [name for name in names if name.startswith("Meridian flip of M 3 ")]
    assert names[-3:] == ["Park the mount", "Close the roof", "Warm the camera"]
    texts = [line.text for line in box.lines()]
    assert len([text for text in texts if text.startswith("Waiting for dusk (nautical) at 16:")]) == 1
    assert "M 3 is still below 20°: waiting for it to rise." in texts
    waited = texts.index("M 3 is still below 20°: waiting for it to rise.")
    assert "M 33: no time for another sub tonight." in texts[:waited]
