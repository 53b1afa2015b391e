"""Panel flats, darks and bias on INDI's simulators: camera, wheel, light panel and a dust cap."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any, cast

import numpy as np
import pytest

from appliance.guide.dither import DitherPattern
from appliance.journal import Journal
from appliance.observer import Observer
from appliance.plan import DarkFrames, PanelFlats
from appliance.profile import Profile
from appliance.rig import Opener, Rig
from appliance.sequence.darks import take_darks
from appliance.sequence.flatting import take_panel_flats
from appliance.sequence.known import Established
from appliance.sequence.night import Gate, Night
from appliance.sequence.settings import dither_settings
from hardware.devices import CoverState
from hardware.indi.opener import IndiOpener
from hardware.simulator.sky import Sky
from hardware.simulator.world import World
from tests import indi_rig
from tests.appliance.sequence.flat_rig import frames, plan_of, read
from tests.appliance.sequence.night_rig import SITE, Box, Troubles

pytestmark = [pytest.mark.asyncio, pytest.mark.indi, pytest.mark.timeout(180)]
PROFILE: dict[str, Any] = {
    "name": "INDI",
    "site": {"latitude_deg": SITE.latitude_deg, "longitude_deg": SITE.longitude_deg},
    "telescope": {"focal_length_mm": 360.0, "aperture_mm": 72.0},
    "camera": {"name": "CCD Simulator", "setup": dict(indi_rig.SMALL)},
    "mount": {"name": "Telescope Simulator"},
    "filter_wheel": {"name": "Filter Simulator"},
    "cover": {"name": "SnapCap"},
    "flat_panel": {"name": "Light Panel Simulator"},
}
DRIVERS = ("telescope", "ccd", "wheel", "indi_snapcap", "lightpanel")


@asynccontextmanager
async def box_in(folder: Path) -> AsyncIterator[Box]:
    observer, said = Observer(SITE, epoch_unix=time.time()), list[Any]()
    profile = Profile.model_validate(PROFILE)
    async with IndiOpener.start(indi_rig.settings(folder, *DRIVERS), observer.unix) as opener:
        await indi_rig.pretend(opener, "SnapCap")
        rig, journal = Rig(profile, cast(Opener, opener), said.append), None
        try:
            journal = await Journal.open(folder / "journal.sqlite")
            await rig.open()
            sky = Sky(World(), observer.unix)
            yield Box(folder, journal, rig, observer, Gate(), Troubles(), profile, (), said, sky=sky)
        finally:
            if journal is not None:
                await journal.close()


async def begun(box: Box, item: Any) -> tuple[Night, Established]:
    night = await box.night(plan_of(item.model_dump()))
    return night, Established(DitherPattern(Random(1), dither_settings(box.profile)))


async def test_panel_flats_and_darks_on_real_drivers(tmp_path: Path) -> None:
    async with box_in(tmp_path) as box:
        wheel, cover, panel = box.rig.filter_wheel, box.rig.cover, box.rig.flat_panel
        assert wheel
        assert cover
        assert panel
        item = PanelFlats(
            do="panel flats", filters=wheel.filters[:2], count=3, shortest_seconds=0.02, longest_seconds=5
        )
        night, known = await begun(box, item)
        work = asyncio.create_task(take_panel_flats(night, known, item, "panel flats"))
        lit = set()
        while not work.done():
            lit.add(await panel.level())
            await asyncio.sleep(0.2)
        await work
        assert lit >= {0, panel.brightest // 2}
        assert (await panel.level(), await cover.state()) == (0, CoverState.CLOSED)
        taken = await frames(box, "flat")
        assert [(sub.filter, sub.number) for sub in taken] == [
            (name, number) for name in wheel.filters[:2] for number in (1, 2, 3)
        ]
        for sub in taken:
            header, pixels = read(box.images / (sub.file or ""))
            assert (header["IMAGETYP"], header["FILTER"]) == ("Flat Frame", sub.filter)
            middle = pixels[192:320, 240:400]
            assert np.median(middle) == pytest.approx(25_000, rel=0.1)

        dark = DarkFrames.model_validate(
            {"do": "darks", "step": [
                {"frame": "dark", "seconds": 1, "count": 2}, {"frame": "bias", "seconds": 0.001, "count": 2},
            ]}
        )  # fmt: skip
        await take_darks(night, known, dark, "darks")
        assert [sub.seconds for sub in await frames(box, "dark")] == [1.0, 1.0]
        (first, _) = await frames(box, "bias")
        header, pixels = read(box.images / (first.file or ""))
        assert header["EXPTIME"] == 0.01  # the shortest that this driver can
        assert np.median(pixels) < 100
