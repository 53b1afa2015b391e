"""The files through the api: looked through, deleted with care, pictures made, copied to a drive."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from astropy.io import fits

from appliance.box.files.commands import THUMBNAILS
from appliance.box.files.copying import PART, copy_all
from appliance.box.files.drives import drives
from appliance.box.files.messages import DriveCopy
from appliance.errors import BadCommand
from appliance.journal import Sub, SubState
from appliance.plan import Plan
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
OLD = "2026-01-01/M31/old.txt"


def lived(folder: Path, story: Story) -> LonelyBox:
    old = folder / "images" / OLD
    old.parent.mkdir(parents=True)
    old.write_bytes(b"x" * 1000)
    box = field(folder)
    box.plan = TWO
    box.live(story)
    return box


async def one_sub(box: LonelyBox) -> str:
    """Start, and wait for the first sub; its file's name."""
    await box.api.call("start", {})
    while not (subs := await box.box.journal.read(Sub, state=SubState.SAVED)):  # noqa: ASYNC110
        await asyncio.sleep(5.0)
    return subs[0].file or ""


def test_a_running_nights_subs_are_listed_and_not_deleted(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        name = await one_sub(box)
        night = name.partition("/")[0]
        top: Any = await box.api.call("files", {})
        assert {one["name"] for one in top["folders"]} == {night, "2026-01-01"}
        assert top["free"] > 0
        inner: Any = await box.api.call("files", {"path": name.rpartition("/")[0]})
        (file,) = inner["files"]
        assert (file["name"], file["sub"]["target"], file["sub"]["state"]) == (name, "M 31", "saved")
        picked: Any = await box.api.call("files_pick", {"paths": [night, OLD]})
        assert (picked["tonight"], len(picked["files"])) == (1, 2)
        assert picked["bytes"] == 1000 + file["bytes"]
        with pytest.raises(BadCommand, match="of the night that runs"):
            await box.api.call("files_delete", {"paths": [night, OLD]})
        assert (box.box.images / OLD).exists()  # all or nothing

    lived(tmp_path, story)


def test_what_is_deleted_stays_taken(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        name = await one_sub(box)
        await box.api.call("stop", {})
        told: Any = await box.api.call("files_pick", {"paths": [name, OLD]})
        freed = await box.api.call("files_delete", {"paths": [name, OLD]})
        assert freed == {"files": 2, "bytes": told["bytes"]}
        assert list(box.box.images.rglob("*")) == []
        (sub,) = await box.box.journal.with_files(name)
        assert sub.state is SubState.SAVED
        await asyncio.sleep(1.0)
        assert any("2 files were deleted by hand" in one.text for one in box.said)

    lived(tmp_path, story)


def test_names_that_lead_out_are_refused_by_every_command(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        for command in ("files_pick", "files_delete", "files_pictures"):
            with pytest.raises(BadCommand):
                await box.api.call(command, {"paths": ["../journal.sqlite"]})
        with pytest.raises(BadCommand):
            await box.api.call("files", {"path": ".."})
        with pytest.raises(BadCommand, match="is no folder"):
            await box.api.call("files", {"path": OLD})
        with pytest.raises(BadCommand, match="there is no drive"):
            await box.api.call("copy_start", {"paths": [OLD], "drive": "/etc"})

    lived(tmp_path, story)


def test_pictures_are_made_behind_and_once(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        name, broken = "2026-01-01/M31/frame.fits", box.box.images / "broken.fits"
        frame = np.random.default_rng(1).normal(1000, 30, (200, 300)).astype(np.uint16)
        fits.writeto(box.box.images / name, frame)
        broken.write_bytes(b"no frame")
        paths = [name, "broken.fits", OLD]
        first: Any = await box.api.call("files_pictures", {"paths": paths})
        assert (first["ready"], first["making"]) == ([], 2)
        await asyncio.wait({box.box.jobs.task("thumbnails")})
        then: Any = await box.api.call("files_pictures", {"paths": paths})
        assert (then["ready"], then["making"]) == ([name], 0)
        picture = box.folder / THUMBNAILS / f"{name}.jpg"
        assert picture.read_bytes().startswith(b"\xff\xd8")
        await box.api.call("files_delete", {"paths": [name]})
        assert not picture.exists()

    lived(tmp_path, story)


def plugged(stick: Path, **values: Any) -> Callable[[], list[Any]]:
    usual = {"mountpoint": str(stick), "fstype": "ext4", "opts": "rw,relatime"}
    return lambda: [SimpleNamespace(**{**usual, **values}), SimpleNamespace(**{**usual, "mountpoint": "/"})]


def test_drives_are_those_under_the_usual_places(tmp_path: Path) -> None:
    stick = tmp_path / "media" / "STICK"
    stick.mkdir(parents=True)
    (found,) = drives((tmp_path / "media",), plugged(stick))
    assert (found.name, found.mount, found.writable) == ("STICK", str(stick), True)
    assert 0 < found.free <= found.total
    (locked,) = drives((tmp_path / "media",), plugged(stick, opts="ro,relatime"))
    assert not locked.writable
    assert drives((tmp_path / "media",), plugged(stick, mountpoint=str(tmp_path / "media" / "gone"))) == []
    assert drives((tmp_path / "elsewhere",), plugged(stick)) == []


def test_the_box_copies_and_tells_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stick = tmp_path / "media" / "STICK"
    stick.mkdir(parents=True)
    found = drives((tmp_path / "media",), plugged(stick))
    monkeypatch.setattr("appliance.box.files.commands.drives", lambda: found)
    seen: list[DriveCopy] = []

    async def watch(box: LonelyBox) -> None:
        with box.box.bus.subscribe(DriveCopy) as mailbox:
            async for message in mailbox:
                assert isinstance(message, DriveCopy)
                seen.append(message)

    async def story(box: LonelyBox) -> None:
        watching = asyncio.create_task(watch(box))
        (drive,) = cast(list[Any], await box.api.call("drives", {}))
        asked = {"paths": ["2026-01-01"], "drive": drive["mount"]}
        assert await box.api.call("copy_start", asked) == "started"
        with pytest.raises(BadCommand, match="a copy is running"):
            await box.api.call("copy_start", asked)
        await asyncio.wait({box.box.jobs.task("drive copy")})
        await asyncio.sleep(1.0)
        assert (seen[0].phase, seen[0].of_files, seen[0].of_bytes) == ("copying", 1, 1000)
        assert (seen[-1].phase, seen[-1].files, seen[-1].bytes) == ("done", 1, 1000)
        assert "pull the drive out" in seen[-1].text
        assert (stick / "Nightbox" / OLD).read_bytes() == b"x" * 1000
        await box.api.call("copy_start", asked)
        assert await box.api.call("copy_stop", {}) == "stopped"
        assert await box.api.call("copy_stop", {}) == "nothing was running"
        await asyncio.sleep(1.0)
        assert seen[-1].phase == "stopped"
        watching.cancel()

    lived(tmp_path, story)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"free": 10}, "do not fit"),
        ({"writable": False}, "cannot be written"),
        ({"system": "vfat"}, "too large for FAT"),
    ],
)
def test_a_drive_that_cannot_take_it_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, values: dict[str, Any], why: str
) -> None:
    stick = tmp_path / "media" / "STICK"
    stick.mkdir(parents=True)
    (found,) = drives((tmp_path / "media",), plugged(stick))
    monkeypatch.setattr("appliance.box.files.commands.drives", lambda: [replace(found, **values)])
    monkeypatch.setattr("appliance.box.files.drive_copy.LARGEST_ON_FAT", 999)

    async def story(box: LonelyBox) -> None:
        with pytest.raises(BadCommand, match=why):
            await box.api.call("copy_start", {"paths": [OLD], "drive": str(stick)})
        assert not any(stick.iterdir())

    lived(tmp_path, story)


def test_a_copy_is_checked_and_what_is_there_stays(tmp_path: Path) -> None:
    images, target = tmp_path / "images", tmp_path / "stick"
    for name, text in (("n/a.fits", b"a" * 9_000_000), ("n/b.fits", b"b"), ("n/c.fits", b"c")):
        path = images / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    (target / "n").mkdir(parents=True)
    (target / "n/b.fits").write_bytes(b"b")
    (target / "n/c.fits").write_bytes(b"other")
    (target / f"n/old.fits{PART}").write_bytes(b"half")
    said = list(copy_all(images, target, ["n"]))
    assert said[-1] == {"copied": 2, "there": 1, "failed": [], "bytes": 9_000_002}
    assert any(0 < one["bytes"] < 9_000_000 for one in said[:-1])
    assert (target / "n/a.fits").read_bytes() == b"a" * 9_000_000
    assert (target / "n/c.fits").read_bytes() == b"other"
    assert (target / "n/c_2.fits").read_bytes() == b"c"
    assert sorted(path.name for path in (target / "n").iterdir()) == [
        "a.fits",
        "b.fits",
        "c.fits",
        "c_2.fits",
    ]
    assert (target / "n/a.fits").stat().st_mtime == (images / "n/a.fits").stat().st_mtime


def test_a_drive_that_gives_back_something_else_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images/a.fits").write_bytes(b"good")
    (tmp_path / "stick").mkdir()
    monkeypatch.setattr("appliance.box.files.copying._sum_of", lambda _: b"bad")
    last = list(copy_all(tmp_path / "images", tmp_path / "stick", ["a.fits"]))[-1]
    assert last["failed"] == [["a.fits", "what the drive gives back is not what was written"]]
    assert last["copied"] == 0
    assert not any((tmp_path / "stick").iterdir())
