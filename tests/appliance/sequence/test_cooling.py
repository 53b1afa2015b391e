"""Cooling and warming a camera in virtual time."""

import asyncio
import itertools

import pytest

from appliance.bus import Message, Said
from appliance.errors import BadProfile, CoolingFailed
from appliance.sequence.cooling import CoolerAim, CoolingSettings, cool, warm
from hardware.devices import Cooler, Exposure, Frame, Sensor
from hardware.errors import DeviceError

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
SETTINGS = CoolingSettings()


class FakeCooler:
    """A sensor that follows its setpoint at a limited rate, and can only get so far below the air."""

    def __init__(
        self, *, air: float = 18.0, deepest: float = 40.0, rate: float = 10.0, power: bool = True
    ) -> None:
        self.air, self._deepest, self._rate, self._power = air, deepest, rate, power
        self.setpoint: float | None = None
        self.aims: list[tuple[float, float]] = []
        self.switched_off = False
        self._sensor, self._at = air, 0.0

    async def celsius(self) -> float:
        now = asyncio.get_running_loop().time()
        goal = self.air if self.setpoint is None else min(self.setpoint, self.air)
        goal = max(goal, self.air - self._deepest)
        reach = self._rate * (now - self._at) / 60
        self._sensor += max(-reach, min(reach, goal - self._sensor))
        self._at = now
        return self._sensor

    async def power_percent(self) -> float | None:
        if not self._power:
            return None
        below = self.air - (self.air if self.setpoint is None else self.setpoint)
        return max(0.0, min(100.0, 100 * below / self._deepest))

    async def aim(self, celsius: float) -> None:
        await self.celsius()
        self.setpoint, self.switched_off = celsius, False
        self.aims.append((asyncio.get_running_loop().time(), celsius))

    async def off(self) -> None:
        await self.celsius()
        self.setpoint, self.switched_off = None, True


class FakeCamera:
    name = "fake camera"
    lost = False
    sensor = Sensor(100, 100, 3.76)

    def __init__(self, cooler: Cooler | None) -> None:
        self.cooler = cooler

    async def expose(self, exposure: Exposure) -> Frame:
        raise DeviceError(self.name, "is not for exposing here")


def now() -> float:
    return asyncio.get_running_loop().time()


def texts(seen: list[Message]) -> list[str]:
    return [message.text for message in seen if isinstance(message, Said)]


async def test_cooling_follows_the_ramp_and_waits_until_steady() -> None:
    cooler, seen = FakeCooler(), list[Message]()
    assert await cool(FakeCamera(cooler), -10.0, seen.append, SETTINGS) == pytest.approx(-10.0, abs=0.5)
    assert cooler.setpoint == -10.0
    ramp = 28.0 / 5.0 * 60
    assert ramp + SETTINGS.stable_seconds - 10 <= now() <= ramp + SETTINGS.stable_seconds + 20
    for (before, warmer), (after, colder) in zip(cooler.aims, cooler.aims[1:], strict=False):
        assert 0 < warmer - colder <= 1.5
        assert (warmer - colder) / ((after - before) / 60) < 6.0  # °C per minute
    assert texts(seen)[0] == "Cooling from 18.0 °C to -10.0 °C in about 6 min."
    progress = [text for text in texts(seen) if text.startswith("Cooling: ")]
    assert 10 <= len(progress) <= 13  # every half minute
    assert "with the cooler at" in progress[0]
    assert texts(seen)[-1].startswith("Cooled: -10.")


async def test_a_temperature_that_passes_through_is_not_steady() -> None:
    class Overshooting(FakeCooler):
        """Is at its goal once, 12 s long, before it swings away and comes back."""

        async def celsius(self) -> float:
            sensor = await super().celsius()
            return sensor - 3.0 if 60.0 < now() < 120.0 else sensor

    cooler = Overshooting(air=0.0, rate=1000)
    await cool(FakeCamera(cooler), -4.0, lambda _: None, SETTINGS)  # the ramp ends at 48 s
    assert now() >= 120.0 + SETTINGS.stable_seconds


async def test_a_cooler_that_is_too_weak_says_how_far_it_came() -> None:
    cooler = FakeCooler(air=25.0, deepest=30.0)
    with pytest.raises(CoolingFailed) as failure:
        await cool(FakeCamera(cooler), -20.0, lambda _: None, SETTINGS)
    assert failure.value.sentence == (
        "fake camera did not reach -20.0 °C in time: it is at -5.0 °C with the cooler at 100 %."
    )
    assert now() == pytest.approx(45.0 / 5.0 * 60 + SETTINGS.limit_seconds, abs=10)
    assert cooler.setpoint == -20.0  # left as told


async def test_a_camera_that_is_cold_already_only_proves_it_is_steady() -> None:
    cooler = FakeCooler(air=-10.0)
    await cool(FakeCamera(cooler), -10.0, lambda _: None, SETTINGS)
    assert now() == pytest.approx(SETTINGS.stable_seconds, abs=4)
    assert [celsius for _, celsius in cooler.aims] == [-10.0]


@pytest.mark.parametrize("procedure", ["cool", "warm"])
async def test_a_camera_without_cooler_is_told_and_passed_by(procedure: str) -> None:
    seen: list[Message] = []
    camera = FakeCamera(None)
    if procedure == "cool":
        assert await cool(camera, -10.0, seen.append, SETTINGS) is None
    else:
        assert await warm(camera, seen.append, SETTINGS) is None
    assert len(seen) == 1
    assert "has no cooler" in texts(seen)[0]


async def cold_camera(air: float, **options: bool) -> tuple[FakeCamera, FakeCooler]:
    cooler = FakeCooler(air=air, **options)
    await cooler.aim(-10.0)
    await asyncio.sleep(600)
    assert await cooler.celsius() == pytest.approx(-10.0)
    cooler.aims.clear()
    return FakeCamera(cooler), cooler


async def test_warming_ramps_up_and_then_switches_off() -> None:
    camera, cooler = await cold_camera(18.0)
    began, seen = now(), list[Message]()
    assert await warm(camera, seen.append, SETTINGS) == pytest.approx(15.0, abs=1.0)
    assert cooler.switched_off
    assert now() - began == pytest.approx(25.0 / 5.0 * 60, abs=15)
    setpoints = [celsius for _, celsius in cooler.aims]
    assert setpoints == sorted(setpoints)
    assert max(b - a for a, b in itertools.pairwise(setpoints)) <= 1.5
    assert texts(seen)[-1].startswith("Warmed: ")
    assert any(text.startswith("Warming: ") for text in texts(seen))


async def test_in_colder_air_warming_ends_when_the_cooler_idles() -> None:
    camera, cooler = await cold_camera(2.0)
    began = now()
    assert await warm(camera, lambda _: None, SETTINGS) == pytest.approx(2.0, abs=1.5)
    assert cooler.switched_off
    assert now() - began < 13.0 / 5.0 * 60 + 35


async def test_warming_ends_when_the_sensor_becomes_no_warmer_whatever_the_power_says() -> None:
    camera, cooler = await cold_camera(2.0, power=False)
    began = now()
    assert await warm(camera, lambda _: None, SETTINGS) == pytest.approx(2.0)
    assert cooler.switched_off
    assert now() - began == pytest.approx(12.0 / 5.0 * 60 + SETTINGS.stall_seconds, abs=20)


async def test_a_slow_ramp_is_not_taken_for_a_standstill() -> None:
    class Resting(FakeCooler):
        """Its power drops to 0 after every warmer setpoint, as a real controller's does."""

        async def power_percent(self) -> float | None:
            return 0.0 if self.setpoint is None or self._sensor < self.setpoint else 50.0

    cooler = Resting(air=18.0)
    await cooler.aim(-10.0)
    await asyncio.sleep(600)
    slow = CoolingSettings(degrees_per_minute=0.5)
    assert await warm(FakeCamera(cooler), lambda _: None, slow) == pytest.approx(15.0, abs=1.0)


async def test_the_aim_is_told_and_taken_back() -> None:
    seen = list[Message]()
    cooler = FakeCooler(air=0.0)
    await cool(FakeCamera(cooler), -10.0, seen.append, SETTINGS)
    aims = [message.celsius for message in seen if isinstance(message, CoolerAim)]
    assert aims == [-10.0]
    await warm(FakeCamera(cooler), seen.append, SETTINGS)
    assert [message.celsius for message in seen if isinstance(message, CoolerAim)][-1] is None


async def test_a_short_ramp_is_announced_in_seconds() -> None:
    seen = list[Message]()
    await cool(FakeCamera(FakeCooler(air=0.0)), -2.5, seen.append, SETTINGS)
    assert texts(seen)[0] == "Cooling from 0.0 °C to -2.5 °C in about 30 s."


async def test_a_driver_that_always_tells_no_power_does_not_shock_the_camera() -> None:
    class Silent(FakeCooler):
        async def power_percent(self) -> float | None:
            return 0.0

    cooler = Silent(rate=4.0)  # slower than the ramp: the setpoint runs ahead of the sensor
    await cooler.aim(-10.0)
    await asyncio.sleep(600)
    await warm(FakeCamera(cooler), lambda _: None, SETTINGS)
    assert await cooler.celsius() > 14.0


async def test_a_warm_camera_is_only_switched_off() -> None:
    cooler = FakeCooler(air=18.0)
    assert await warm(FakeCamera(cooler), lambda _: None, SETTINGS) == 18.0
    assert (cooler.switched_off, cooler.aims) == (True, [])
    assert now() < 5.0


@pytest.mark.parametrize("moment", [1.0, 100.0, 200.0])
async def test_stop_leaves_the_cooler_as_it_was_told(moment: float) -> None:
    cooler = FakeCooler()
    job = asyncio.create_task(cool(FakeCamera(cooler), -10.0, lambda _: None, SETTINGS))
    await asyncio.sleep(moment)
    told = cooler.setpoint
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert cooler.setpoint == told == cooler.aims[-1][1]
    assert not cooler.switched_off


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("cooling.degrees_per_minute", {"degrees_per_minute": 0.0}),
        ("cooling.poll_seconds", {"poll_seconds": -1.0}),
        ("cooling.stable_seconds", {"stable_seconds": -1.0}),
    ],
)
async def test_impossible_settings_are_refused_by_name(field: str, values: dict[str, float]) -> None:
    with pytest.raises(BadProfile) as refusal:
        CoolingSettings(**values)
    assert refusal.value.field == field


class DeafCooler(FakeCooler):
    """It does not hear the first words `off`."""

    deaf = 0

    async def off(self) -> None:
        if self.deaf == 0:
            await super().off()
        self.deaf = max(self.deaf - 1, 0)


async def test_a_cooler_that_did_not_hear_it_is_told_again() -> None:
    cooler = DeafCooler(air=20.0)
    await cooler.aim(-10.0)
    await asyncio.sleep(600)
    cooler.deaf = 3
    await warm(FakeCamera(cooler), lambda _: None, SETTINGS)
    assert cooler.switched_off


async def test_a_cooler_that_never_goes_off_is_an_error() -> None:
    cooler = DeafCooler(air=20.0)
    await cooler.aim(-10.0)
    await asyncio.sleep(600)
    cooler.deaf = 100
    with pytest.raises(CoolingFailed, match="still works with") as failed:
        await warm(FakeCamera(cooler), lambda _: None, SETTINGS)
    assert "by hand" in failed.value.advice
