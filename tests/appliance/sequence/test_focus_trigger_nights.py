"""Every row of the tables in docs/focus.md in a night of its own: what fires, when, and what is said."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from appliance.focus.triggers import FocusTriggers
from appliance.journal import FocusRun
from appliance.sky.catalogue import find
from appliance.sky.coordinates import alt_az
from appliance.sky.rise_set import transit_near
from hardware.devices import Mount, MountStatus
from tests.appliance.focus.triggers.trigger_table import rows
from tests.appliance.sequence.night_rig import EVENING, SITE, SUB_SECONDS, Box, Troubles, box_in, plan
from tests.appliance.sequence.test_quality_nights import blurred, spoiling

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime, pytest.mark.usefixtures("patient_workers")]
Scenario = Callable[[Path], Awaitable[None]]
TRANSIT = transit_near(find("M33").position, SITE, EVENING)
HELD = "; no focus run: "
# Cools by a quarter of a degree a minute.
COOLING: dict[str, Any] = {"driver": "simulator", "name": "Weather", "setup": {"swing_celsius": 60.0}}
TEMPERATURE: dict[str, Any] = {"every_seconds": 10.0}


def focus(**temperature: Any) -> dict[str, Any]:
    return {"temperature": {**TEMPERATURE, **temperature}}


async def runs(box: Box) -> list[tuple[str, int]]:
    """Reason of each focus run, and how many subs had been begun before it."""
    begun = [sub.started or 0.0 for sub in await box.subs()]
    each = await box.journal.read(FocusRun)
    return [(run.reason, sum(moment < run.started for moment in begun)) for run in each]


def held(box: Box, guard: str) -> list[str]:
    """What was said about triggers that a guard held back."""
    return [line.text for line in box.lines() if HELD in line.text and guard in line.text]


def fired(box: Box) -> list[str]:
    return [line.text for line in box.lines() if line.text.startswith("Focusing now: ")]


def steps(*each: dict[str, Any], **target: Any) -> list[dict[str, Any]]:
    some = [{"filter": "L", "seconds": SUB_SECONDS, "count": 1, **one} for one in each]
    return [{"name": "M33", "step": some, **target}]


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def off(mount: Mount, after: int, **changes: Any) -> Any:
    """A mount that from some look on says other things of itself."""

    class Changed:
        looks = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(mount, name)

        async def status(self) -> MountStatus:
            self.looks += 1
            true = await mount.status()
            return replace(true, **changes) if self.looks > after else true

    return Changed()


async def start(folder: Path) -> None:
    async with box_in(folder) as box:
        await box.run(plan(("L", 2), focus_at_start=True, focus_on_resume=True))
        assert await runs(box) == [("start", 0)]
        assert fired(box) == ["Focusing now: the night begins."]


async def resume(folder: Path) -> None:
    work = plan(("L", 3), focus_at_start=True, focus_on_resume=True)
    async with box_in(folder) as box:
        job = await box.start(work)
        await box.until(lambda: box.troubles.subs > 0)
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)
        box.said.clear()
        await box.run(work)
        assert [reason for reason, _ in await runs(box)] == ["start", "resume"]
        assert fired(box) == ["Focusing now: the night goes on."]
    async with box_in(made(folder / "2")) as box:  # the first frame of a night that goes on has none
        work = plan(("L", 3), focus_at_start=True)
        job = await box.start(work)
        await box.until(lambda: box.troubles.subs > 0)
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)
        await box.run(work)
        assert [reason for reason, _ in await runs(box)] == ["start"]


async def wait(folder: Path) -> None:
    async with box_in(folder) as box:
        job = await box.start(plan(("L", 3), focus_on_resume=True))
        await box.until(lambda: box.troubles.subs > 0)
        box.gate.hold("conditions", "clouds")
        await asyncio.sleep(600.0)
        box.gate.hold("conditions", "")
        assert await job == "complete"
        assert [reason for reason, _ in await runs(box)] == ["wait"]


async def target(folder: Path) -> None:
    async with box_in(folder) as box:
        await box.run(plan(target=steps({"count": 2}, {"filter": "R"}, focus_first=True)))
        assert await runs(box) == [("target", 0)]


async def step(folder: Path) -> None:
    async with box_in(folder) as box:
        await box.run(plan(target=steps({"count": 2}, {"seconds": 10.0, "count": 2, "focus_before": True})))
        assert await runs(box) == [("step", 2)]


async def filter_change(folder: Path) -> None:
    work = steps({}, {"filter": "R"}, {"seconds": 10.0})
    for number, (mode, expected) in enumerate({False: [], True: [1], "always": [1, 2]}.items()):
        async with box_in(made(folder / str(number))) as box:
            # L is known from the first run: going back to it is a new focus only for "always".
            await box.run(plan(target=work, focus_at_start=True, focus_on_filter_change=mode))
            assert await runs(box) == [("start", 0), *(("filter change", n) for n in expected)]


async def meridian_flip(folder: Path) -> None:
    soon = {"after_minutes": 1.0, "latest_minutes": 6.5}
    async with box_in(folder, at=TRANSIT - 300.0, flip=soon) as box:
        await box.run(plan(target=steps({"count": 12, "seconds": 60.0}), focus_after_flip=True))
        assert [reason for reason, _ in await runs(box)] == ["meridian flip"]
        spans = [line.text for line in box.lines() if line.text.endswith(" …")]
        flip = next(n for n, text in enumerate(spans) if text.startswith("Meridian flip"))
        assert [text.split()[0] for text in spans[flip : flip + 3]] == ["Meridian", "Autofocus", "Centre"]


async def centring(folder: Path) -> None:
    async with box_in(folder) as box:
        job = await box.start(plan(("L", 3), focus_at_start=True, focus_after_centring=True))
        await box.until(lambda: box.troubles.subs > 0)
        box.gate.hold("conditions", "clouds")  # after the wait the target is centred again
        await asyncio.sleep(200.0)
        box.gate.hold("conditions", "")
        await job
        assert [reason for reason, _ in await runs(box)] == ["start", "centring"]


async def as_soon_as_possible(folder: Path) -> None:
    async with box_in(folder) as box:
        job = await box.start(plan(("L", 4)))
        await box.until(
            lambda: box.troubles.begun[-1:] != [] and box.troubles.begun[-1].seconds == SUB_SECONDS
        )
        assert box.wish.soon()
        assert await job == "complete"
        assert await runs(box) == [("as soon as possible", 1)]
        assert not box.wish.asap
        assert fired(box) == ["Focusing now: you asked for it."]


async def subs(folder: Path) -> None:
    async with box_in(folder) as box:
        await box.run(plan(("L", 3), ("R", 2), focus_every_subs=2))
        assert await runs(box) == [("subs", 2), ("subs", 4)]


async def subs_of_the_step(folder: Path) -> None:
    async with box_in(folder) as box:
        await box.run(plan(target=steps({"count": 3}, {"filter": "R", "count": 5, "focus_every": 2})))
        assert await runs(box) == [("subs of the step", 5), ("subs of the step", 7)]


async def time(folder: Path) -> None:
    async with box_in(folder) as box:
        await box.run(plan(("L", 12), focus_every_minutes=2.0))
        each = await box.journal.read(FocusRun)
        assert {run.reason for run in each} == {"time"}
        assert len(each) >= 2
        gaps = [after.started - before.ended for before, after in pairwise(each)]
        assert all(120.0 <= gap < 120.0 + 2 * SUB_SECONDS for gap in gaps)


async def temperature(folder: Path) -> None:
    async with box_in(folder, weather=COOLING, focus={**FOCUS, **focus(readings=3)}) as box:
        await box.run(plan(("L", 25), focus_on_celsius=1.0))
        assert {reason for reason, _ in await runs(box)} == {"temperature"}
        shown = [message for message in box.said if isinstance(message, FocusTriggers)]
        markers = [message.marker for message in shown]
        assert markers[:3] == ["gathering", "gathering", "armed"]
        due = next(message for message in shown if message.marker == "due")
        assert due.celsius is not None
        assert due.reference is not None
        assert 1.0 <= due.reference - due.celsius < 1.1
        after = markers[markers.index("due") :]
        assert "gathering" in after  # a run gathers anew
        assert fired(box)[0].startswith("Focusing now: it is 1.1 °C colder")


async def hfr(folder: Path) -> None:
    drift = {"driver": "simulator", "name": "Focuser", "setup": {"steps_per_celsius": -80.0}}
    async with box_in(folder, weather=COOLING, focuser=drift) as box:
        await box.run(plan(("L", 40), focus_on_hfr_percent=15.0))
        found = await runs(box)
        assert found
        assert {reason for reason, _ in found} == {"HFR"}
        assert "the stars have grown by" in fired(box)[0]


async def test_after_a_pause_it_is_focused_unless_it_just_was(tmp_path: Path) -> None:
    for minutes, expected in ((5.0, ["start"]), (15.0, ["start", "resume"])):
        troubles = Troubles()
        async with box_in(made(tmp_path / f"{minutes}"), troubles) as box:
            job = await box.start(plan(("L", 4), focus_at_start=True, focus_on_resume=True))
            while not troubles.subs:  # noqa: ASYNC110 - what is looked at has no event
                await asyncio.sleep(0.5)
            box.gate.pause()
            await asyncio.sleep(minutes * 60.0)
            box.gate.resume()
            await job
            assert [reason for reason, _ in await runs(box)] == expected
            assert len(held(box, "less than 10 minutes ago")) == (1 if minutes < 10 else 0)


async def paused(folder: Path) -> None:
    async with box_in(folder) as box:
        box.wish.pause()
        job = await box.start(plan(("L", 6), focus_every_subs=1))
        await box.until(lambda: box.troubles.subs >= 4)
        assert await runs(box) == []
        assert len(held(box, "the focus triggers are paused")) == 1
        box.wish.resume()
        await job
        assert {reason for reason, _ in await runs(box)} == {"subs"}


async def parked(folder: Path) -> None:
    async with box_in(folder, mount=lambda mount: off(mount, 12, parked=True)) as box:
        await box.run(plan(target=steps({"count": 5, "dither_every": 0}), focus_every_subs=3))
        assert await runs(box) == []
        assert len(held(box, "the mount is parked")) == 1


async def not_tracking(folder: Path) -> None:
    async with box_in(folder, mount=lambda mount: off(mount, 12, tracking=False)) as box:
        await box.run(plan(("L", 5), focus_every_subs=3))
        assert await runs(box) == []
        assert len(held(box, "the mount does not track")) == 1


async def not_lights(folder: Path) -> None:
    async with box_in(folder) as box:
        work = steps(
            {"count": 2}, {"frame": "dark", "count": 3, "seconds": 5.0}, {"seconds": 10.0, "count": 2}
        )
        await box.run(plan(target=work, focus_every_subs=2))
        assert await runs(box) == [("subs", 5)]
        assert len(held(box, "these subs are no lights")) == 1


async def night_over(folder: Path) -> None:
    dusk = EVENING - 4.1 * 3600.0  # the Sun at 13° below the horizon
    async with box_in(folder, at=dusk) as box:
        work = plan(("L", 4), night="any", focus_every_subs=1, focus_in_twilight=False)
        await box.run(work)
        assert await runs(box) == []
        assert len(held(box, "the night is over")) == 1
    async with box_in(made(folder / "2"), at=dusk) as box:
        await box.run(plan(("L", 2), night="any", focus_every_subs=1))
        assert await runs(box) == [("subs", 1)]


async def requested(folder: Path) -> None:
    async with box_in(folder) as box:
        await box.run(plan(("L", 3), focus_every_subs=1, focus_every_minutes=0.1))
        each = await runs(box)
        assert len({after for _, after in each}) == len(each)  # one run for both
        assert held(box, "one that is due already serves")


async def quality(folder: Path) -> None:
    async with box_in(folder, quality={"refocus": True}) as box:
        spoiling(box, blurred, 5)
        await box.run(plan(("L", 8)))
        assert [reason for reason, _ in await runs(box)] == ["quality"]
        assert fired(box)[0].startswith("Focusing now: the last sub is marked")


async def rest(folder: Path) -> None:
    async with box_in(folder, weather=COOLING, focus={**FOCUS, **focus()}) as box:
        await box.run(plan(("L", 45), focus_on_celsius=0.3, focus_at_start=True))
        each = await box.journal.read(FocusRun)
        assert [run.reason for run in each] == ["start", "temperature"]
        assert each[1].started - each[0].ended >= 600.0
        assert len(held(box, "the last one ended less than 10 minutes ago")) == 2  # once after each run


async def no_time(folder: Path) -> None:
    evening = EVENING + 5.0 * 3600.0
    sets, _ = alt_az(find("M33").position, SITE, evening + 720.0)
    work = steps({"count": 20, "seconds": 60.0}, min_altitude_deg=sets)
    async with box_in(folder, at=evening) as box:
        await box.run(plan(target=work, focus_every_minutes=8.0))
        assert await runs(box) == []
        (text,) = held(box, "there is no time for it and a sub after it")
        assert "minutes have passed since the last focus run" in text


FOCUS: dict[str, Any] = {"step": 120, "overshoot": 200, "seconds": 8.0, "points": 7}
RULES: dict[str, Scenario] = {
    "start": start, "resume": resume, "wait": wait, "target": target, "step": step,
    "filter change": filter_change, "meridian flip": meridian_flip, "centring": centring,
    "as soon as possible": as_soon_as_possible, "subs": subs, "subs of the step": subs_of_the_step,
    "time": time, "temperature": temperature, "HFR": hfr,
    "quality": quality,
}  # fmt: skip
GUARDS: dict[str, Scenario] = {
    "paused": paused, "parked": parked, "not tracking": not_tracking, "not lights": not_lights,
    "night over": night_over, "requested": requested, "rest": rest, "no time": no_time,
}  # fmt: skip


@pytest.mark.parametrize("row", rows("rule"))
async def test_a_rule_fires_as_its_row_says(row: str, tmp_path: Path) -> None:
    await RULES[row](tmp_path)


@pytest.mark.parametrize("row", rows("guard"))
async def test_a_guard_holds_as_its_row_says(row: str, tmp_path: Path) -> None:
    await GUARDS[row](tmp_path)
