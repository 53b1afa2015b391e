"""Tonight's timeline as data: what the sky does, what was done, what is to come."""

from pathlib import Path
from typing import Any, cast

import pytest

from appliance.box.altitudes import shown_span
from appliance.box.timeline import bars
from appliance.journal import Sub, SubState
from appliance.plan import Plan
from appliance.sky.windows import Window
from hardware.devices import Site
from tests.appliance.box.open_field import NIGHT, field
from tests.appliance.surfaces.lonely_box import LonelyBox

STEP = {"filter": "L", "seconds": 300.0, "count": 2}
TWO = Plan.model_validate(
    {"name": "Autumn", "focus_every_minutes": 60, "target": [
        {"name": "M31", "step": [STEP]}, {"name": "M45", "min_altitude_deg": 30, "step": [STEP]}]}
)  # fmt: skip


async def tonight(box: LonelyBox) -> dict[str, Any]:
    return cast("dict[str, Any]", await box.api.call("tonight", {}))


def evening(folder: Path) -> LonelyBox:
    box = field(folder)
    box.plan, box.begins = TWO, NIGHT - 6 * 3600.0
    return box


def test_before_the_night_everything_is_to_come(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        told = await tonight(box)
        sky = told["sky"]
        assert sky["from"] < sky["dark"][0] < sky["dark"][1] < sky["to"]
        assert [band[0] for band in sky["bands"]] == [
            "day", "civil", "nautical", "night", "nautical", "civil", "day",
        ]  # fmt: skip
        assert [one["name"] for one in sky["targets"]] == ["M 31", "M 45"]
        (window,) = sky["targets"][1]["windows"]
        (curve,) = (
            piece for piece in sky["targets"][1]["curves"] if piece[0][0] <= window[0] <= piece[-1][0]
        )
        at_begin = min(curve, key=lambda point: abs(point[0] - window[0]))
        assert at_begin[1] >= 29
        assert told["taken"] == told["flipped"] == told["focused"] == []
        assert told["complete"] is True
        assert told["coming"][0]["kind"] == "dusk"
        assert told["progress"] == [{"planned": 2, "saved": 0}] * 2
        assert all(value is not None for value in told["coming"][0].values())

    evening(tmp_path).live(story)


def test_what_was_done_stays_in_the_timeline(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await box.api.call("start", {})
        assert await box.box.ended() == "complete"
        told = await tonight(box)
        assert [(one["target"], one["filter"], one["count"]) for one in told["taken"]] == [
            ("M 31", "L", 2), ("M 45", "L", 2),
        ]  # fmt: skip
        assert told["focused"]
        assert not any(one["failure"] for one in told["focused"])
        assert told["sky"]["from"] < told["taken"][0]["begins"] < told["now"]
        assert told["progress"] == [{"planned": 2, "saved": 2}] * 2
        assert told["stints"] == []  # it is complete: nothing more is to come but dawn
        assert [one["kind"] for one in told["coming"]] == ["dawn"]

    evening(tmp_path).live(story)


def sub(started: float, filter_: str = "L", **changes: Any) -> Sub:
    values = {"state": SubState.SAVED, **changes}
    return Sub(run=1, step_key="k", number=1, target="M 31", filter=filter_, seconds=60.0, started=started,
               **values)  # fmt: skip


def test_subs_become_bars() -> None:
    subs = [sub(70.0), sub(0.0), sub(140.0, "R"), sub(5000.0, "R"), sub(210.0, state=SubState.LOST)]
    assert [(one["filter"], one["begins"], one["ends"], one["count"]) for one in bars(subs)] == [
        ("L", 0.0, 130.0, 2), ("R", 140.0, 200.0, 1), ("R", 5000.0, 5060.0, 1),
    ]  # fmt: skip


@pytest.mark.parametrize("latitude", [48.0, 78.0])
def test_the_span_holds_the_night_also_where_the_sun_does_not_set(latitude: float) -> None:
    night = Window(1_797_784_692.0, 1_797_831_876.0)
    span = shown_span(Site(latitude, 11.6), night)
    assert span.begins < night.begins < night.ends < span.ends
