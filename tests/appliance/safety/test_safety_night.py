"""Rain, silence, stuck mounts, crashes: the roof closes over a parked telescope, or an alarm says why."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.api import Arguments
from appliance.box.box import Box
from appliance.box.commands import commands
from appliance.errors import BadCommand, Interlocked
from appliance.safety.messages import SafetyState
from hardware.devices import RoofState
from tests.appliance.safety.site import CLEAR_MINUTES, UP, WITHIN, Site, profile, stand_in
from tests.appliance.sequence.night_rig import plan

Place = Callable[..., Site]
PLAN = plan(("L", 3))
CLEAR = CLEAR_MINUTES * 60


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    sites: list[Site] = []

    def make(work: Callable[[Box], Awaitable[str]] | None = None, **changes: Any) -> Site:
        monkeypatch.setattr(Box, "sequence", work or stand_in(600.0))
        sites.append(Site(tmp_path, profile(**changes)))
        return sites[-1]

    yield make
    for site in sites:
        site.close()


async def working(site: Site, box: Box) -> None:
    """Start, and wait until the telescope looks at the sky."""
    box.start()
    await site.until(lambda: site.sky.axes.tracking and not site.sky.axes.slewing)


def test_rain_closes_the_roof_and_the_night_goes_on_when_it_is_clear(place: Place) -> None:
    site = place()

    async def story(site: Site, box: Box) -> None:
        await working(site, box)
        site.troubles.rain = 0.4
        began = site.loop.now
        closed = await site.until(lambda: site.shut)
        assert closed - began < WITHIN
        await asyncio.sleep(600)
        assert site.shut
        site.troubles.rain = 0.0
        dry = site.loop.now
        opened = await site.until(lambda: not site.sky.roof.closed)
        assert CLEAR <= opened - dry <= CLEAR + 10
        assert await box.ended() == "complete"
        assert site.shut

    site.live(PLAN, story)
    assert site.heard("It is not safe: Weather: rain, 0.4 mm/h.")
    assert site.heard("The rig is safe: parked, the roof closed.")
    assert site.heard("Waiting until it is safe")
    assert not site.alarms


def test_a_stuck_mount_keeps_the_roof_still_and_raises_an_alarm_in_time(place: Place) -> None:
    site = place()

    async def story(site: Site, box: Box) -> None:
        await working(site, box)
        site.troubles.mount_stuck = True
        site.troubles.rain = 1.0
        began = site.loop.now
        alarmed = await site.until(lambda: bool(site.alarms))
        assert WITHIN <= alarmed - began <= WITHIN + 10
        assert "the motor stalled" in site.alarms[0][1].text
        assert site.sky.roof.open
        assert not site.sky.axes.tracking
        site.troubles.mount_stuck = False
        await site.until(lambda: site.shut, within=60)  # it kept trying
        await site.until(lambda: site.alarms[-1][1].text == "")

    site.live(PLAN, story)
    assert site.codes().count("safety.alarm") == 1


def test_a_mount_that_believes_it_is_parked_does_not_convince_the_switch(place: Place) -> None:
    site = place()

    async def story(site: Site, box: Box) -> None:
        await working(site, box)
        site.troubles.switch_fails = True
        site.troubles.rain = 1.0
        await site.until(lambda: bool(site.alarms))
        assert "park sensor does not answer" in site.alarms[0][1].text
        assert site.sky.at_park
        assert site.sky.roof.open

    site.live(PLAN, story)


@pytest.mark.parametrize("trouble", ["weather_silent", "weather_lost"])
def test_a_source_that_falls_silent_is_unsafe(place: Place, trouble: str) -> None:
    site = place()

    async def story(site: Site, box: Box) -> None:
        await working(site, box)
        setattr(site.troubles, trouble, True)
        began = site.loop.now
        unsafe = await site.until(lambda: "safety.unsafe" in site.codes())
        assert 25 <= unsafe - began <= 36
        await site.until(lambda: site.shut)
        setattr(site.troubles, trouble, False)
        assert await box.ended() == "complete"

    site.live(PLAN, story)
    assert site.heard("Weather is silent for 30 s")


def test_a_station_that_was_never_there_keeps_the_night_waiting(place: Place) -> None:
    site = place()

    async def story(site: Site, box: Box) -> None:
        site.troubles.weather_lost = True
        assert box.start() == "waiting"
        await asyncio.sleep(120)
        assert site.sky.at_park

    site.live(PLAN, story)
    assert site.codes().count("safety.unsafe") == 1


def test_start_in_the_rain_waits(place: Place) -> None:
    site = place()

    async def story(site: Site, box: Box) -> None:
        site.troubles.rain = 2.0
        await asyncio.sleep(1)
        start = next(command for command in commands(box) if command.name == "start")
        assert await start.run(Arguments()) == "waiting"
        await site.until(lambda: site.shut)
        site.troubles.rain = 0.0
        assert await box.ended() == "complete"

    site.live(PLAN, story)


def test_stop_in_the_rain_cancels_the_wish_to_go_on(place: Place) -> None:
    site = place()

    async def story(site: Site, box: Box) -> None:
        await working(site, box)
        site.troubles.rain = 2.0
        await site.until(lambda: site.shut)
        assert await box.wanted.stop() is True
        assert await box.ended() is None
        site.troubles.rain = 0.0
        await asyncio.sleep(CLEAR + 120)
        assert site.shut
        assert box.start() == "started"
        assert await box.ended() == "complete"

    site.live(PLAN, story)


def test_nobody_opens_the_roof_or_unparks_in_the_rain(place: Place) -> None:
    site = place()

    async def story(site: Site, box: Box) -> None:
        site.troubles.rain = 2.0
        await site.until(lambda: site.shut)
        await box.rig.open()
        assert box.rig.roof is not None
        for attempt in (box.rig.roof.open(), box.rig.mount.unpark(), box.rig.mount.slew(UP)):
            with pytest.raises(Interlocked, match="it is not safe") as refused:
                await attempt
            assert refused.value.code == "safety.interlock"
        park = next(command for command in commands(box) if command.name == "park")
        with pytest.raises(BadCommand, match="parked already"):
            await park.run(Arguments())

    site.live(PLAN, story)


def test_rain_while_the_night_finishes_and_while_a_person_parks(place: Place) -> None:
    site = place(stand_in(20.0))

    async def story(site: Site, box: Box) -> None:
        await working(site, box)
        await site.until(lambda: site.sky.axes.parking)
        site.troubles.rain = 1.0
        await site.until(lambda: site.shut)
        site.troubles.rain = 0.0
        assert await box.ended() == "complete"

    site.live(PLAN, story)

    async def park_button(site: Site, box: Box) -> None:
        await box.rig.open()
        assert box.rig.roof is not None
        await asyncio.sleep(1)
        await box.rig.roof.open()
        await box.rig.mount.unpark()
        await box.rig.mount.slew(UP)
        park = next(command for command in commands(box) if command.name == "park")
        parking = asyncio.ensure_future(park.run(Arguments()))
        await site.until(lambda: site.sky.axes.parking)
        site.troubles.rain = 1.0
        await site.until(lambda: site.shut)
        with pytest.raises(BadCommand, match="more urgent"):
            await parking

    site.live(PLAN, park_button)


def test_rain_after_the_end_of_the_night(place: Place) -> None:
    site = place(stand_in(20.0))

    async def story(site: Site, box: Box) -> None:
        await working(site, box)
        assert await box.ended() == "complete"
        assert box.rig.roof is not None
        await box.rig.roof.open()  # a person, for a look
        site.troubles.rain = 1.0
        await site.until(lambda: site.shut)
        site.troubles.rain = 0.0
        await asyncio.sleep(CLEAR + 60)
        assert site.shut

    site.live(PLAN, story)


def test_a_controller_that_died_in_the_rain_closes_the_roof_when_it_is_back(place: Place) -> None:
    site = place()

    async def until_it_dies(site: Site, box: Box) -> None:
        await working(site, box)
        site.troubles.rain = 1.0
        await site.until(lambda: "safety.unsafe" in site.codes())
        site.crash_at = site.loop.now + 2.0
        await asyncio.sleep(60)

    site.live(PLAN, until_it_dies)
    assert not site.shut
    site.troubles.rain = 0.0  # it does not even rain any more

    async def back(site: Site, box: Box) -> None:
        began = site.loop.now
        assert box.start() == "waiting"
        assert await site.until(lambda: site.shut) - began < WITHIN
        assert await box.ended() == "complete"
        assert site.loop.now - began > CLEAR

    site.live(PLAN, back)


@pytest.mark.parametrize("after", [0.5, 5.0, 12.0, 25.0, 33.0, 41.0])
def test_a_crash_at_any_moment_of_the_safety_stop(place: Place, after: float) -> None:
    site = place()

    async def until_it_dies(site: Site, box: Box) -> None:
        await working(site, box)
        site.troubles.rain = 1.0
        site.crash_at = site.loop.now + 5.0 + after
        await asyncio.sleep(600)

    site.live(PLAN, until_it_dies)

    async def back(site: Site, box: Box) -> None:
        began = site.loop.now
        assert await site.until(lambda: site.shut) - began < WITHIN
        site.troubles.rain = 0.0
        await asyncio.sleep(CLEAR + 60)
        assert site.shut  # nobody has asked for the night since the crash

    site.live(PLAN, back)


def test_a_silent_mount_that_is_seen_parked_does_not_keep_the_roof_open(place: Place) -> None:
    site = place()

    async def story(site: Site, box: Box) -> None:
        await box.rig.open()
        await asyncio.sleep(1)
        assert box.rig.roof is not None
        await box.rig.roof.open()
        site.troubles.mount_silent = True
        site.troubles.rain = 1.0
        await site.until(lambda: site.shut, within=60)
        site.troubles.mount_silent = False

    site.live(PLAN, story)
    assert not site.alarms


def test_without_a_roof_the_mount_is_parked_and_a_person_called(place: Place) -> None:
    site = place(roof=None, park_sensor=None)

    async def story(site: Site, box: Box) -> None:
        await working(site, box)
        site.troubles.rain = 1.0
        await site.until(lambda: site.sky.at_park, within=WITHIN)
        site.troubles.rain = 0.0
        assert await box.ended() == "complete"

    site.live(PLAN, story)
    assert site.codes().count("safety.no_roof") == 1
    assert not site.alarms


def test_a_roof_that_nothing_watches_is_said_once_and_opens(place: Place) -> None:
    site = place(weather=None)

    async def story(site: Site, box: Box) -> None:
        assert box.start() == "started"
        assert await box.ended() == "complete"
        states = [state for state in box.bus.states() if isinstance(state, SafetyState)]
        assert [state.safe for state in states] == [None]

    site.live(PLAN, story)
    assert sum("the roof opens unwatched" in said.text for _, said in site.said) == 1


def test_leaving_in_the_rain_lets_safety_finish_and_leaving_else_parks_and_closes(place: Place) -> None:
    site = place()

    async def in_the_rain(site: Site, box: Box) -> None:
        await working(site, box)
        site.troubles.rain = 1.0
        await site.until(lambda: site.sky.roof.moving)
        await box.leave_safe()
        assert site.shut

    site.live(PLAN, in_the_rain)
    site.troubles.rain = 0.0

    async def later(site: Site, box: Box) -> None:
        await working(site, box)
        await box.leave_safe()
        assert site.shut

    site.live(PLAN, later)


def test_a_box_that_ends_by_itself_in_the_rain_waits_for_the_roof(place: Place) -> None:
    site = place()

    async def story(site: Site, box: Box) -> None:
        await working(site, box)
        site.troubles.rain = 1.0
        await site.until(lambda: site.sky.axes.parking)

    site.live(PLAN, story)
    assert site.shut


def test_a_failed_night_is_over_though_safety_watches_on(place: Place) -> None:
    async def fails(box: Box) -> str:
        raise Interlocked("Mount", "no")

    site = place(fails)

    async def story(site: Site, box: Box) -> None:
        box.start()
        with pytest.raises(Interlocked):
            await box.ended()
        site.troubles.rain = 1.0
        await site.until(lambda: site.shut)

    site.live(PLAN, story)


def test_a_device_that_is_away_when_it_is_clear_again_is_waited_for(tmp_path: Path) -> None:
    site = Site(tmp_path, profile())

    async def story(site: Site, box: Box) -> None:
        box.start()
        await site.until(box.preview.exists)
        site.troubles.rain = 0.4
        await site.until(lambda: site.shut)
        site.troubles.rain, site.troubles.camera_lost = 0.0, True
        await site.until(lambda: site.heard("waiting for it to come back"))
        site.troubles.camera_lost = False
        assert await box.ended() == "complete"

    site.live(plan(("L", 2)), story)
    site.close()


def test_the_whole_plan_is_taken_in_spite_of_a_shower(tmp_path: Path) -> None:
    site = Site(tmp_path, profile())
    seen: list[RoofState] = []

    async def story(site: Site, box: Box) -> None:
        box.start()
        await site.until(box.preview.exists)  # the first sub is there
        site.troubles.rain = 0.4
        await site.until(lambda: site.shut)
        site.troubles.rain = 0.0
        assert await box.ended() == "complete"
        assert box.rig.roof is not None
        seen.append(await box.rig.roof.state())

    site.live(plan(("L", 3)), story)
    site.close()
    assert seen == [RoofState.CLOSED]
    assert len(list((tmp_path / "images").rglob("*.fits"))) == 3
