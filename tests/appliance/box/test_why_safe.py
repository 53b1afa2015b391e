"""Why it is safe or not, and what the interlock would say: asked for, and nothing is done."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.box.assembly import served
from appliance.box.box import Box
from appliance.safety.interlock import Verdict
from tests.appliance.safety.site import Site, profile
from tests.appliance.sequence.night_rig import plan

PLAN = plan(("R", 1))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path, profile(safety={"max_wind_m_s": 10.0, "roof_within_seconds": 120.0}))
    yield site
    site.close()


def source(told: Any, name: str) -> dict[str, Any]:
    return next(one for one in told["sources"] if one["name"] == name)


def answer(told: Any, command: str) -> dict[str, Any]:
    return next(one for one in told["answers"] if one["command"] == command)


def test_each_source_tells_its_values_its_age_and_what_it_objects_to(site: Site) -> None:
    async def story(site: Site, box: Box) -> None:
        async with served(box) as api:
            await site.until(lambda: box.watch.verdict is Verdict.SAFE, 600.0)
            told: Any = await api.call("safety_sources", {})
            assert (told["verdict"], told["watching"]) == ("safe", True)
            weather = source(told, "Weather")
            assert weather["readings"][0] == {
                "what": "rain", "value": "0.0 mm/h", "limit": "0 mm/h allowed", "beyond": False
            }  # fmt: skip
            assert weather["account"]["age"] <= 60.0
            assert weather["account"]["clear_in"] == 0.0
            sun = source(told, "the Sun")
            assert sun["readings"][0]["value"].startswith("−")
            site.troubles.rain = 2.0
            await site.until(lambda: box.watch.verdict is Verdict.UNSAFE, 600.0)
            told = await api.call("safety_sources", {})
            weather = source(told, "Weather")
            assert told["reasons"] == ["Weather: rain, 2.0 mm/h"]
            assert weather["readings"][0]["beyond"]
            assert weather["account"]["doubts"][0]["counts_in"] == 0.0
            assert weather["account"]["clear_in"] is None
            site.troubles.rain = 0.0
            await site.until(lambda: source_is_well(box), 600.0)
            told = await api.call("safety_sources", {})
            assert source(told, "Weather")["account"]["clear_in"] > 0

    site.live(PLAN, story)


def source_is_well(box: Box) -> bool:
    weather = next(one for one in box.watch.told() if one.name == "Weather")
    return weather.account is not None and not weather.account.doubts


def test_the_interlock_tells_what_it_would_refuse_and_nothing_moves(site: Site) -> None:
    async def story(site: Site, box: Box) -> None:
        async with served(box) as api:
            await site.until(lambda: box.watch.verdict is Verdict.SAFE, 600.0)
            await api.call("connect", {})
            await api.call("roof_close", {})
            told: Any = await api.call("safety_interlock", {})
            assert told["situation"]["roof"] == "closed"
            assert answer(told, "open_roof")["allowed"]
            slew = answer(told, "slew")
            assert (slew["allowed"], slew["reason"]) == (False, "the roof is closed")
            assert slew["advice"]
            assert answer(told, "park")["always"]
            assert not [one for one in told["answers"] if one["command"] == "open_cover"]
            site.troubles.rain = 2.0
            await site.until(lambda: box.watch.verdict is Verdict.UNSAFE, 600.0)
            told = await api.call("safety_interlock", {})
            assert answer(told, "open_roof")["reason"] == "it is not safe"
            assert site.sky.roof.closed

    site.live(PLAN, story)


def test_the_lists_are_told_in_order(site: Site) -> None:
    async def story(_: Site, box: Box) -> None:
        async with served(box) as api:
            told: Any = await api.call("safety_actions", {})
            unsafe = told["lists"][0]
            assert (unsafe["name"], unsafe["of_profile"]) == ("unsafe", False)
            assert [step for step in unsafe["steps"] if step.startswith("park")]
            assert {one["name"] for one in told["lists"]} >= {"unsafe", "roof_open", "roof_close", "end"}

    site.live(PLAN, story)
