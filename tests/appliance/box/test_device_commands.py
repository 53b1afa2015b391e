"""Single devices by hand, through the api, on the simulated rig in virtual time."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from appliance.byhand.messages import HandState
from appliance.errors import BadCommand, BadInput, DeviceMissing, DeviceRefused, Interlocked
from appliance.journal import Sub
from appliance.sky.coordinates import separation_arcsec
from hardware.devices import J2000, CoverState
from hardware.simulator.faults import Fault, FaultKind
from tests.appliance.box.open_field import M31, NIGHT, PLAN, field
from tests.appliance.rehearsal.long_night import PROFILE
from tests.appliance.surfaces.lonely_box import LonelyBox

Story = Callable[[LonelyBox], Coroutine[Any, Any, None]]
SHOT: dict[str, object] = {"seconds": 10.0, "target": "M 31"}


def at_night(folder: Path, story: Story, **changes: Any) -> None:
    field(folder, **changes).live(story)


async def pointed(box: LonelyBox) -> None:
    await box.api.call("unpark", {})
    await box.api.call("slew", {**M31})


def hand(box: LonelyBox) -> HandState:
    idle = HandState(source="hand")
    return next((state for state in box.box.bus.states() if isinstance(state, HandState)), idle)


def read(path: Path) -> str:
    return path.read_text()


async def pointing(box: LonelyBox) -> J2000:
    return (await box.box.rig.mount.status()).pointing


def test_the_mount_by_hand(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        with pytest.raises(DeviceRefused, match="parked"):
            await box.api.call("slew", {**M31})
        assert await box.api.call("unpark", {}) == "unparked"
        assert await box.api.call("slew", {"name": "M31"}) == "there"
        status = await box.box.rig.mount.status()
        assert status.tracking
        assert separation_arcsec(status.pointing, J2000(**M31)) < 600
        await box.api.call("sync", {**M31})
        assert separation_arcsec(await pointing(box), J2000(**M31)) < 5
        await box.api.call("track", {"on": False})
        assert not (await box.box.rig.mount.status()).tracking

    at_night(tmp_path, story)


def test_halt_stops_a_slew_and_whoever_waits_is_told(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await box.api.call("unpark", {})
        slewing = asyncio.create_task(box.api.call("slew", {**M31}))
        await asyncio.sleep(3.0)
        assert (await box.box.rig.mount.status()).slewing
        assert await box.api.call("halt", {}) == "stopped"
        with pytest.raises(BadCommand, match="stopped on its way"):
            await slewing
        status = await box.box.rig.mount.status()
        assert not status.slewing
        assert not status.tracking
        assert separation_arcsec(status.pointing, J2000(**M31)) > 3600

    at_night(tmp_path, story)


def test_one_device_is_not_commanded_twice_and_others_are_free(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await box.api.call("unpark", {})
        assert await box.api.call("slew", {**M31, "wait": False}) == "started"
        with pytest.raises(BadCommand, match="slew is still running"):
            await box.api.call("track", {})
        assert await box.api.call("focuser", {"position": 12_100}) == 12_100
        assert await box.api.call("filter", {"name": "R"}) == "R"
        assert box.box.jobs.busy() == ["slew"]

    at_night(tmp_path, story)


def test_nothing_is_commanded_while_the_sequence_has_the_gear_and_it_goes_on_afterwards(
    tmp_path: Path,
) -> None:
    async def story(box: LonelyBox) -> None:
        await box.api.call("preview", {"seconds": 60.0, "loop": True})
        with pytest.raises(BadCommand, match="preview is still running"):
            await box.api.call("start", {})
        assert await box.api.call("stop", {}) == "stopped"
        await box.api.call("start", {})
        await asyncio.sleep(30.0)
        for name, asked in (
            ("slew", M31),
            ("filter", {"name": "R"}),
            ("preview", SHOT),
            ("cover", {"open": True}),
        ):
            with pytest.raises(BadCommand, match="sequence is still running"):
                await box.api.call(name, {**asked})

    at_night(tmp_path, story)


def test_the_optics_by_hand(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        rig = box.box.rig
        assert await box.api.call("rotator", {"degrees": 90.0}) == 90.0
        assert await box.api.call("cover", {"open": False}) == "closed"
        assert await box.api.call("light", {"level": 100}) == 100
        assert rig.rotator is not None
        assert await rig.rotator.angle() == pytest.approx(90.0)
        assert rig.cover is not None
        assert await rig.cover.state() is CoverState.CLOSED
        assert rig.flat_panel is not None
        assert await rig.flat_panel.level() == 100
        with pytest.raises(DeviceRefused):
            await box.api.call("light", {"level": 100_000})
        with pytest.raises(DeviceRefused):
            await box.api.call("filter", {"name": "Hβ"})
        with pytest.raises(DeviceRefused):
            await box.api.call("focuser", {"position": -5_000_000})

    at_night(tmp_path, story)


def test_cooling_goes_on_beside_frames_and_can_be_changed_on_the_way(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        assert await box.api.call("cooler", {"celsius": -15.0, "wait": False}) == "started"
        await box.api.call("preview", SHOT)
        assert box.box.jobs.busy() == ["cooling"]
        reached = await box.api.call("cooler", {"celsius": -5.0})
        assert isinstance(reached, float)
        assert abs(reached + 5.0) < 1.0
        await box.api.call("cooler", {"celsius": None})
        assert box.box.rig.camera.cooler is not None
        assert await box.box.rig.camera.cooler.power_percent() == 0.0

    at_night(tmp_path, story)


def test_a_preview_can_be_solved_synced_centred_and_saved(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        with pytest.raises(BadCommand, match="no frame"):
            await box.api.call("solve", {})
        await pointed(box)
        seen = await box.api.call("preview", SHOT)
        assert isinstance(seen, dict)
        assert seen["stars"] > 20
        assert 1.0 < seen["hfr"] < 5.0
        assert hand(box).doing == ""
        solved = await box.api.call("solve", {"then": "sync"})
        assert isinstance(solved, dict)
        assert separation_arcsec(await pointing(box), J2000(solved["ra_deg"], solved["dec_deg"])) < 10
        told = await box.api.call("centre", {"name": "M31"})
        assert isinstance(told, dict)
        assert told["error_arcsec"] < 30
        path = Path(str(await box.api.call("save", {"name": "../../etc/M31.fits"})))
        assert path == box.folder / "images" / "M31.fits"
        assert Path(str(await box.api.call("save", {"name": "M31"}))).name == "M31_2.fits"
        assert "M 31" in read(path)
        for name in ("..", "/", "  .fits", "\\"):
            with pytest.raises(BadCommand, match="no name of a file"):
                await box.api.call("save", {"name": name})

    at_night(tmp_path, story)


def test_a_series_is_saved_frame_by_frame_with_own_keywords(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await pointed(box)
        await box.api.call("keyword", {"keyword": "slit", "value": "23 um\n wide"})
        asked = {**SHOT, "count": 3, "dither_every": 1, "gain": 7, "wait": False}
        assert await box.api.call("capture", asked) == "started"
        await box.until(lambda: hand(box).number == 2 and hand(box).exposing_since is not None)
        assert (hand(box).doing, hand(box).total, hand(box).seconds) == ("capture", 3, 10.0)
        with pytest.raises(BadCommand, match="capture is still running"):
            await box.api.call("preview", SHOT)
        await box.until(lambda: hand(box).doing == "")
        files = sorted((box.folder / "images").rglob("*.fits"))
        assert [file.stem[-4:] for file in files] == ["0001", "0002", "0003"]
        assert Path(hand(box).file) == files[-1]
        subs: list[Sub] = await box.box.journal.read(Sub, step_key="By hand")
        assert [sub.number for sub in subs] == [1, 2, 3]
        assert len({sub.run for sub in subs}) == 1
        assert hand(box).sub == subs[-1].id
        assert box.box.images / str(subs[-1].file) == files[-1]
        assert "extra = (('SLIT', '23 um wide'),)" in read(files[0])
        assert box.heard("3 of 3 frames are saved")
        assert box.heard("Dithered")

    at_night(tmp_path, story)


def test_a_series_that_is_stopped_keeps_what_it_has(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        taking = asyncio.create_task(box.api.call("capture", {**SHOT, "count": 10}))
        await box.until(lambda: hand(box).number == 3)
        assert await box.api.call("camera_stop", {}) == "capture"
        with pytest.raises(BadCommand, match="stopped on its way"):
            await taking
        assert len(list((box.folder / "images").rglob("*.fits"))) == 2
        assert hand(box).doing == ""
        assert await box.api.call("camera_stop", {}) == "nothing was running"

    at_night(tmp_path, story)


def test_autofocus_finds_the_focus(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await pointed(box)
        found = await box.api.call("autofocus", {"seconds": 4.0})
        assert isinstance(found, dict)
        focuser = box.box.rig.focuser
        assert focuser is not None
        assert await focuser.position() == found["position"]
        again = await box.api.call("autofocus", {"seconds": 4.0, "again": True})
        assert isinstance(again, dict)
        assert abs(again["position"] - found["position"]) < 60

    at_night(tmp_path, story)


def test_what_the_profile_does_not_have_is_told(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        missing: dict[str, dict[str, object]] = {
            "rotator": {"degrees": 1.0}, "cover": {"open": True}, "autofocus": {},
        }  # fmt: skip
        for name, asked in missing.items():
            with pytest.raises(BadCommand, match="the profile has none"):
                await box.api.call(name, asked)
        with pytest.raises(BadCommand, match="has no 'dome'"):
            await box.api.call("connect", {"kind": "dome"})
        with pytest.raises(DeviceMissing, match="no cooler"):
            await box.api.call("cooler", {"celsius": 0.0})
        with pytest.raises(BadInput, match="catalogue"):
            await box.api.call("slew", {"name": "Nowhere"})
        with pytest.raises(BadCommand, match="give a name"):
            await box.api.call("slew", {"ra_deg": 1.0})
        assert await box.api.call("connect", {}) == "connected"
        assert not box.box.rig.away(box.box.rig.kinds)

    camera = {**PROFILE["camera"], "setup": {"cooler": False}}
    at_night(tmp_path, story, rotator=None, cover=None, focuser=None, output=[], camera=camera)


def test_the_interlock_and_safety_have_their_say(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await asyncio.sleep(1200.0)
        with pytest.raises(Interlocked, match="roof is closed"):
            await box.api.call("unpark", {})
        await box.api.call("roof_open", {})
        await pointed(box)
        assert await box.api.call("preview", {"seconds": 60.0, "loop": True}) == "started"
        await box.until(lambda: box.sky.raining)
        await box.until(lambda: box.sky.roof.closed, hours=0.1)
        assert box.box.jobs.busy() == []
        assert box.sky.at_park
        with pytest.raises(Interlocked, match="not safe"):
            await box.api.call("slew", {**M31})
        for name, asked in (("halt", {}), ("sync", M31), ("track", {"on": False})):
            with pytest.raises(BadCommand, match="not safe"):
                await box.api.call(name, {**asked})

    rain = Fault(FaultKind.RAIN, NIGHT + 3600.0, 1200.0, amount=2.0)
    LonelyBox(tmp_path, PLAN, (rain,), begins=NIGHT).live(story)


def test_keywords_that_would_break_a_file_are_refused(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        for word in ("NAXIS1", "checksum", "TOO LONG", "Ä"):
            with pytest.raises(BadInput):
                await box.api.call("keyword", {"keyword": word, "value": "1"})
        for word, value in (("GRATING", "300"), ("grating", "600"), ("COMMENT", "one"), ("COMMENT", "two")):
            await box.api.call("keyword", {"keyword": word, "value": value})
        assert box.box.keywords == [("GRATING", "600"), ("COMMENT", "one"), ("COMMENT", "two")]
        await box.api.call("keyword", {"keyword": "GRATING"})
        assert box.box.keywords == [("COMMENT", "one"), ("COMMENT", "two")]
        await box.api.call("keyword", {})
        assert box.box.keywords == []

    at_night(tmp_path, story)


def test_a_line_of_the_log_is_one_line(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await box.api.call("log", {"text": "one\r\n12:00:00 ✗ two \x1b[31m \ud800"})
        await asyncio.sleep(1.0)
        assert box.heard("one  12:00:00 ✗ two  [31m ?")

    at_night(tmp_path, story)
