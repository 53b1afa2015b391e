"""Clouds have the night wait under an open roof; rain closes it all the same; so does the Sun."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.box.box import Box
from appliance.rehearsal.audit import rows
from appliance.safety.messages import ConditionsState, SafetyState
from tests.appliance.safety.site import Site, profile
from tests.appliance.sequence.night_rig import EVENING, plan

CLEAR = 120.0
NOON = EVENING - 8 * 3600  # UTC
CLOUDY: dict[str, Any] = {
    "max_cloud_percent": 60, "unsafe_after_seconds": 10, "clear_minutes": CLEAR / 60,
}  # fmt: skip
THREE = plan(("L", 3))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    made: list[Site] = []

    def make(begins: float = EVENING, **changes: Any) -> Site:
        made.append(Site(tmp_path, profile(**changes), begins=begins))
        made[-1].troubles.cloud_percent = 0.0
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def site(place: Callable[..., Site]) -> Site:
    return place(conditions=CLOUDY)


def states(box: Box, kind: type) -> list[Any]:
    return [state for state in box.bus.states() if isinstance(state, kind)]


def exposing(site: Site) -> bool:
    return any(row.state == "exposing" for row in rows(site.folder / "journal.sqlite"))


def test_clouds_let_the_sub_end_and_the_night_go_on_when_they_have_passed(site: Site) -> None:
    async def story(site: Site, box: Box) -> None:
        box.start()
        await site.until(lambda: exposing(site))
        site.troubles.cloud_percent = 90.0
        await site.until(lambda: site.heard("Wait for better conditions (Weather: clouds 90 %"))
        assert not exposing(site)
        assert box.preview.exists()  # the sub that was running is there
        await site.until(lambda: not site.sky.axes.tracking)
        assert site.sky.roof.open
        (now,) = states(box, ConditionsState)
        assert (now.good, now.reasons) == (False, ("Weather: clouds 90 %, 60 allowed",))
        await asyncio.sleep(1000)
        assert len([row for row in rows(site.folder / "journal.sqlite") if row.state == "saved"]) == 1
        site.troubles.cloud_percent = 20.0
        passed = site.loop.now
        await site.until(lambda: site.sky.axes.tracking)
        assert CLEAR <= site.loop.now - passed <= CLEAR + 60
        assert await box.ended() == "complete"
        assert site.shut

    site.live(THREE, story)
    assert not [alarm for _, alarm in site.alarms if alarm.text]
    assert site.codes() == ["conditions.bad", "conditions.good"]
    assert "safety.unsafe" not in site.codes()


def test_rain_closes_the_roof_whatever_the_conditions(site: Site) -> None:
    async def story(site: Site, box: Box) -> None:
        box.start()
        await site.until(lambda: exposing(site))
        site.troubles.cloud_percent = 90.0
        await site.until(lambda: site.heard("Wait for better conditions ("))
        site.troubles.rain = 0.4
        await site.until(lambda: site.shut, within=120)
        site.troubles.rain, site.troubles.cloud_percent = 0.0, 0.0
        assert await box.ended() == "complete"

    site.live(THREE, story)


def test_a_silent_sensor_of_the_conditions_has_the_night_wait_and_no_more(
    place: Callable[..., Site], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = place(safety_monitor=[{"driver": "simulator", "name": "Clouds", "level": "conditions"}])

    async def story(site: Site, box: Box) -> None:
        box.start()
        await site.until(lambda: exposing(site))

        async def never() -> bool:
            await asyncio.Event().wait()
            return True

        monkeypatch.setattr(box.rig.safety_monitor("Clouds"), "safe", never)
        await site.until(lambda: site.heard("Clouds is silent for 30 s"))
        await site.until(lambda: site.heard("Wait for better conditions ("))
        assert site.sky.roof.open
        assert states(box, SafetyState)[0].safe
        await box.stop()

    site.live(plan(("L", 9)), story)


def test_a_full_disk_has_the_night_wait(site: Site) -> None:
    async def story(site: Site, box: Box) -> None:
        box.start()
        await site.until(lambda: exposing(site))
        site.free_bytes = 10**8
        await site.until(lambda: site.heard("Wait for better conditions (the disk: 0.10 GB are free"))
        site.free_bytes = 10**9
        freed = site.loop.now
        await site.until(lambda: site.sky.axes.tracking)
        assert site.loop.now - freed < 10
        await box.stop()

    site.live(THREE, story)


def test_a_roof_that_is_open_under_the_sun_is_closed(place: Callable[..., Site]) -> None:
    site = place(begins=NOON, weather=None)

    async def story(site: Site, box: Box) -> None:
        assert site.sky.roof.open
        await site.until(lambda: site.shut, within=120)
        await site.until(lambda: states(box, SafetyState)[0].safe is None)  # nobody watches the rain

    site.live(THREE, story)
    assert site.heard("It is not safe: the Sun: it shines on a roof that is not closed.")


def test_a_plan_for_any_hour_may_have_the_roof_open_under_the_sun(place: Callable[..., Site]) -> None:
    site = place(begins=NOON)

    async def story(site: Site, box: Box) -> None:
        await asyncio.sleep(300)
        assert site.sky.roof.open

    site.live(plan(("L", 1), night="any"), story)
    assert "safety.unsafe" not in site.codes()
