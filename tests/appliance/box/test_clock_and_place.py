"""The time from a phone where nobody knows it, and the place from the next start on."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from appliance.box.clock import watch_clock
from appliance.box.places import FILE, KEPT, place_commands
from appliance.box.startup import ClockState
from appliance.bus import Message
from appliance.errors import BadCommand, BadProfile
from appliance.profile import load_profile
from hardware.devices import Site
from hardware.worker import Worker
from tests.appliance.box.open_field import NIGHT, field
from tests.appliance.box.test_settings import written
from tests.appliance.surfaces.lonely_box import LonelyBox

THERE = {"name": "Hill", "latitude_deg": 47.5, "longitude_deg": 12.25, "elevation_m": 900.0}


def clock_states(box: LonelyBox) -> list[bool]:
    return [state.known for state in box.box.bus.states() if isinstance(state, ClockState)]


@pytest.mark.looptime
async def test_the_clock_is_known_once_a_service_has_set_it() -> None:
    told: list[Message] = []
    known: list[bool] = []
    watching = asyncio.create_task(watch_clock(lambda: bool(known), told.append))
    await asyncio.sleep(25.0)
    assert told == [ClockState(source="clock", known=False)]
    known.append(True)
    await asyncio.sleep(25.0)
    assert told[1:] == [ClockState(source="clock", known=True)]
    assert watching.done()


def test_a_phone_sets_the_clock_of_an_idle_box_that_nobody_has_told(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await asyncio.sleep(1.0)
        assert clock_states(box) == [False]
        assert await box.api.call("clock", {"unix": NIGHT + 7200.0}) == "set"
        assert box.box.observer.unix() == NIGHT + 7200.0
        assert clock_states(box) == [True]
        await asyncio.sleep(1.0)
        assert box.heard("set by a phone")

    box = field(tmp_path)
    box.clock_known = False
    box.live(story)


def test_a_time_that_is_known_is_not_a_phones_to_set(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await asyncio.sleep(1.0)
        assert clock_states(box) == [True]
        with pytest.raises(BadCommand, match="known already"):
            await box.api.call("clock", {"unix": NIGHT + 7200.0})

    field(tmp_path).live(story)


def test_no_phone_moves_the_clock_under_a_night(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await box.api.call("start", {})
        await asyncio.sleep(1.0)
        with pytest.raises(BadCommand, match="sequence is running"):
            await box.api.call("clock", {"unix": NIGHT + 7200.0})

    box = field(tmp_path)
    box.clock_known = False
    box.live(story)


def with_places(box: LonelyBox, file: Path) -> LonelyBox:
    for command in place_commands(box.box, file, Worker("places")):
        box.api.register(command)
    return box


def test_another_place_is_kept_for_the_next_start_and_the_old_one_remembered(tmp_path: Path) -> None:
    file = written(tmp_path)

    async def story(box: LonelyBox) -> None:
        api = with_places(box, file).api
        first: Any = await api.call("places", {})
        assert first["known"] == [first["now"]]
        assert first["satellites"] is None
        assert (first["next"]["latitude_deg"], first["next"]["longitude_deg"]) == (48.1, 11.6)
        assert await api.call("place_set", THERE) == "set"
        then: Any = await api.call("places", {})
        assert then["now"] == first["now"]  # tonight goes on where it began
        assert then["next"] == THERE
        assert THERE in then["known"]
        assert len(then["known"]) == 2

    field(tmp_path).live(story)
    assert load_profile(file).site.place() == Site(47.5, 12.25, 900.0)


@pytest.mark.parametrize(
    ("key", "value"), [("latitude_deg", 91.0), ("longitude_deg", 181.0), ("name", "x" * 61)]
)
def test_a_place_that_is_none_is_refused_by_its_field(tmp_path: Path, key: str, value: object) -> None:
    file = written(tmp_path)

    async def story(box: LonelyBox) -> None:
        with pytest.raises(BadCommand, match=key):
            await with_places(box, file).api.call("place_set", {**THERE, key: value})

    field(tmp_path).live(story)
    assert not (tmp_path / FILE).exists()


def test_a_list_of_places_that_cannot_be_read_is_begun_anew_and_stays_short(tmp_path: Path) -> None:
    file = written(tmp_path)
    (tmp_path / FILE).write_text('{"not": "a list of places"}', encoding="utf-8")

    async def story(box: LonelyBox) -> None:
        api = with_places(box, file).api
        for n in range(KEPT + 3):
            await api.call("place_set", {**THERE, "latitude_deg": 40.0 + n})
        told: Any = await api.call("places", {})
        assert len(told["known"]) == KEPT

    field(tmp_path).live(story)
    kept = json.loads((tmp_path / FILE).read_text(encoding="utf-8"))
    assert len(kept) == KEPT
    assert kept[0]["latitude_deg"] == 40.0 + KEPT + 2


def test_a_profile_that_is_broken_meanwhile_is_left_as_it_is(tmp_path: Path) -> None:
    file = written(tmp_path)

    async def story(box: LonelyBox) -> None:
        api = with_places(box, file).api
        file.write_text("name = ", encoding="utf-8")
        with pytest.raises(BadProfile):
            await api.call("place_set", THERE)

    field(tmp_path).live(story)
    assert file.read_text(encoding="utf-8") == "name = "
