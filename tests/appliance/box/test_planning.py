"""The plan read, changed, skipped and reset through the api, on the simulated rig in virtual time."""

import asyncio
import tomllib
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from appliance.box.last import chosen_plan
from appliance.box.planning import CHANGED
from appliance.errors import BadCommand, BadPlan
from appliance.journal import Run, Sub, SubState
from appliance.plan import Plan, load_plan
from tests.appliance.box.open_field import field
from tests.appliance.surfaces.lonely_box import LonelyBox

Story = Callable[[LonelyBox], Coroutine[Any, Any, None]]
STEP = {"filter": "L", "seconds": 60.0, "count": 30, "dither_every": 0}
TWO = Plan.model_validate(
    {
        "name": "two", "focus_at_start": False, "cool": False,
        "target": [{"name": "M31", "step": [STEP]}, {"name": "M33", "step": [STEP]}],
    }
)  # fmt: skip


def at_night(folder: Path, story: Story) -> LonelyBox:
    box = field(folder)
    box.plan = TWO
    box.live(story)
    return box


async def saved(box: LonelyBox) -> list[Sub]:
    return await box.box.journal.read(Sub, state=SubState.SAVED)


async def until_sub(box: LonelyBox, count: int) -> None:
    while len(await saved(box)) < count:  # noqa: ASYNC110 - the journal has no event
        await asyncio.sleep(5.0)


def fewer(count: int) -> str:
    steps = f'[[target.step]]\nfilter = "L"\nseconds = 60.0\ncount = {count}\ndither_every = 0\n'
    return f'name = "two"\nfocus_at_start = false\ncool = false\n[[target]]\nname = "M31"\n{steps}'


def test_the_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        told = await box.api.call("plan_text", {})
        assert isinstance(told, dict)
        assert Plan.model_validate(tomllib.loads(told["text"])) == Plan.model_validate(told["plan"]) == TWO
        assert told["editing"] == ""

    at_night(tmp_path, story)


def test_a_running_plan_is_changed_and_the_change_is_kept(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await box.api.call("start", {})
        await until_sub(box, 2)
        await box.api.call("plan_edit", {"who": "phone"})
        with pytest.raises(BadCommand, match="phone is changing it"):
            await box.api.call("plan_edit", {"who": "other"})
        with pytest.raises(BadCommand, match="phone is changing it"):
            await box.api.call("plan_change", {"who": "other", "text": fewer(4)})
        assert await box.api.call("plan_change", {"who": "phone", "text": fewer(4)}) == 4
        assert await box.box.ended() == "complete"
        assert [sub.number for sub in await saved(box)] == [1, 2, 3, 4]

    at_night(tmp_path, story)
    kept = chosen_plan(tmp_path, tmp_path / "profile.toml", None)
    assert kept == tmp_path / CHANGED
    assert load_plan(kept).total == 4


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name =", "not TOML"),
        (fewer(4).replace("M31", "Nowhere"), "Nowhere"),
        (fewer(4).replace("two", "three"), "keeps its name"),
        (fewer(4).replace('"L"', '"Foo"'), "no filter 'Foo'"),
        (fewer(0), "count"),
    ],
)
def test_a_change_that_does_not_fit_changes_nothing(tmp_path: Path, text: str, why: str) -> None:
    async def story(box: LonelyBox) -> None:
        await box.api.call("start", {})
        await until_sub(box, 1)
        with pytest.raises(BadPlan, match=why):
            await box.api.call("plan_change", {"text": text})
        assert box.box.plan == TWO
        assert not (tmp_path / CHANGED).exists()

    at_night(tmp_path, story)


def test_an_editor_may_leave(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await box.api.call("plan_edit", {"who": "phone"})
        assert box.box.desk.who == "phone"
        await box.api.call("plan_leave", {"who": "other"})
        assert box.box.desk.who == "phone"
        await box.api.call("plan_leave", {"who": "phone"})
        assert box.box.desk.who == ""

    at_night(tmp_path, story)


def test_a_target_is_skipped_after_its_sub(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        with pytest.raises(BadCommand, match="no target"):
            await box.api.call("skip", {})
        await box.api.call("start", {})
        await until_sub(box, 2)
        assert await box.api.call("skip", {}) == "M 31"
        assert await box.box.ended() == "incomplete"
        targets = [sub.target for sub in await saved(box)]
        assert 2 <= targets.count("M 31") <= 4
        assert targets.count("M 33") == 30

    at_night(tmp_path, story)


def test_a_stopped_plan_begins_anew(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        assert await box.api.call("reset", {}) == "nothing was begun"
        await box.api.call("start", {})
        await until_sub(box, 2)
        with pytest.raises(BadCommand, match="running"):
            await box.api.call("reset", {})
        await box.api.call("stop", {})
        assert await box.api.call("reset", {}) == "begins anew"
        before = len(await saved(box))
        await box.api.call("start", {})
        await until_sub(box, before + 1)
        first, second = await box.box.journal.read(Run)
        assert first.outcome == "reset"
        assert [sub.number for sub in await saved(box) if sub.run == second.id][:1] == [1]
        assert all((box.box.images / str(sub.file)).exists() for sub in await saved(box))

    at_night(tmp_path, story)
