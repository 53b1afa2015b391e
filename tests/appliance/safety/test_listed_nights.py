"""Lists of the profile's own in whole nights: rain, failures, questions, the end; and a person's roof."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from appliance.box import assembly
from appliance.box.assembly import served
from appliance.box.box import Box
from appliance.bus import NeedsPerson
from appliance.errors import BadCommand, DeviceRefused, Interlocked
from appliance.solve.process import Finished
from hardware.devices import CoverState, RoofState
from tests.appliance.safety.site import CLEAR_MINUTES, WITHIN, Site, profile, stand_in
from tests.appliance.sequence.night_rig import plan

Place = Callable[..., Site]
PLAN = plan(("L", 3))
STOP, PARK, CLOSE, OPEN = ({"do": do} for do in ("stop work", "park", "close roof", "open roof"))
RUN = {"do": "run", "command": ["tell", "me"]}
SIREN = [{"driver": "simulator", "name": "Siren"}]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    sites: list[Site] = []

    def make(
        actions: dict[str, Any], program: Callable[[], Awaitable[int]] | None = None, **changes: Any
    ) -> Site:
        async def run(command: Sequence[str], folder: Path, within: float, _: object = None) -> Finished:
            return Finished(0 if program is None else await program(), "")

        monkeypatch.setattr(Box, "sequence", stand_in(3000.0))
        world = assembly.World
        monkeypatch.setattr("tests.appliance.safety.site.World", lambda **given: world(**given, run=run))
        sites.append(Site(tmp_path, profile(output=SIREN, actions=actions, **changes)))
        return sites[-1]

    yield make
    for site in sites:
        site.close()


async def working(site: Site, box: Box) -> None:
    box.start()
    await site.until(lambda: site.sky.axes.tracking and not site.sky.axes.slewing)


async def dry_again(site: Site) -> None:
    site.troubles.rain = 0.0
    await site.until(lambda: site.sky.axes.tracking and not site.sky.axes.slewing)


def moments(site: Site, *texts: str) -> list[float]:
    """When each was said first."""
    return [next(at for at, said in site.said if text in said.text) for text in texts]


def test_its_own_list_in_its_own_order_once_in_each_of_two_spells(place: Place) -> None:
    unsafe = [
        STOP, {"do": "notify", "text": "Rain!"}, PARK, {"do": "switch", "output": "Siren", "level": 1},
        {**CLOSE, "delay_seconds": 5}, {"do": "switch", "output": "Siren", "level": 0}, RUN,
    ]  # fmt: skip
    site = place({"unsafe": unsafe})

    async def story(site: Site, box: Box) -> None:
        await working(site, box)
        for spell in (1, 2):
            site.troubles.rain = 1.0
            await site.until(lambda: site.shut)
            await asyncio.sleep(120)
            assert [said.text for _, said in site.said].count("Rain!") == spell
            assert site.sky.outputs == {"Siren": 0.0}
            await dry_again(site)

    site.live(PLAN, story)
    order = ["Rain!", "Parked.", "switch Siren on", "Closing the roof.", "The roof is closed.", "Siren off"]
    told = moments(site, *order)
    assert told == sorted(told)
    assert told[3] - told[2] == pytest.approx(5, abs=0.5)
    assert not site.alarms


def test_the_list_around_the_roof_is_carried_out_once_and_not_at_every_look(place: Place) -> None:
    on, off = ({"do": "switch", "output": "Siren", "level": level} for level in (1, 0))
    site = place({"roof_close": [on, PARK, CLOSE, off]})

    async def story(site: Site, box: Box) -> None:
        await working(site, box)
        site.troubles.rain = 1.0
        await site.until(lambda: site.shut)
        await asyncio.sleep(600)
        assert [said.text for _, said in site.said].count("Done: switch Siren on.") == 1
        site.sky.roof.begin(1.0, 1 / 20)  # somebody opens it by its remote control: it is closed again
        await site.until(lambda: site.sky.roof.open)
        await site.until(lambda: site.shut)
        assert [said.text for _, said in site.said].count("Done: switch Siren on.") == 2

    site.live(PLAN, story)


@pytest.mark.parametrize("on_failure", ["go on", "stop", "alarm"])
def test_whatever_fails_before_the_roof_it_closes(place: Place, on_failure: str) -> None:
    async def fails() -> int:
        return 1

    site = place({"unsafe": [STOP, {**RUN, "on_failure": on_failure}, PARK, CLOSE]}, fails)

    async def story(site: Site, box: Box) -> None:
        await working(site, box)
        site.troubles.rain = 1.0
        began = site.loop.now
        assert await site.until(lambda: site.shut) - began < WITHIN
        await asyncio.sleep(60)
        assert any(alarm.text for _, alarm in site.alarms) is (on_failure == "alarm")
        await dry_again(site)

    site.live(PLAN, story)
    assert site.heard("Could not run tell me when it became unsafe")
    assert not site.alarms or site.alarms[-1][1].text == ""


def test_a_program_that_hangs_costs_its_limit_and_not_the_roof(place: Place) -> None:
    async def hangs() -> int:
        await asyncio.Event().wait()
        return 0

    site = place({"unsafe": [STOP, {**RUN, "within_seconds": 20}, PARK, CLOSE]}, hangs)

    async def story(site: Site, box: Box) -> None:
        await working(site, box)
        site.troubles.rain = 1.0
        began = site.loop.now
        assert 20 < await site.until(lambda: site.shut) - began < WITHIN

    site.live(PLAN, story)


def test_a_question_after_the_roof_is_closed_keeps_nobody_from_going_on(place: Place) -> None:
    ask = {"do": "prompt", "text": "Cover the telescope", "within_seconds": 7200}
    site = place({"unsafe": [STOP, PARK, CLOSE, ask]})

    async def story(site: Site, box: Box) -> None:
        await working(site, box)
        site.troubles.rain = 1.0
        await site.until(lambda: site.shut)
        await asyncio.sleep(60)
        assert site.heard("The rig is safe")
        assert [state.text for state in box.bus.states() if isinstance(state, NeedsPerson)] == [
            "Cover the telescope"
        ]
        await dry_again(site)
        assert [state.text for state in box.bus.states() if isinstance(state, NeedsPerson)] == [""]

    site.live(PLAN, story)


def test_an_answer_through_the_api(place: Place) -> None:
    site = place({"unsafe": [STOP, PARK, CLOSE, {"do": "prompt", "text": "Seen?"}, RUN]})

    async def story(site: Site, box: Box) -> None:
        async with served(box) as api:
            site.troubles.rain = 1.0
            await site.until(lambda: site.heard("Waiting for a person: Seen?"))
            assert await api.call("answer", {"answer": "confirm"}) == "confirm"
            await site.until(lambda: site.heard("A person said confirm"))
            with pytest.raises(BadCommand, match="nothing is asked now"):
                await api.call("answer", {"answer": "confirm"})

    site.live(PLAN, story)


def test_the_usual_list_closes_the_cover_and_leaves_the_camera_cold(place: Place) -> None:
    site = place({}, cover={"driver": "simulator", "name": "Cover"})

    async def story(site: Site, box: Box) -> None:
        await working(site, box)
        assert box.rig.camera.cooler is not None
        await box.rig.camera.cooler.aim(-10.0)
        site.troubles.rain = 1.0
        await site.until(lambda: site.shut and site.sky.cover.closed)
        await asyncio.sleep(CLEAR_MINUTES * 60)
        assert site.sky.chip.aim == -10.0

    site.live(PLAN, story)


def test_the_end_of_the_box_is_the_list_for_it(place: Place) -> None:
    site = place(
        {
            "end": [
                {"do": "switch", "output": "Siren", "level": 1},
                PARK,
                CLOSE,
                {"do": "notify", "text": "Bye"},
            ]
        }
    )

    async def story(site: Site, box: Box) -> None:
        await working(site, box)
        await box.leave_safe()
        assert site.shut
        assert site.sky.outputs == {"Siren": 1.0}

    site.live(PLAN, story)
    assert site.heard("Bye")


def test_cancelled_in_the_middle_the_list_stops_and_safety_ends_what_it_began(place: Place) -> None:
    site = place({"unsafe": [STOP, PARK, {**CLOSE, "delay_seconds": 20}, RUN]})

    async def story(site: Site, box: Box) -> None:
        await working(site, box)
        site.troubles.rain = 1.0
        await site.until(lambda: site.sky.at_park)  # and now the box ends

    site.live(PLAN, story)
    assert site.shut


def test_a_person_s_roof_commands(place: Place) -> None:
    site = place({})

    async def story(site: Site, box: Box) -> None:
        await box.rig.open()
        await asyncio.sleep(1)
        roof = box.rig.roof
        assert roof is not None
        async with served(box) as api:
            assert await api.call("roof_close", {}) == "closed"
            assert site.shut
            with pytest.raises(BadCommand, match=r"roof_open\.daylight"):
                await api.call("roof_open", {"daylight": True})
            opening = asyncio.create_task(api.call("roof_open", {}))
            await asyncio.sleep(5)
            assert await api.call("roof_stop", {}) == "stopped"
            with pytest.raises((BadCommand, DeviceRefused)):
                await opening
            assert await roof.state() is RoofState.UNKNOWN
            with pytest.raises(Interlocked, match="a person has stopped it"):
                await roof.open()
            opening = asyncio.create_task(api.call("roof_open", {}))  # who stopped it may
            await asyncio.sleep(5)
            assert await api.call("stop", {}) == "stopped"
            with pytest.raises(BadCommand, match="stopped on its way"):
                await opening
            assert not site.sky.roof.moving
            assert await api.call("roof_open", {}) == "open"
            site.troubles.rain = 1.0
            await site.until(lambda: site.shut)
            with pytest.raises(Interlocked, match="not safe"):
                await api.call("roof_open", {})

    site.live(PLAN, story)


@pytest.mark.parametrize("command", ["stop", "roof_stop"])
def test_stop_while_safety_closes_stops_the_roof_and_in_the_rain_for_a_minute_only(
    place: Place, command: str
) -> None:
    site = place({})

    async def story(site: Site, box: Box) -> None:
        await working(site, box)
        site.troubles.rain = 1.0
        async with served(box) as api:
            await site.until(lambda: site.sky.roof.moving)
            stopped = site.loop.now
            assert await api.call(command, {}) == "stopped"
            assert not site.sky.roof.moving
            moving = await site.until(lambda: site.sky.roof.moving)
            assert 60 <= moving - stopped < 75
            await site.until(lambda: site.shut)
            assert not box.wanted.consider()

    site.live(PLAN, story)


def test_stop_leaves_a_roof_that_stands_to_be_moved(place: Place) -> None:
    site = place({})

    async def story(site: Site, box: Box) -> None:
        await working(site, box)
        async with served(box) as api:
            await api.call("stop", {})
            await box.park()
            await box.performer.close_roof()  # nobody has stopped a roof
        assert site.shut

    site.live(PLAN, story)


def test_a_roof_that_somebody_else_moves_is_stopped_by_stop_too(place: Place) -> None:
    site = place({})

    async def story(site: Site, box: Box) -> None:
        await box.rig.open()
        site.sky.roof.begin(0.0, 1 / 20)  # by its remote control
        await asyncio.sleep(3)
        async with served(box) as api:
            assert await api.call("stop", {}) == "stopped"
        assert not site.sky.roof.moving

    site.live(PLAN, story)


def test_only_the_held_button_itself_knows_no_rules(place: Place) -> None:
    site = place({})

    async def story(site: Site, box: Box) -> None:
        await box.rig.open()
        site.troubles.rain = 1.0
        await site.until(lambda: site.shut)
        await asyncio.sleep(1)
        async with served(box) as api:
            async with box.interlock.overriding() as held:
                with pytest.raises(Interlocked, match="not safe"):
                    await api.call("roof_open", {})  # from the page, by MQTT, by a script
                assert site.sky.roof.closed
                await held.open()
            await asyncio.sleep(59)
            assert site.sky.roof.open
            await site.until(lambda: site.shut)  # safety closes it again, but not at once
        assert site.heard("The override button was released.")

    site.live(PLAN, story)


def test_by_day_only_who_asks_opens_it(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    roof = {"driver": "simulator", "name": "Roof", "setup": {"start": "closed"}}
    site = place({"roof_open": [OPEN]}, roof=roof)
    monkeypatch.setattr(assembly, "_sun_altitude_deg", lambda *_: 30.0)

    async def story(site: Site, box: Box) -> None:
        await box.rig.open()
        await asyncio.sleep(1)
        async with served(box) as api:
            with pytest.raises(Interlocked, match="it is day"):
                await api.call("roof_open", {})
            assert await api.call("roof_open", {"in_daylight": True}) == "open"
            await asyncio.sleep(600)
            assert site.sky.roof.open  # nor does safety mind a Sun that was asked for
            await api.call("roof_close", {})
            with pytest.raises(Interlocked, match="it is day"):
                await api.call("roof_open", {})

    site.live(PLAN, story)


def test_a_cover_is_open_for_the_night_and_closed_after_it(tmp_path: Path) -> None:
    cover = {"driver": "simulator", "name": "Cover", "setup": {"start": "closed"}}
    site = Site(tmp_path, profile(cover=cover))

    async def story(site: Site, box: Box) -> None:
        await box.rig.open()
        assert box.rig.cover is not None
        assert await box.rig.cover.state() is CoverState.CLOSED
        box.start()
        assert await box.ended() == "complete"
        assert site.sky.cover.closed
        assert site.shut
        assert site.heard("Open the cover: done")
        said = len(site.said)
        await box.leave_safe()  # nothing is left to do
        assert not [one.text for _, one in site.said[said:] if "roof" in one.text or "cover" in one.text]

    site.live(plan(("L", 1)), story)
    site.close()
