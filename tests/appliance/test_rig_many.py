"""Rigs with several safety monitors and outputs, told apart by their names."""

import pytest
from pydantic import ValidationError

from appliance.bus import Bus
from appliance.errors import DeviceMissing
from appliance.profile import Profile
from appliance.rig import Rig, monitor_place, output_place
from hardware.simulator.opener import SimulatorOpener
from tests import indi_rig

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]


def profile(**more: object) -> Profile:
    base = {
        "name": "Rig",
        "site": {"latitude_deg": 47.0, "longitude_deg": 8.0},
        "telescope": {"focal_length_mm": 360.0, "aperture_mm": 72.0},
        "camera": {"driver": "simulator", "name": "Camera"},
        "mount": {"driver": "simulator", "name": "Mount"},
    }
    return Profile.model_validate(base | more)


def several(*names: str) -> list[dict[str, str]]:
    return [{"driver": "simulator", "name": name} for name in names]


async def test_each_is_opened_and_used_by_its_name() -> None:
    rig = Rig(
        profile(safety_monitor=several("Rain", "Clouds"), output=several("Dew 1", "Dew 2")),
        SimulatorOpener.demo(indi_rig.utc_clock()), Bus().publish,
    )  # fmt: skip
    with pytest.raises(DeviceMissing):
        rig.output("Dew 1")
    await rig.bring(monitor_place("Clouds"))
    assert rig.safety_monitor("Clouds").name == "Clouds"
    assert await rig.safety_monitor("Clouds").safe()
    await rig.open()
    with pytest.raises(DeviceMissing):
        rig.output("Dew 1")  # no night waits for a heater
    for name in ("Dew 1", "Dew 2"):
        await rig.bring(output_place(name))
    await rig.output("Dew 1").set_level(0.4)
    assert (await rig.output("Dew 1").level(), await rig.output("Dew 2").level()) == (0.4, 0.0)
    assert {output_place("Dew 1"), output_place("Dew 2")} == rig.outputs <= rig.kinds


async def test_one_table_is_as_good_as_a_list_of_one() -> None:
    one = profile(safety_monitor={"driver": "simulator", "name": "Rain"})
    assert [section.name for section in one.safety_monitor] == ["Rain"]


async def test_two_of_one_name_are_refused_by_it() -> None:
    with pytest.raises(ValidationError, match="are called 'Rain'"):
        profile(safety_monitor=several("Rain", "Rain"))
