"""What a screen for running plans asks: progress, subs, the library of darks."""

from pathlib import Path
from typing import Any

import pytest

from appliance.errors import BadCommand
from appliance.journal import Mark
from appliance.plan import Plan, expanded
from tests.appliance.box.open_field import field
from tests.appliance.box.test_planning import STEP, Story, until_sub
from tests.appliance.surfaces.lonely_box import LonelyBox

FEW = {**STEP, "count": 4}
MIXED = Plan.model_validate(
    {
        "name": "mixed", "focus_at_start": False, "cool": False,
        "template": {"few": {"step": [FEW]}},
        "target": [
            {"name": "M31", "template": "few"},
            {"do": "mosaic", "name": "M33", "columns": 2, "rows": 1, "panel_deg": [1.0, 1.0], "step": [FEW]},
            {"do": "wait", "seconds": 1.0},
            {"do": "panel flats", "filters": ["L"], "count": 5},
        ],
    }
)  # fmt: skip


def live(folder: Path, story: Story) -> LonelyBox:
    async def with_the_plan(box: LonelyBox) -> None:
        box.box.written = MIXED
        await story(box)

    box = field(folder)
    box.plan = expanded(MIXED)
    box.live(with_the_plan)
    return box


def test_progress_by_item_and_step(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        told: Any = await box.api.call("plan_progress", {})
        assert (told["plan"], told["begun"], told["running"], told["total"]) == ("mixed", False, False, 12)
        first, mosaic, wait, flats = told["items"]
        assert (first["name"], first["template"], first["done"], first["wanted"]) == ("M31", "few", 0, 4)
        assert first["left"] == 4 * 65.0
        assert (mosaic["panels"], mosaic["wanted"], len(mosaic["steps"])) == (2, 8, 1)
        assert (wait["do"], wait["complete"]) == ("wait", False)
        assert set(wait["detail"]) == {"until", "seconds", "ask"}
        assert "detail" not in flats
        assert (flats["wanted"], flats["done"]) == (5, 0)
        await box.api.call("start", {})
        await until_sub(box, 6)
        await box.api.call("stop", {})
        await box.box.journal.add(Mark(run=1, at=box.box.observer.unix(), name="wait | round 1"))
        told = await box.api.call("plan_progress", {})
        first, mosaic, wait, flats = told["items"]
        assert told["begun"]
        assert (first["done"], first["complete"], first["left"]) == (4, True, 0)
        assert (mosaic["done"], mosaic["complete"]) == (2, False)
        assert mosaic["steps"][0]["left"] == 6 * 65.0
        assert wait["complete"]
        assert not flats["complete"]
        await box.api.call("reset", {})
        told = await box.api.call("plan_progress", {})
        assert [item["done"] for item in told["items"][:2]] == [0, 0]

    live(tmp_path, story)


def test_subs_by_pages_newest_first(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await box.api.call("start", {})
        await until_sub(box, 6)
        await box.api.call("stop", {})
        first: Any = await box.api.call("subs", {"count": 4})
        assert first["more"]
        rest: Any = await box.api.call("subs", {"count": 4, "before": first["subs"][-1]["id"]})
        assert not rest["more"]
        ids = [sub["id"] for sub in (*first["subs"], *rest["subs"])]
        assert ids == sorted(ids, reverse=True)
        assert len(ids) == 6
        newest = first["subs"][0]
        assert (newest["kind"], newest["filter"], newest["state"]) == ("light", "L", "saved")
        only: Any = await box.api.call("subs", {"target": "M31"})
        assert [sub["target"] for sub in only["subs"]] in ([], ["M31"] * 4)
        middle: Any = await box.api.call("sub", {"sub": ids[1]})
        assert (middle["newer"], middle["older"], middle["plan"]) == (ids[0], ids[2], "mixed")
        last: Any = await box.api.call("sub", {"sub": ids[-1]})
        assert last["older"] is None
        with pytest.raises(BadCommand, match="no saved sub 99"):
            await box.api.call("sub", {"sub": 99})

    live(tmp_path, story)


def test_what_the_library_lacks(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        told: Any = await box.api.call("darks_library", {"count": 7})
        assert (told["kinds"], told["unread"]) == ([], 1)
        needs = {need["frame"]: (need["have"], need["missing"]) for need in told["needs"]}
        assert needs == {"dark": (0, 7), "bias": (0, 7)}

    folder = tmp_path / "images" / "library"
    folder.mkdir(parents=True)
    (folder / "nothing.fits").write_bytes(b"no FITS")
    live(tmp_path, story)
