"""Opening simulated devices: settings by name, one sky, and the same device again."""

import pytest

from hardware.devices import DeviceSpec
from hardware.errors import DeviceRefused
from hardware.simulator.opener import SimulatorOpener

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]


@pytest.fixture
def rig() -> SimulatorOpener:
    return SimulatorOpener.demo(lambda moment: 1.79e9 + (moment or 0.0))


def spec(**setup: float | str | bool) -> DeviceSpec:
    return DeviceSpec("simulator", "Mine", setup)


async def test_every_kind_it_lists_opens_under_the_name_asked_for(rig: SimulatorOpener) -> None:
    listed = await rig.discover()
    opens = {"weather station": "observing_conditions"}
    assert len({kind for _, kinds in listed for kind in kinds}) == 15
    for name, (kind,) in listed:
        device = await getattr(rig, opens.get(kind, kind.replace(" ", "_")))(DeviceSpec("simulator", name))
        assert (device.name, device.lost) == (name, False)


async def test_settings_reach_the_device(rig: SimulatorOpener) -> None:
    camera = await rig.camera(spec(width=640.0, height=480, pixel_um=3))
    wheel = await rig.filter_wheel(spec(filters="Ha, OIII,Clear", start=1))
    focuser = await rig.focuser(spec(start=7000, travel=9000))
    assert (camera.sensor.width, camera.sensor.height, camera.sensor.pixel_um) == (640, 480, 3.0)
    assert (wheel.filters, await wheel.selected()) == (("Ha", "OIII", "Clear"), "OIII")
    assert (await focuser.position(), focuser.travel) == (7000, range(9001))


@pytest.mark.parametrize(
    ("setup", "said"),
    [
        ({"aperture": 80}, "no setting 'aperture'"),
        ({"width": 640.5}, "width = 640.5 is not a whole number"),
        ({"pixel_um": "big"}, "pixel_um = 'big' is not a number"),
        ({"pixel_um": True}, "pixel_um = True is not a number"),
        ({"sky_mag": float("nan")}, "sky_mag = nan is not a number"),
        ({"cooler": 1}, "cooler = 1 is not true or false"),
        ({"focal_length_mm": 0}, "focal_length_mm must be more than 0"),
    ],
)
async def test_settings_that_do_not_fit_are_refused_by_name(
    rig: SimulatorOpener, setup: dict[str, float | str | bool], said: str
) -> None:
    with pytest.raises(DeviceRefused, match=said) as refused:
        await rig.camera(spec(**setup))
    assert refused.value.sentence.startswith("Mine: ")
    if "no setting" in said:
        assert "focal_length_mm, aperture_mm, angle_deg" in refused.value.advice


async def test_opened_again_a_device_is_where_it_was_and_with_other_settings_it_is_new(
    rig: SimulatorOpener,
) -> None:
    focuser, mount = await rig.focuser(spec()), await rig.mount(spec())
    await focuser.move_to(12_600)
    await mount.unpark()
    assert await rig.focuser(spec()) is focuser
    assert await (await rig.focuser(spec(start=500))).position() == 500
    assert await rig.mount(spec()) is mount
