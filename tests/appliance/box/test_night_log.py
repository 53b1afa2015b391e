"""The decision log in pages from the journal, and which of its lines decide something."""

from pathlib import Path
from typing import Any, cast

import pytest

from appliance.bus import Said
from appliance.errors import BadCommand
from appliance.journal import Journal, Line
from tests.appliance.box.open_field import field
from tests.appliance.surfaces.lonely_box import LonelyBox


async def log(box: LonelyBox, **asked: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", await box.api.call("night_log", asked))


def texts(told: dict[str, Any]) -> list[str]:
    return [line["text"] for line in told["lines"]]


def test_the_log_is_turned_back_page_by_page(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        for number in range(1, 8):
            box.box.bus.publish(Said(source="t", text=f"said {number}"))
        await box.until(lambda: box.heard("said 7"))
        newest = await log(box, count=3)
        assert texts(newest) == ["said 7", "said 6", "said 5"]
        assert newest["lines"][0]["at"] == pytest.approx(box.box.observer.unix(), abs=60)
        older = await log(box, count=3, before=newest["before"])
        assert texts(older) == ["said 4", "said 3", "said 2"]
        assert texts(await log(box, count=200, before=older["before"]))[0] == "said 1"
        assert (await log(box, count=200))["before"] == 0
        with pytest.raises(BadCommand, match="count"):
            await log(box, count=0)

    field(tmp_path).live(story)


def test_decisions_and_warnings_are_told_apart_from_progress(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await box.api.call("start", {})
        assert await box.box.ended() == "complete"
        box.box.bus.publish(Said(source="t", level="warning", text="clouds?", routine=True))
        box.box.bus.publish(Said(source="t", text="the end"))
        await box.until(lambda: box.heard("the end"))
        every, decided = await log(box, count=200), await log(box, count=200, show="decisions")
        assert len(every["lines"]) > 2 * len(decided["lines"])
        assert "Saved sub 1 of 4" in " ".join(texts(every))
        assert "Saved" not in " ".join(texts(decided))
        assert "Focusing now: the night begins." in texts(decided)
        assert texts(await log(box, show="warnings")) == ["clouds?"]

    field(tmp_path).live(story)


async def test_a_page_of_rare_lines_comes_from_far_back(tmp_path: Path) -> None:
    journal = await Journal.open(tmp_path / "journal.sqlite")
    try:
        for number in range(5):
            await journal.add(Line(run=None, at=float(number), level="info", source="t", text=str(number)))
        assert [line.text for line in await journal.page(Line, 4, 2)] == ["2", "1"]
    finally:
        await journal.close()
