"""A whole night with flats at dusk, a target, flats at dawn, panel flats and darks, on the whole box."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance.box.box import JOURNAL
from appliance.journal import Journal, Sub, SubState
from appliance.plan import Plan
from appliance.profile import Profile
from appliance.rehearsal.deeds import deeds
from appliance.rehearsal.play import Played, play
from appliance.rehearsal.scenario import Scenario
from appliance.sky.twilight import sun_altitude_deg
from appliance.surfaces.report import Night, read_night
from hardware.simulator.faults import Fault, FaultKind, Faults
from tests.appliance.rehearsal.long_night import BEGINS, PROFILE, SITE, long_night, simulated

FILTERS = ["L", "R", "Ha"]
AFTERNOON = BEGINS - 1.5 * 3600.0
# Without a shutter, as most: darks are what the cover makes them.
CAMERA = {**simulated("Camera", shutter=False), "celsius": -10.0, "gain": 100}
RIG = {
    **PROFILE, "camera": CAMERA, "filter_wheel": simulated("Wheel", filters="L,R,Ha"),
    "cover": simulated("Cover", start="closed"), "flat_panel": simulated("Panel"),
    "safety": {"poll_seconds": 20.0, "stale_seconds": 60.0},
}  # fmt: skip
ITEMS: list[dict[str, Any]] = [
    {"do": "sky flats", "twilight": "dusk", "filters": FILTERS, "count": 6},
    {"name": "M31", "min_altitude_deg": 30.0,
     "step": [{"filter": "L", "seconds": 300.0, "count": 6}, {"filter": "Ha", "seconds": 600.0, "count": 3}]},
    {"do": "sky flats", "twilight": "dawn", "filters": FILTERS, "count": 6},
    {"do": "panel flats", "filters": FILTERS, "count": 5},
    {"do": "darks", "count": 3},
]  # fmt: skip


def scenario(folder: Path, *faults: Fault) -> Scenario:
    night = long_night(folder, *faults)
    plan = Plan.model_validate({"name": "with flats", "target": ITEMS})
    return replace(
        night, profile=Profile.model_validate(RIG), plan=plan, begins=AFTERNOON, faults=Faults(faults),
    )  # fmt: skip


def read(folder: Path) -> Night:
    async def journal() -> Night:
        opened = await Journal.open(folder / JOURNAL)
        try:
            return await read_night(opened, 1)
        finally:
            await opened.close()

    return asyncio.run(journal())


def saved(night: Night, kind: str) -> list[Sub]:
    return [sub for sub in night.subs if sub.state is SubState.SAVED and sub.kind == kind]


def by_filter(subs: list[Sub]) -> dict[str, int]:
    return {name: sum(sub.filter == name for sub in subs) for name in dict.fromkeys(s.filter for s in subs)}


def errors(played: Played) -> list[str]:
    return [heard.said.text for heard in played.heard if heard.said.level == "error"]


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> tuple[Played, Night]:
    folder = tmp_path_factory.mktemp("flats")
    return play(scenario(folder)), read(folder)


def test_the_night_is_complete_and_nothing_forbidden_happened(quiet: tuple[Played, Night]) -> None:
    played, night = quiet
    assert played.outcome == "complete"
    assert played.breaches == ()
    assert errors(played) == []
    assert len(saved(night, "light")) == 9


def test_every_flat_dark_and_bias_was_taken(quiet: tuple[Played, Night]) -> None:
    _, night = quiet
    flats = {key: subs for key in ("dusk", "dawn", "panel") if (subs := of(night, key))}
    assert by_filter(flats["dusk"]) == {"Ha": 6, "R": 6, "L": 6}
    assert by_filter(flats["dawn"]) == {"L": 6, "R": 6, "Ha": 6}
    assert by_filter(flats["panel"]) == {"L": 5, "R": 5, "Ha": 5}
    assert [sub.seconds for sub in saved(night, "dark")] == [300.0] * 3 + [600.0] * 3
    assert len(saved(night, "bias")) == 3


def of(night: Night, which: str) -> list[Sub]:
    """Flats of one of the three items: they are apart in time."""
    lights = [sub.started or 0.0 for sub in saved(night, "light")]
    flats = saved(night, "flat")
    panel = [sub for sub in flats if sub.step_key.startswith("panel")]
    match which:
        case "panel":
            return panel
        case "dusk":
            return [sub for sub in flats if sub not in panel and (sub.started or 0.0) < min(lights)]
        case _:
            return [sub for sub in flats if sub not in panel and (sub.started or 0.0) > max(lights)]


def test_the_sun_was_where_it_belongs(quiet: tuple[Played, Night]) -> None:
    _, night = quiet
    for which in ("dusk", "dawn"):
        suns = sun_altitude_deg(SITE, [sub.started or 0.0 for sub in of(night, which)])
        assert -9 < min(suns) < max(suns) < 0
        assert np.all(np.diff(suns) < 0) if which == "dusk" else np.all(np.diff(suns) > 0)


def test_the_timeline_has_bars_for_them(quiet: tuple[Played, Night]) -> None:
    _, night = quiet
    told = [entry.what for entry in deeds(night)]
    assert [what for what in told if what.startswith(("Sky flats in", "Panel flats in"))] == [
        *(f"Sky flats in {name}" for name in ("Ha", "R", "L", "L", "R", "Ha")),
        *(f"Panel flats in {name}" for name in FILTERS),
    ]
    assert "Darks of 300 s (3)" in told


def test_a_crash_in_the_dusk_flats_costs_one_frame(tmp_path: Path, quiet: tuple[Played, Night]) -> None:
    third = of(quiet[1], "dusk")[8].started or 0.0
    crash = Fault(FaultKind.CRASH, third + 1.0, 20.0)
    played = play(scenario(tmp_path, crash))
    night = read(tmp_path)
    assert (played.outcome, played.crashes, played.breaches) == ("complete", 1, ())
    assert by_filter(of(night, "dusk")) == {"Ha": 6, "R": 6, "L": 6}


def test_a_crash_in_the_dawn_flats_belongs_to_the_night_before(
    tmp_path: Path, quiet: tuple[Played, Night]
) -> None:
    third = of(quiet[1], "dawn")[8].started or 0.0
    crash = Fault(FaultKind.CRASH, third + 0.2, 120.0)
    # Begun too late for flats at dusk: they are no reason to wait for the next one.
    played = play(replace(scenario(tmp_path, crash), begins=BEGINS + 3600.0))
    night = read(tmp_path)
    assert (played.outcome, played.crashes, played.breaches) == ("complete", 1, ())
    assert by_filter(of(night, "dusk")) == {}
    assert by_filter(of(night, "dawn")) == {"L": 6, "R": 6, "Ha": 6}
    assert played.ends - quiet[0].ends < 900


def test_clouds_over_dusk_and_a_lost_camera_at_dawn(tmp_path: Path, quiet: tuple[Played, Night]) -> None:
    dusk, dawn = (of(quiet[1], which)[4].started or 0.0 for which in ("dusk", "dawn"))
    clouds = Fault(FaultKind.CLOUDS, dusk - 300, 900.0, amount=4.0)
    lost = Fault(FaultKind.DEVICE_LOST, dawn, 60.0, device="camera")
    played = play(scenario(tmp_path, clouds, lost))
    night = read(tmp_path)
    assert played.breaches == ()
    assert by_filter(of(night, "dusk")) == {"Ha": 6, "R": 6, "L": 6}
    assert sum(by_filter(of(night, "dawn")).values()) > 6
    assert len(saved(night, "light")) == 9
