"""Rain that lasts into the day: the night ends at dawn all the same, parked, closed and warm."""

from dataclasses import replace
from pathlib import Path

import pytest

from appliance.profile import Profile
from appliance.rehearsal.play import play
from appliance.rehearsal.record import Asked
from appliance.rehearsal.tonight import rehearse
from hardware.simulator.faults import Fault, FaultKind, Faults
from tests.appliance.rehearsal.long_night import BEGINS, PROFILE, long_night, simulated, target

DAWN = BEGINS + 13.6 * 3600  # nautical, and some minutes to spare


@pytest.mark.parametrize("hours", [2.0, -1.0, 13.45], ids=["in the night", "before it", "at its end"])
@pytest.mark.parametrize("roof", [True, False])
def test_the_night_ends_at_dawn_though_it_rains(hours: float, roof: bool, tmp_path: Path) -> None:
    rain = Fault(FaultKind.RAIN, BEGINS + hours * 3600, 19 * 3600 - hours * 3600, amount=1.0)
    scenario = long_night(tmp_path, rain, target=[target("M31", 9.0), target("M51", 9.0)])
    without = {key: value for key, value in PROFILE.items() if key not in {"roof", "park_sensor"}}
    rig = Profile.model_validate((PROFILE if roof else without) | {"power": simulated("Power")})
    played = play(replace(scenario, profile=rig))
    assert (played.outcome, played.breaches) == ("incomplete", ())
    assert played.ends < DAWN + 1200
    assert played.sky.chip.aim is None
    assert not played.roof_open


@pytest.mark.parametrize("hours", [2.0, -1.0], ids=["in the night", "before it"])
def test_a_roof_that_safety_has_closed_is_no_problem_of_the_plan(hours: float, tmp_path: Path) -> None:
    rain = Fault(FaultKind.RAIN, BEGINS + hours * 3600, 19 * 3600 - hours * 3600, amount=1.0)
    scenario = long_night(tmp_path, target=[target("M31", 3.0)])
    asked = Asked(scenario.profile, scenario.plan, BEGINS, tmp_path, faults=Faults((rain,)))
    codes = [problem.code for problem in rehearse(asked)[0].problems]
    assert "roof.open" not in codes
    assert "plan.unfinished" in codes
