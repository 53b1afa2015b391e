"""Panel flats and darks on the simulated rig, in virtual time."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from appliance.errors import NotDark
from appliance.journal import FlatLight, Span, SubState
from appliance.plan import DarkFrames, PanelFlats
from appliance.sequence.darks import library_of, take_darks
from appliance.sequence.flatting import take_panel_flats
from hardware.devices import CoverState, RoofState
from hardware.errors import DeviceLost
from tests.appliance.sequence.flat_rig import (
    COVER,
    DAWN,
    HOUR,
    PANEL,
    begun,
    frames,
    plan_of,
    read,
    rig_at,
)
from tests.appliance.sequence.night_rig import EVENING, Box, Troubles

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime, pytest.mark.usefixtures("patient_workers")]
ROOF = {"driver": "simulator", "name": "Roof", "setup": {"start": "open"}}
SENSOR = {"driver": "simulator", "name": "Park sensor"}
NO_SHUTTER = {
    "setup": {"width": 160, "height": 128, "focal_length_mm": 200.0, "aperture_mm": 50.0, "shutter": False}
}
FLATS = {"do": "panel flats", "filters": ["L", "R", "Ha"], "count": 4}
STEPS = [
    {"filter": "L", "seconds": 60, "count": 1}, {"filter": "R", "seconds": 60, "count": 1},
    {"filter": "Ha", "seconds": 120, "count": 1},
]  # fmt: skip


async def flats(box: Box, **changes: object) -> None:
    item = PanelFlats.model_validate({**FLATS, **changes})
    night, known = await begun(box, plan_of(item.model_dump()))
    await take_panel_flats(night, known, item, "panel flats")


async def darks(
    box: Box, dawn: float = DAWN, plan: dict[str, object] | None = None, **changes: object
) -> None:
    item = DarkFrames.model_validate({"do": "darks", "count": 3, **changes})
    target = {"name": "M33", "step": STEPS}
    work = plan_of(item.model_dump(), target=[target, {"do": "darks"}], **(plan or {}))
    night, known = await begun(box, work, dawn)
    await take_darks(night, known, item, "darks")


def expected(*rows: tuple[str, int]) -> list[str]:
    return [name for name, count in rows for _ in range(count)]


async def test_panel_flats_through_every_filter(tmp_path: Path) -> None:
    async with rig_at(tmp_path, EVENING, cover=COVER, flat_panel=PANEL) as box:
        await flats(box)
        taken = await frames(box, "flat")
        assert [sub.filter for sub in taken] == expected(("L", 4), ("R", 4), ("Ha", 4))
        for sub in taken:
            header, pixels = read(box.images / (sub.file or ""))
            assert header["IMAGETYP"] == "Flat Frame"
            assert np.median(pixels) == pytest.approx(25_000, rel=0.02)
        assert box.rig.cover
        assert box.rig.flat_panel
        assert await box.rig.cover.state() is CoverState.CLOSED
        assert await box.rig.flat_panel.level() == 0
        learned = {one.filter: one for one in await box.journal.read(FlatLight)}
        assert (learned["Ha"].brightness or 0) > (learned["L"].brightness or 0)
        lost = len(await box.subs(SubState.LOST))
    async with rig_at(tmp_path, EVENING + 24 * HOUR, cover=COVER, flat_panel=PANEL) as box:
        await flats(box)
        assert len(await frames(box, "flat")) == 24
        assert len(await box.subs(SubState.LOST)) == lost  # what was found before fits at once


async def test_a_brightness_of_the_plan_s_own(tmp_path: Path) -> None:
    async with rig_at(tmp_path, EVENING, cover=COVER, flat_panel=PANEL) as box:
        await flats(box, filters=["L", "Ha"], brightness=40)
        assert {one.brightness for one in await box.journal.read(FlatLight)} == {40}
        assert [sub.filter for sub in await frames(box, "flat")] == expected(("L", 4), ("Ha", 4))


async def test_what_no_light_reaches_is_said_and_the_rest_taken(tmp_path: Path) -> None:
    panel = {**PANEL, "setup": {"full_e_s": 9000.0}}
    async with rig_at(tmp_path, EVENING, cover=COVER, flat_panel=panel) as box:
        await flats(box)
        assert [sub.filter for sub in await frames(box, "flat")] == expected(("L", 4), ("R", 4))
        (warned,) = [line.text for line in box.lines("warning")]
        assert warned.startswith("Panel flats in Ha: 0 of 4; the rest is left, The light in Ha is too faint")


async def test_after_stop_the_panel_is_off_and_the_cover_back(tmp_path: Path) -> None:
    async with rig_at(tmp_path, EVENING, cover=COVER, flat_panel=PANEL) as box:
        work = asyncio.create_task(flats(box))
        await box.until(lambda: box.sky.panel > 0 and box.sky.exposing)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert box.rig.cover
        assert (box.sky.panel_level, await box.rig.cover.state()) == (0, CoverState.OPEN)


async def test_a_lost_camera_leaves_the_panel_off_and_the_rest_for_the_next_start(tmp_path: Path) -> None:
    def lose(look: int) -> None:
        if look == 7:
            raise DeviceLost("Camera", "the cable is out")

    async with rig_at(tmp_path, EVENING, Troubles(look=lose), cover=COVER, flat_panel=PANEL) as box:
        with pytest.raises(DeviceLost):
            await flats(box)
        assert box.sky.panel_level == 0
        before = len(await frames(box, "flat"))
        assert 0 < before < 12
        await box.rig.reopen({"camera"})
        await flats(box)
        assert [sub.filter for sub in await frames(box, "flat")] == expected(("L", 4), ("R", 4), ("Ha", 4))


async def test_before_a_lit_wall_the_telescope_points_there(tmp_path: Path) -> None:
    wall = {"panel_azimuth_deg": 200.0, "panel_altitude_deg": 10.0}
    async with rig_at(tmp_path, EVENING, flat_panel=PANEL, flats=wall) as box:
        await flats(box, filters=["L"], count=1)  # no cover: the simulated panel gives no light
        spans = [span.name for span in await box.journal.read(Span)]
        assert "Slew to the flat panel" in spans
        assert not (await box.mount()).tracking


async def test_the_darks_and_bias_that_the_plan_needs(tmp_path: Path) -> None:
    async with rig_at(tmp_path, EVENING, cover=COVER, camera=NO_SHUTTER) as box:
        await darks(box, plan={"cool": True})
        taken = [*await frames(box, "dark"), *await frames(box, "bias")]
        assert [sub.seconds for sub in taken] == [60.0] * 3 + [120.0] * 3 + [0.001] * 3
        header, pixels = read(box.images / (taken[0].file or ""))
        assert (header["IMAGETYP"], header["GAIN"]) == ("Dark Frame", 120)
        assert header["CCD-TEMP"] == pytest.approx(-10, abs=0.5)
        assert np.percentile(pixels, 95) < 260
        assert "FILTER" not in header
        assert (taken[0].file or "").startswith("library/Dark_60s_gain120_offset200_bin1_-10C/")
        spans = [span.name for span in await box.journal.read(Span)]
        assert spans[-3:] == ["Darks of 60 s (3)", "Darks of 120 s (3)", "Bias (3)"]
        assert box.rig.cover
        assert await box.rig.cover.state() is CoverState.CLOSED
        before = len(box.troubles.begun)
        await darks(box, plan={"cool": True})
        assert len(box.troubles.begun) == before
        assert box.lines()[-1].text == "All the darks and bias that the plan needs are there."


async def test_what_the_library_has_is_not_taken_again(tmp_path: Path) -> None:
    async with rig_at(tmp_path, EVENING, cover=COVER) as box:
        await darks(box, bias=False)
        night, _ = await begun(box, plan_of({"do": "darks"}))
        assert len((await library_of(night)).frames) == 6
        await darks(box, bias=False, count=5)
        assert len(await frames(box, "dark")) == 10


async def test_darks_of_one_s_own_steps(tmp_path: Path) -> None:
    step = [
        {"frame": "dark", "seconds": 30, "count": 2, "gain": 0},
        {"frame": "bias", "seconds": 0.01, "count": 2},
    ]
    async with rig_at(tmp_path, EVENING, cover=COVER) as box:
        await darks(box, step=step)
        assert [sub.seconds for sub in await frames(box, "dark")] == [30.0, 30.0]
        assert [sub.seconds for sub in await frames(box, "bias")] == [0.01, 0.01]
        assert read(box.images / ((await frames(box, "dark"))[0].file or ""))[0]["GAIN"] == 0


async def test_after_a_crash_in_the_middle_the_rest_is_taken(tmp_path: Path) -> None:
    def lose(look: int) -> None:
        if look == 4:
            raise DeviceLost("Camera", "the cable is out")

    async with rig_at(tmp_path, EVENING, Troubles(look=lose), cover=COVER) as box:
        with pytest.raises(DeviceLost):
            await darks(box)
        assert len(await frames(box, "dark")) == 2
        assert box.rig.cover
        assert await box.rig.cover.state() is CoverState.OPEN
    async with rig_at(tmp_path, EVENING + 600, cover=COVER) as box:
        await darks(box)
        assert len(await frames(box, "dark")) == 6
        assert len(await frames(box, "bias")) == 3


async def test_light_on_the_darks_is_seen_and_none_is_kept(tmp_path: Path) -> None:
    async with rig_at(tmp_path, EVENING - 4 * HOUR, camera=NO_SHUTTER) as box:
        with pytest.raises(NotDark):
            await darks(box)
        assert await frames(box, "dark") == []
        assert "cap the telescope" in box.lines("warning")[0].text


async def test_into_the_day_the_roof_is_closed_over_the_telescope(tmp_path: Path) -> None:
    async with rig_at(
        tmp_path, DAWN - 120, roof=ROOF, park_sensor=SENSOR, cover=COVER, camera=NO_SHUTTER
    ) as box:
        await darks(box, count=5)
        assert box.rig.roof
        assert await box.rig.roof.state() is RoofState.CLOSED
        assert (await box.mount()).parked
        assert len(await frames(box, "dark")) == 10


async def test_without_a_cover_the_roof_keeps_the_light_out(tmp_path: Path) -> None:
    async with rig_at(tmp_path, EVENING, roof=ROOF, park_sensor=SENSOR, camera=NO_SHUTTER) as box:
        await darks(box)
        assert box.rig.roof
        assert await box.rig.roof.state() is RoofState.CLOSED
        assert len(await frames(box, "dark")) == 6
        assert box.lines("warning") == []


async def test_a_pause_keeps_the_next_dark_waiting(tmp_path: Path) -> None:
    async with rig_at(tmp_path, EVENING, cover=COVER) as box:
        work = asyncio.create_task(darks(box))
        await box.until(lambda: len(box.troubles.begun) == 2)
        box.gate.pause()
        await asyncio.sleep(600)
        assert len(box.troubles.begun) == 2
        box.gate.resume()
        await work
        assert len(await frames(box, "dark")) == 6


async def test_the_camera_s_settings_are_the_item_s_own(tmp_path: Path) -> None:
    own = {"binning": 2, "gain": 50, "offset": 300}
    async with rig_at(tmp_path, EVENING, cover=COVER, flat_panel=PANEL) as box:
        await flats(box, filters=["R"], count=1, **own)
        await darks(box, step=[{"frame": "dark", "seconds": 5, "count": 1, **own}])
        for kind in ("flat", "dark"):
            header, pixels = read(box.images / ((await frames(box, kind))[0].file or ""))
            assert (header["XBINNING"], header["GAIN"], header["OFFSET"]) == (2, 50, 300)
            assert pixels.shape == (64, 80)
