"""Sky flats on the simulated rig, from sunset and before sunrise, in virtual time."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from appliance.journal import FlatLight, Span, SubState
from appliance.plan import SkyFlats
from appliance.sequence.flatting import take_sky_flats
from appliance.sequence.night import CONDITIONS
from appliance.sky.coordinates import alt_az, separation_arcsec
from appliance.sky.twilight import sun_altitude_deg
from hardware.devices import J2000, CoverState, Mount, RoofState
from hardware.errors import DeviceLost, DeviceRefused
from hardware.simulator.faults import Fault, FaultKind
from tests.appliance.sequence.flat_rig import (
    COVER,
    DAWN,
    HOUR,
    SUNSET,
    begun,
    frames,
    plan_of,
    read,
    rig_at,
)
from tests.appliance.sequence.night_rig import SITE, Box, Troubles

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime, pytest.mark.usefixtures("patient_workers")]
ROOF = {"driver": "simulator", "name": "Roof", "setup": {"start": "closed"}}
SENSOR = {"driver": "simulator", "name": "Park sensor"}
DUSK = {"do": "sky flats", "twilight": "dusk", "filters": ["L", "R", "Ha"], "count": 4}


def item_of(**changes: object) -> SkyFlats:
    return SkyFlats.model_validate({**DUSK, **changes})


async def take(box: Box, item: SkyFlats, dawn: float = DAWN) -> None:
    night, known = await begun(box, plan_of(item.model_dump()), dawn)
    await take_sky_flats(night, known, item, "sky flats")


async def test_an_evening_of_flats(tmp_path: Path) -> None:
    async with rig_at(tmp_path, SUNSET - HOUR, roof=ROOF, park_sensor=SENSOR, cover=COVER) as box:
        assert box.rig.roof
        await take(box, item_of())
        flats = await frames(box, "flat")
        assert [sub.filter for sub in flats] == ["Ha"] * 4 + ["R"] * 4 + ["L"] * 4
        assert [sub.number for sub in flats] == [1, 2, 3, 4] * 3
        suns = sun_altitude_deg(SITE, [sub.started or 0 for sub in flats])
        assert max(suns) < 0
        for sub in flats:
            header, pixels = read(box.images / (sub.file or ""))
            assert np.median(pixels) == pytest.approx(25_000, rel=0.1)
            assert header["IMAGETYP"] == "Flat Frame"
            assert (header["FILTER"], header["GAIN"]) == (sub.filter, 120)
            assert header["EXPTIME"] == pytest.approx(sub.seconds)
        assert flats[0].file == f"2026-11-20/Flat/Ha/Flat_Ha_{flats[0].seconds:g}s_0001.fits"
        assert await box.rig.roof.state() is RoofState.OPEN
        assert not (await box.mount()).tracking
        assert [line.text for line in box.lines("warning")] == []
        spans = [span.name for span in await box.journal.read(Span)]
        assert [name for name in spans if name.startswith("Sky flats")] == [
            "Sky flats in Ha", "Sky flats in R", "Sky flats in L",
        ]  # fmt: skip
        assert spans.index("Open the roof") < spans.index("Slew to the flat point")


async def test_each_flat_shows_other_stars_and_they_look_away_from_the_sun(tmp_path: Path) -> None:
    async with rig_at(tmp_path, SUNSET) as box:
        await take(box, item_of(filters=["R"], count=6))
        places = []
        for sub in await frames(box, "flat"):
            header, _ = read(box.images / (sub.file or ""))
            assert 73 < header["CENTALT"] < 79  # it tracks while it waits for the first
            assert 40 < header["CENTAZ"] < 80  # the Sun has set in the west-south-west
            places.append((float(header["RA"]), float(header["DEC"])))
        apart = [separation_arcsec(J2000(*a), J2000(*b)) for i, a in enumerate(places) for b in places[:i]]
        assert min(apart) > 50


async def test_without_shifts_the_telescope_stands_still(tmp_path: Path) -> None:
    async with rig_at(tmp_path, SUNSET) as box:
        await take(box, item_of(filters=["R"], count=2, shift_arcsec=0))
        assert len(await frames(box, "flat")) == 2
        assert not (await box.mount()).tracking
        assert len([span for span in await box.journal.read(Span) if span.name.startswith("Slew")]) == 1


async def test_a_morning_of_flats_after_a_wait_in_shelter(tmp_path: Path) -> None:
    async with rig_at(tmp_path, DAWN - 3 * HOUR, roof=ROOF, park_sensor=SENSOR) as box:
        item = item_of(twilight="dawn")
        night, known = await begun(box, plan_of(item.model_dump()))
        work = asyncio.create_task(take_sky_flats(night, known, item, "sky flats"))
        await asyncio.sleep(HOUR)
        assert box.rig.roof
        assert (await box.mount()).parked
        assert await box.rig.roof.state() is RoofState.CLOSED
        await work
        flats = await frames(box, "flat")
        assert [sub.filter for sub in flats] == ["L"] * 4 + ["R"] * 4 + ["Ha"] * 4
        assert max(sun_altitude_deg(SITE, [(sub.started or 0) + sub.seconds for sub in flats])) < -0.8
        assert known.dawn > DAWN


async def test_too_late_is_said_and_nothing_moves(tmp_path: Path) -> None:
    async with rig_at(tmp_path, SUNSET + 3 * HOUR) as box:
        await take(box, item_of())
        assert [line.text for line in box.lines("warning")] == [
            "It is too late for flats at dusk: none are taken."
        ]
        assert (await box.mount()).parked


async def test_late_in_the_twilight_the_dark_filters_are_left(tmp_path: Path) -> None:
    async with rig_at(tmp_path, SUNSET + 0.55 * HOUR) as box:
        await take(box, item_of())
        taken = [sub.filter for sub in await frames(box, "flat")]
        assert "Ha" not in taken
        assert taken.count("L") == 4
        warned = [line.text for line in box.lines("warning")]
        assert "Sky flats in Ha: 0 of 4; the rest is left, it is too dark for 20 s." in warned


async def test_a_cloud_over_the_twilight(tmp_path: Path) -> None:
    async with rig_at(tmp_path, SUNSET) as box:
        bank = Fault(FaultKind.CLOUDS, SUNSET + 900, 600.0, amount=4.0)
        box.sky.faults = type(box.sky.faults)((bank,))
        await take(box, item_of(count=8))
        flats = await frames(box, "flat")
        assert len(flats) == 24
        for sub in flats:
            assert np.median(read(box.images / (sub.file or ""))[1]) == pytest.approx(25_000, rel=0.1)


async def test_while_the_sky_is_held_no_flat_is_taken(tmp_path: Path) -> None:
    async with rig_at(tmp_path, SUNSET) as box:
        item = item_of(filters=["R", "L"])
        night, known = await begun(box, plan_of(item.model_dump()))
        work = asyncio.create_task(take_sky_flats(night, known, item, "sky flats"))
        await box.until(lambda: night.state.doing == "Exposing")
        box.gate.hold(CONDITIONS, "clouds 90 %")
        await asyncio.sleep(120)
        exposed = len(box.troubles.begun)
        await asyncio.sleep(600)
        assert len(box.troubles.begun) == exposed
        box.gate.hold(CONDITIONS, "")
        await work
        assert len(await frames(box, "flat")) > 4


async def test_a_pause_keeps_the_next_flat_waiting(tmp_path: Path) -> None:
    async with rig_at(tmp_path, SUNSET + 0.5 * HOUR) as box:
        item = item_of(filters=["L"])
        night, known = await begun(box, plan_of(item.model_dump()))
        work = asyncio.create_task(take_sky_flats(night, known, item, "sky flats"))
        await box.until(lambda: night.state.doing == "Exposing")
        box.gate.pause()
        await box.until(lambda: night.state.phase == "paused")
        exposed = len(box.troubles.begun)
        await asyncio.sleep(60)
        assert len(box.troubles.begun) == exposed
        box.gate.resume()
        await work
        assert len(await frames(box, "flat")) == 4


async def test_after_a_crash_the_rest_is_taken_and_the_next_night_begins_anew(tmp_path: Path) -> None:
    item = item_of(filters=["R", "L"], count=5)

    def lose(look: int) -> None:
        if look == 8:
            raise DeviceLost("Camera", "the cable is out")

    async with rig_at(tmp_path, SUNSET + 0.4 * HOUR, Troubles(look=lose)) as box:
        with pytest.raises(DeviceLost):
            await take(box, item)
        before = len(await frames(box, "flat"))
        assert 0 < before < 10
        later = box.observer.unix()
    async with rig_at(tmp_path, later + 30) as box:
        await take(box, item)
        flats = await frames(box, "flat")
        assert sorted((sub.filter, sub.number) for sub in flats) == [
            (name, number) for name in "LR" for number in range(1, 6)
        ]
    async with rig_at(tmp_path, SUNSET + 24 * HOUR) as box:
        await take(box, item, DAWN + 24 * HOUR)
        assert len(await frames(box, "flat")) == 20


async def test_the_factors_are_learned_for_the_next_evening(tmp_path: Path) -> None:
    async with rig_at(tmp_path, SUNSET) as box:
        await take(box, item_of())
        learned = {one.filter: one.factor or 0 for one in await box.journal.read(FlatLight)}
        assert learned["Ha"] / learned["L"] == pytest.approx(25, rel=0.05)
        assert learned["R"] / learned["L"] == pytest.approx(3, rel=0.05)
        first = len(await box.subs(SubState.LOST))
    async with rig_at(tmp_path, SUNSET + 24 * HOUR) as box:
        await take(box, item_of(), DAWN + 24 * HOUR)
        assert len(await box.subs(SubState.LOST)) - first < first


async def test_stop_in_the_middle_leaves_nothing_half(tmp_path: Path) -> None:
    async with rig_at(tmp_path, SUNSET + 0.4 * HOUR, cover=COVER) as box:
        work = asyncio.create_task(take(box, item_of()))
        await box.until(lambda: len(box.troubles.begun) > 4)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        states = {sub.state for sub in await box.subs()}
        assert states <= {SubState.SAVED, SubState.LOST}
        assert box.rig.cover
        assert await box.rig.cover.state() is CoverState.OPEN


async def test_alt_az_of_the_flat_point_is_kept_for_the_whole_twilight(tmp_path: Path) -> None:
    async with rig_at(tmp_path, SUNSET) as box:
        heights = []
        work = asyncio.create_task(take(box, item_of()))
        while not work.done():
            status = await box.mount()
            if status.tracking and not status.slewing:
                heights.append(alt_az(status.pointing, SITE, box.observer.unix())[0])
            await asyncio.sleep(20)
        await work
        assert 73 < min(heights) < max(heights) < 79


class Stubborn:
    """A mount that refuses some slews, counted from 1."""

    def __init__(self, mount: Mount, refused: range) -> None:
        self._mount, self._refused, self.slews = mount, refused, 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._mount, name)

    async def slew(self, target: J2000) -> None:
        self.slews += 1
        if self.slews in self._refused:
            raise DeviceRefused("Mount", "not now")
        await self._mount.slew(target)


@pytest.mark.parametrize("refused", [range(1, 4), range(3, 6)], ids=["on the way", "between two flats"])
async def test_a_refusal_that_passes_costs_no_flats(tmp_path: Path, refused: range) -> None:
    async with rig_at(tmp_path, SUNSET, mount=lambda mount: Stubborn(mount, refused)) as box:
        await take(box, item_of(filters=["R", "L"]))
        assert len(await frames(box, "flat")) == 8
        (warned,) = [line.text for line in box.lines("warning")]
        assert warned.startswith("Mount: not now; ")
