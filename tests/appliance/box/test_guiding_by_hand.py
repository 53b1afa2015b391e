"""The guider by hand and as everybody sees it, on the simulated rig in virtual time."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from appliance.errors import BadCommand, DeviceError
from appliance.sequence.guide_watch import GuidingNow, guiding_now
from hardware.devices import GuideState, GuideStatus
from hardware.simulator.faults import Fault, FaultKind, Faults
from tests.appliance.box.open_field import M31, NIGHT, field
from tests.appliance.surfaces.jsonrpc.scripts import OK, Script, script
from tests.appliance.surfaces.lonely_box import LonelyBox

GUIDER: dict[str, Any] = {"driver": "simulator", "settle_timeout": 30.0}
LOOK = 61.0  # the box under test looks every minute


def seen(box: LonelyBox) -> GuidingNow:
    return next(state for state in box.box.bus.states() if isinstance(state, GuidingNow))


async def pointed(box: LonelyBox) -> None:
    await box.api.call("connect", {})
    await box.api.call("unpark", {})
    await box.api.call("slew", {**M31})


def test_it_starts_shows_how_it_goes_and_stops(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        assert seen(box).doing == "away"
        await pointed(box)
        await asyncio.sleep(LOOK)
        assert seen(box) == GuidingNow(source="guider", doing="stopped")
        assert await box.api.call("guide_start", {}) == "guiding"
        await asyncio.sleep(LOOK)
        now = seen(box)
        assert now.doing == "guiding"
        assert now.rms_px is not None
        assert now.rms_arcsec is not None
        assert await box.api.call("guide_dither", {"pixels": 3.0}) == "dithered"
        assert await box.api.call("guide_pause", {}) == "paused"
        await asyncio.sleep(LOOK)
        assert seen(box).doing == "paused"
        assert await box.api.call("guide_resume", {}) == "guiding"
        assert await box.api.call("guide_stop", {}) == "stopped"
        assert not box.sky.axes.guided.on

    field(tmp_path, guider=GUIDER).live(story)


def test_the_graph_is_told_in_arcseconds_and_only_what_is_new(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        empty: Any = await box.api.call("guide_steps", {})
        assert (empty["entries"], empty["rms"]) == ([], None)
        await pointed(box)
        await box.api.call("guide_start", {})
        await asyncio.sleep(LOOK)
        await asyncio.sleep(LOOK)
        told: Any = await box.api.call("guide_steps", {})
        assert (told["unit"], told["profile"]) == ("arcsec", "Simulator")
        assert len([one for one in told["entries"] if not one["what"]]) > 20
        assert 0.1 < told["rms"]["total"] < 2.0
        assert told["rms"]["total"] > told["rms"]["ra"]
        assert abs(told["entries"][-1]["at"] - box.utc(None)) < LOOK + 5.0
        again: Any = await box.api.call("guide_steps", {"after": told["newest"]})
        assert again["entries"] == []
        await box.api.call("guide_dither", {"pixels": 3.0})
        new: Any = await box.api.call("guide_steps", {"after": told["newest"]})
        assert "dither" in [one["what"] for one in new["entries"]]
        assert new["entries"][0]["number"] == told["newest"] + 1

    field(tmp_path, guider=GUIDER).live(story)


def test_a_lost_star_is_shown_since_when(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await pointed(box)
        await box.api.call("guide_start", {})
        begins = box.utc(None)
        box.sky.guide_star.faults = Faults((Fault(FaultKind.GUIDE_STAR_LOST, begins, 400.0),))
        await asyncio.sleep(200.0)
        lost = seen(box)
        assert lost.doing == "star lost"
        assert lost.lost_since == pytest.approx(begins + 30.0, abs=35.0)
        await asyncio.sleep(100.0)
        assert seen(box).lost_since == lost.lost_since
        await asyncio.sleep(300.0)
        assert seen(box).lost_since is None

    field(tmp_path, guider=GUIDER).live(story)


def test_settling_is_told_and_a_short_word_is_kept() -> None:
    now = guiding_now(GuideStatus(GuideState.GUIDING, 0.123, 0.456, settling=True), NIGHT, None)
    assert (now.doing, now.rms_px, now.rms_arcsec) == ("settling", 0.12, 0.46)


def test_a_start_on_its_way_is_settling_then_stopped(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await pointed(box)
        assert await box.api.call("guide_start", {"settle_seconds": 200.0, "settle_timeout": 300.0,
                                                  "wait": False}) == "started"  # fmt: skip
        await asyncio.sleep(180.0)
        assert seen(box).doing == "settling"
        with pytest.raises(BadCommand, match="guiding is still running"):
            await box.api.call("slew", {**M31})
        assert await box.api.call("guide_stop", {}) == "stopped"
        assert not box.sky.axes.guided.on
        assert box.box.jobs.busy() == []

    field(tmp_path, guider=GUIDER).live(story)


def test_recalibrate_forgets_the_calibration(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await pointed(box)
        clock, took = asyncio.get_running_loop().time, []
        for again in (False, False, True):
            began = clock()
            await box.api.call("guide_start", {"recalibrate": again})
            took.append(clock() - began)
        assert took[1] < took[0]
        assert took[2] == pytest.approx(took[0])

    field(tmp_path, guider=GUIDER).live(story)


def test_without_a_star_it_says_so_and_while_the_night_runs_it_is_refused(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await pointed(box)
        box.sky.guide_star.faults = Faults((Fault(FaultKind.GUIDE_STAR_LOST, box.utc(None), 60.0),))
        with pytest.raises(DeviceError, match="no star"):
            await box.api.call("guide_start", {})
        await asyncio.sleep(LOOK)
        await box.api.call("start", {})
        for name in ("guide_start", "guide_stop"):
            with pytest.raises(BadCommand, match="sequence is still running"):
                await box.api.call(name, {})

    field(tmp_path, guider=GUIDER).live(story)


def test_a_rig_without_a_guider_has_none_of_it(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        assert not [name for name in box.api.commands if name.startswith("guide_")]
        assert not [state for state in box.box.bus.states() if isinstance(state, GuidingNow)]

    field(tmp_path).live(story)


def test_ccdciels_methods(tmp_path: Path) -> None:
    async def story(ask: Script) -> None:
        assert await ask("Autoguider_connected") is False
        assert await ask("Autoguider_connect") == OK
        await ask.ready()
        await asyncio.sleep(LOOK)
        assert await ask("Autoguider_running") is False
        assert await ask("Autoguider_setsettletolerance", 0, 5, 20) == {"status": "Failed! out of range"}
        assert await ask("Autoguider_setsettletolerance", 1.0, 5, 20) == OK
        for method in ("calibrate", "startguiding", "dither", "pause", "unpause"):
            assert await ask(f"Autoguider_{method}") == OK
        await asyncio.sleep(LOOK)
        assert await ask("Autoguider_guiding") is True
        told = (await ask("Status", "autoguider"))["autoguider"]
        assert told.pop("rms") > 0
        assert told == {"connected": True, "running": True, "guiding": True, "status": "guiding"}
        assert await ask("Autoguider_stopguiding") == OK
        await asyncio.sleep(LOOK)
        assert await ask("Autoguider_guiding") is False
        assert (await ask("Autoguider_shutdown"))["status"].startswith("Failed!")

    script(tmp_path, story, guider=GUIDER)
