"""Lost, silent, disobedient devices and frames that do not arrive: what a driver sees, what hardware does."""

import asyncio

import pytest

from hardware.devices import J2000, CoverState, Device, DeviceSpec, Direction, Exposure, RoofState
from hardware.errors import DeviceError, DeviceLost, DeviceMissing
from hardware.simulator.faults import Fault, FaultKind, Faults
from hardware.simulator.faulty import DEVICES, FaultyOpener
from hardware.simulator.faulty_devices import FaultyCamera, FaultyFocuser, FaultyMount
from hardware.simulator.line import PATIENCE_SECONDS
from hardware.simulator.opener import SimulatorOpener

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]

EVENING = 1_795_204_800.0  # 2026-11-20 20:00 UTC
HIGH = J2000(40.0, 60.0)


def utc(moment: float | None) -> float:
    return EVENING + (asyncio.get_running_loop().time() if moment is None else moment)


def fault(kind: FaultKind, begins: float, seconds: float, device: str = "") -> Fault:
    return Fault(kind, EVENING + begins, seconds, device)


def spec(name: str = "Mine", **setup: float | str | bool) -> DeviceSpec:
    return DeviceSpec("simulator", name, setup)


class Bench:
    """One rig twice: through faulty lines, and as it really is."""

    def __init__(self, *faults: Fault) -> None:
        self.real = SimulatorOpener.demo(utc)
        self.faulty = FaultyOpener(self.real, Faults(faults), utc)

    async def camera(self) -> FaultyCamera:
        return await self.faulty.camera(spec(width=64, height=64, faint_stars=False))

    async def mount(self) -> FaultyMount:
        return await self.faulty.mount(spec(parked=False))

    async def focuser(self) -> FaultyFocuser:
        return await self.faulty.focuser(spec(start=0, steps_per_second=100))

    @property
    def knob(self) -> float:
        return self.real.sky.drawtube.knob.now()


def now() -> float:
    return asyncio.get_running_loop().time()


# without faults


async def test_without_faults_nothing_differs() -> None:
    bench = Bench()
    camera, focuser, mount = await bench.camera(), await bench.focuser(), await bench.mount()
    assert camera.sensor.width == 64
    assert camera.cooler
    await camera.cooler.aim(-5.0)
    await focuser.move_to(100)
    assert now() == pytest.approx(1.0)
    await mount.slew(HIGH)
    assert mount.guide_port
    await mount.guide_port.pulse(Direction.NORTH, 1.0)
    frame = await camera.expose(Exposure(2.0))
    assert frame.pixels.shape == (64, 64)
    assert (await focuser.position(), (await mount.status()).tracking) == (100, True)
    assert [device.lost for device in (camera, focuser, mount)] == [False] * 3


async def test_sensors_say_what_they_say() -> None:
    bench = Bench(fault(FaultKind.DEVICE_LOST, 500, 60, "weather"))
    real, faulty = bench.real, bench.faulty
    assert (
        await (await faulty.park_sensor(spec())).parked() == await (await real.park_sensor(spec())).parked()
    )
    assert (
        await (await faulty.power_monitor(spec())).power() == await (await real.power_monitor(spec())).power()
    )
    assert await (await faulty.safety_monitor(spec())).safe()
    station = await faulty.observing_conditions(spec())
    assert await station.conditions() == await (await real.observing_conditions(spec())).conditions()
    assert (await (await faulty.gnss(spec())).fix()).utc_unix == pytest.approx(utc(None))
    panel, cover = await faulty.flat_panel(spec()), await faulty.cover(spec())
    await cover.close()
    await panel.light(panel.brightest)
    assert (await cover.state(), await panel.level()) == (CoverState.CLOSED, panel.brightest)


async def test_a_fault_of_one_device_leaves_the_others_alone() -> None:
    bench = Bench(fault(FaultKind.DEVICE_LOST, 1, 60, "camera"), fault(FaultKind.IGNORED, 1, 60, "mount"))
    focuser, camera = await bench.focuser(), await bench.camera()
    await focuser.move_to(300)
    assert (await focuser.position(), focuser.lost, camera.lost) == (300, False, True)


async def test_every_kind_of_device_is_opened_on_its_own_line() -> None:
    bench = Bench(*(fault(FaultKind.DEVICE_LOST, 10, 20, kind) for kind in DEVICES))
    open_one = bench.faulty
    opened: list[Device] = [
        await opens(spec())
        for opens in (
            open_one.camera, open_one.mount, open_one.focuser, open_one.filter_wheel, open_one.rotator,
            open_one.roof, open_one.park_sensor, open_one.cover, open_one.flat_panel,
            open_one.observing_conditions, open_one.safety_monitor, open_one.power_monitor, open_one.gnss,
            open_one.output, open_one.guider,
        )
    ]  # fmt: skip
    assert [(device.name, device.lost) for device in opened] == [("Mine", False)] * len(DEVICES)
    await asyncio.sleep(11)
    assert all(device.lost for device in opened)


# device lost


async def test_an_exposure_under_way_fails_the_moment_the_camera_is_lost() -> None:
    camera = await (bench := Bench(fault(FaultKind.DEVICE_LOST, 5, 30, "camera"))).camera()
    with pytest.raises(DeviceLost, match="connection broke"):
        await camera.expose(Exposure(60.0))
    assert now() == pytest.approx(5.0)
    assert camera.lost
    with pytest.raises(DeviceLost):
        await camera.expose(Exposure(1.0))
    assert camera.cooler
    with pytest.raises(DeviceLost):
        await camera.cooler.celsius()
    with pytest.raises(DeviceMissing):
        await bench.camera()
    assert now() == pytest.approx(5.0)


async def test_lost_is_for_good_but_opening_again_afterwards_works() -> None:
    bench = Bench(fault(FaultKind.DEVICE_LOST, 5, 30, "camera"))
    camera = await bench.camera()
    await asyncio.sleep(100)
    assert camera.lost
    with pytest.raises(DeviceLost):
        await camera.expose(Exposure(1.0))
    again = await bench.camera()
    await again.expose(Exposure(1.0))
    assert not again.lost


async def test_the_hardware_finishes_a_movement_nobody_can_stop() -> None:
    bench = Bench(fault(FaultKind.DEVICE_LOST, 2, 3, "focuser"))
    focuser = await bench.focuser()
    with pytest.raises(DeviceLost):
        await focuser.move_to(1000)
    assert now() == pytest.approx(2.0)
    assert bench.knob == pytest.approx(200)
    await asyncio.sleep(4)
    assert bench.knob == pytest.approx(600)
    await bench.faulty.close()
    assert now() == pytest.approx(10.0)
    assert bench.knob == 1000


async def test_a_movement_that_goes_on_gives_way_to_the_next_one() -> None:
    bench = Bench(fault(FaultKind.DEVICE_LOST, 2, 1, "focuser"))
    focuser = await bench.focuser()
    with pytest.raises(DeviceLost):
        await focuser.move_to(1000)
    await asyncio.sleep(2)
    again = await bench.focuser()
    await again.move_to(0)
    assert (bench.knob, await again.position()) == (0, 0)
    await bench.faulty.close()


async def test_a_roof_goes_on_closing_when_its_line_breaks() -> None:
    bench = Bench(fault(FaultKind.DEVICE_LOST, 5, 60, "roof"))
    roof = await bench.faulty.roof(spec())
    with pytest.raises(DeviceLost):
        await roof.close()
    await asyncio.sleep(30)
    assert await (await bench.real.roof(spec())).state() is RoofState.CLOSED


# Stop


async def test_stop_stops_the_hardware_while_a_fault_is_still_to_come() -> None:
    bench = Bench(fault(FaultKind.DEVICE_LOST, 500, 60, "focuser"))
    focuser = await bench.focuser()
    moving = asyncio.create_task(focuser.move_to(1000))
    await asyncio.sleep(3)
    moving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await moving
    await asyncio.sleep(3)
    assert await focuser.position() == 300


@pytest.mark.parametrize("begins", [500, -500])
async def test_stop_aborts_an_exposure(begins: float) -> None:
    camera = await Bench(fault(FaultKind.SILENT, begins, 60, "camera")).camera()
    exposing = asyncio.create_task(camera.expose(Exposure(60.0)))
    await asyncio.sleep(3)
    exposing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await exposing
    await camera.expose(Exposure(1.0))


async def test_a_silent_device_does_not_hear_stop() -> None:
    bench = Bench(fault(FaultKind.SILENT, 2, 30, "focuser"))
    focuser = await bench.focuser()
    moving = asyncio.create_task(focuser.move_to(1000))
    await asyncio.sleep(5)
    moving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await moving
    assert now() == pytest.approx(5.0)
    await bench.faulty.close()
    assert bench.knob == 1000


# silent


@pytest.mark.parametrize(
    ("silence", "gave_up"), [(20, 10 + 20), (300, 10 + PATIENCE_SECONDS)], ids=["short", "long"]
)
async def test_a_call_under_way_is_given_up_with_the_silence_or_the_drivers_patience(
    silence: float, gave_up: float
) -> None:
    camera = await Bench(fault(FaultKind.SILENT, 10, silence, "camera")).camera()
    with pytest.raises(DeviceLost, match=f"no answer for {gave_up - 10:.0f} s"):
        await camera.expose(Exposure(15.0))
    assert now() == pytest.approx(gave_up)
    assert camera.lost


async def test_a_call_in_the_silence_waits_for_its_end_and_nothing_was_done() -> None:
    bench = Bench(fault(FaultKind.SILENT, 0, 20, "focuser"))
    with pytest.raises(DeviceLost):
        await bench.focuser()
    assert now() == pytest.approx(20)
    focuser = await bench.focuser()
    await focuser.move_to(50)
    assert bench.knob == 50


async def test_commands_given_in_silence_are_not_carried_out() -> None:
    bench = Bench(fault(FaultKind.SILENT, 1, 40, "focuser"))
    focuser = await bench.focuser()
    await asyncio.sleep(5)
    with pytest.raises(DeviceLost):
        await focuser.move_to(1000)
    assert now() == pytest.approx(41)
    assert (bench.knob, focuser.lost) == (0, True)


async def test_a_silence_nobody_noticed_is_no_loss() -> None:
    focuser = await Bench(fault(FaultKind.SILENT, 1, 40, "focuser")).focuser()
    await asyncio.sleep(60)
    await focuser.move_to(100)
    assert not focuser.lost


# ignored


async def test_ignored_commands_return_but_nothing_was_done() -> None:
    bench = Bench(*(fault(FaultKind.IGNORED, 0, 60, kind) for kind in DEVICES))
    mount, focuser, camera = await bench.mount(), await bench.focuser(), await bench.camera()
    roof, wheel = await bench.faulty.roof(spec()), await bench.faulty.filter_wheel(spec())
    rotator, cover = await bench.faulty.rotator(spec()), await bench.faulty.cover(spec())
    panel = await bench.faulty.flat_panel(spec())
    before = (await mount.status()).pointing
    for command in (
        mount.slew(HIGH), mount.sync(HIGH), mount.park(), focuser.move_to(500), roof.close(),
        wheel.select("B"), rotator.rotate_to(90.0), cover.close(), panel.light(5),
    ):  # fmt: skip
        await command
    assert camera.cooler
    await camera.cooler.aim(-20.0)
    assert await camera.cooler.power_percent() == 0.0
    status = await mount.status()
    assert (status.parked, status.tracking) == (False, False)
    assert status.pointing.dec_deg == before.dec_deg
    assert (bench.knob, await roof.state(), await wheel.selected()) == (0, RoofState.OPEN, "L")
    assert await rotator.angle() == 0.0
    assert (await cover.state(), await panel.level()) == (CoverState.OPEN, 0)
    await asyncio.sleep(60)
    await focuser.move_to(500)
    assert bench.knob == 500


# frames


async def test_what_counts_for_a_frame_is_when_its_exposure_ends() -> None:
    bench = Bench(fault(FaultKind.LOST_FRAME, 9, 2), fault(FaultKind.TRUNCATED_FRAME, 200, 20))
    camera = await bench.camera()
    with pytest.raises(DeviceError, match="did not arrive") as lost:
        await camera.expose(Exposure(10.0))
    assert now() == pytest.approx(100.42)
    assert not isinstance(lost.value, DeviceLost)
    assert not camera.lost
    await asyncio.sleep(80)
    await camera.expose(Exposure(10.0))
    with pytest.raises(DeviceError, match="cut short: 4096 of 8192 bytes"):
        await camera.expose(Exposure(15.0))
    await camera.expose(Exposure(30.0))
