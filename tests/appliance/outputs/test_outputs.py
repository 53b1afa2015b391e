"""Heaters and outlets for a whole night: by the dew point, by hand, without weather, on a low battery."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from pydantic import ValidationError

from appliance.box.switching import OutputArguments, output_command
from appliance.bus import Bus, Said
from appliance.errors import BadCommand, DeviceError, DeviceLost
from appliance.outputs.messages import OutputNow, OutputsState
from appliance.outputs.outputs import Outputs
from appliance.profile import Profile
from appliance.rig import Opener, Rig
from hardware.asked import Asked
from hardware.devices import Conditions, DeviceSpec, Power

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
BASE: dict[str, Any] = {
    "name": "Rig",
    "site": {"latitude_deg": 47.0, "longitude_deg": 8.0},
    "telescope": {"focal_length_mm": 360.0, "aperture_mm": 72.0},
    "camera": {"driver": "simulator", "name": "Camera"},
    "mount": {"driver": "simulator", "name": "Mount"},
    "weather": {"driver": "simulator", "name": "Weather"},
    "power": {"driver": "simulator", "name": "Battery", "shed_below_percent": 40.0},
}


@dataclass
class Channel:
    """An output that writes down what it was told."""

    name: str = "Heater"
    lost: bool = False
    dimmable: bool = True
    silent: bool = False
    told: list[float] = field(default_factory=list)

    async def level(self) -> float:
        return self.told[-1] if self.told else 0.0

    async def set_level(self, level: float) -> None:
        if self.silent:
            await asyncio.Event().wait()
        if self.lost:
            raise DeviceLost(self.name, "it is gone")
        self.told.append(level)


@dataclass
class Surrounds(Asked):
    """Air and battery; None: it does not answer."""

    name: str = "Weather"
    lost: bool = False
    air: Conditions | None = field(default_factory=lambda: Conditions(10.0, 80.0))
    supply: Power = field(default_factory=lambda: Power(False, 90.0))

    async def conditions(self) -> Conditions:
        if self.air is None:
            raise DeviceError(self.name, "it could not read its sensors")
        return self.air

    async def power(self) -> Power:
        return self.supply


@dataclass
class Bench:
    """Outputs that run, and everything they say."""

    profile: Profile
    around: Surrounds = field(default_factory=Surrounds)
    channels: dict[str, Channel] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    bus: Bus = field(default_factory=Bus)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        publish = self.bus.publish

        def heard(message: Any) -> None:
            if isinstance(message, Said):
                self.said.append(message.text)
            publish(message)

        self.rig = Rig(self.profile, cast(Opener, self), heard)
        self.outputs = Outputs(self.profile, self.rig, heard)

    async def output(self, spec: DeviceSpec) -> Channel:
        if spec.name in self.missing:
            raise DeviceLost(spec.name, "its plug is out")
        channel = self.channels.setdefault(spec.name, Channel(spec.name))
        channel.lost = False
        return channel

    async def observing_conditions(self, _: DeviceSpec) -> Surrounds:
        return self.around

    async def power_monitor(self, _: DeviceSpec) -> Surrounds:
        return self.around

    remedies = None  # it is opened again, nothing else

    def __getattr__(self, kind: str) -> Callable[..., Any]:
        if kind.startswith("_"):
            raise AttributeError(kind)
        return lambda *_: None

    def now(self, name: str = "Heater") -> OutputNow:
        state = next(state for state in self.bus.states() if isinstance(state, OutputsState))
        return next(one for one in state.outputs if one.name == name)

    async def ask(self, **asked: Any) -> object:
        return await output_command(self.outputs).run(OutputArguments(**asked))


@asynccontextmanager
async def running(*outputs: dict[str, Any], **more: Any) -> AsyncIterator[Bench]:
    sections = [{"driver": "simulator", "name": "Heater", **output} for output in outputs]
    bench = Bench(Profile.model_validate({**BASE, "output": sections, **more}))
    task = asyncio.create_task(bench.outputs.run())
    try:
        await asyncio.sleep(1)
        yield bench
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_heater_follows_the_dew_point() -> None:
    async with running({"mode": "dew"}) as bench:  # 10 °C at 80 %: 3.3 °C above the dew point
        assert bench.channels["Heater"].told[-1] == pytest.approx(0.45, abs=0.06)
        assert "3.3 °C above" in bench.now().why
        for humidity, level in ((99.0, 1.0), (30.0, 0.0)):
            bench.around.air = Conditions(10.0, humidity)
            await asyncio.sleep(31)
            assert bench.channels["Heater"].told[-1] == level
            assert bench.now().percent == level * 100
        told = len(bench.channels["Heater"].told)
        await asyncio.sleep(3600)
        assert len(bench.channels["Heater"].told) == told  # nothing changes, nothing is commanded
        assert not bench.said


async def test_a_relay_in_place_of_a_dimmer_does_not_chatter() -> None:
    async with running({"mode": "dew", "full_within_celsius": 1.0, "off_above_celsius": 5.0}) as bench:
        heater = bench.channels["Heater"]
        heater.dimmable = False
        heater.told.clear()
        for humidity in (30.0, 82.0, 90.0, 82.0, 82.5, 82.0, 60.0):  # 82 %: asks for half
            bench.around.air = Conditions(10.0, humidity)
            await asyncio.sleep(31)
        assert heater.told == [0.0, 1.0, 0.0]


async def test_without_weather_it_falls_back_and_says_so_once() -> None:
    async with running({"mode": "dew", "fallback_percent": 30.0}) as bench:
        bench.around.air = None
        await asyncio.sleep(200)
        assert bench.channels["Heater"].told[-1] == pytest.approx(0.45, abs=0.06)  # still fresh enough
        await asyncio.sleep(3600)
        assert bench.channels["Heater"].told[-1] == pytest.approx(0.3)
        assert [text for text in bench.said if "fallback" in text] == bench.said
        assert len(bench.said) == 1
        bench.around.air = Conditions(10.0, 99.0)
        await asyncio.sleep(61)
        assert bench.channels["Heater"].told[-1] == 1.0
        assert bench.said[1:] == ["Dew heaters go by the dew point again."]


async def test_a_station_that_lacks_humidity_is_no_weather() -> None:
    async with running({"mode": "dew", "fallback_percent": 20.0}) as bench:
        bench.around.air = Conditions(celsius=10.0)
        await asyncio.sleep(400)
        assert bench.channels["Heater"].told[-1] == pytest.approx(0.2)


async def test_on_a_low_battery_heaters_rest_and_outlets_do_not() -> None:
    async with running({"mode": "fixed", "percent": 70.0}, {"name": "Camera 12 V", "mode": "on"}) as bench:
        heater, outlet = bench.channels["Heater"], bench.channels["Camera 12 V"]
        for supply, level in (
            (Power(False, 39.0), 0.0), (Power(False, 42.0), 0.0), (Power(False, 46.0), 0.7),
            (Power(True, 10.0), 0.7), (Power(None, 10.0), 0.0), (Power(True, 10.0), 0.7),
        ):  # fmt: skip
            bench.around.supply = supply
            await asyncio.sleep(31)
            assert heater.told[-1] == pytest.approx(level), supply
        assert outlet.told == [1.0]
        assert len(bench.said) == 4


async def test_by_hand_and_by_its_label() -> None:
    async with running({"label": "Guide scope"}) as bench:
        assert bench.channels["Heater"].told == [0.0]  # off when the box starts, unless the profile says else
        assert await bench.ask(name="Guide scope", percent=40.0) == "Guide scope: fixed at 40 %."
        assert bench.channels["Heater"].told[-1] == pytest.approx(0.4)
        assert await bench.ask(name="Heater", mode="on") == "Guide scope: on."
        assert await bench.ask(name="Heater", mode="dew") == "Guide scope: by the dew point."
        assert bench.now().mode == "dew"
        with pytest.raises(BadCommand, match="no output 'Oven'") as error:
            await bench.ask(name="Oven", mode="on")
        assert "Heater" in error.value.advice
        with pytest.raises(BadCommand, match="a mode or a percentage"):
            await bench.ask(name="Heater")


async def test_dew_by_hand_needs_a_weather_station() -> None:
    async with running({}, weather=None) as bench:
        with pytest.raises(BadCommand, match="weather"):
            await bench.ask(name="Heater", mode="dew")
    with pytest.raises(ValidationError, match="add \\[weather\\]"):
        Profile.model_validate({
            **BASE, "weather": None, "output": [{"driver": "simulator", "name": "H", "mode": "dew"}],
        })  # fmt: skip


async def test_one_that_is_away_is_said_once_and_does_not_hold_up_the_other() -> None:
    async with running({"mode": "on"}, {"name": "Other", "mode": "on"}) as bench:
        heater = bench.channels["Heater"]
        heater.silent = True
        await bench.ask(name="Other", mode="off")
        answer = await bench.ask(name="Heater", mode="off")
        assert "follows when it does" in str(answer)
        await asyncio.sleep(60)
        heater.lost, heater.silent = True, False
        bench.missing.add("Heater")
        await asyncio.sleep(600)
        assert bench.channels["Other"].told == [1.0, 0.0]
        assert bench.now().percent is None
        assert (
            len([text for text in bench.said if text.startswith("Heater: ")]) == 2
        )  # by hand, and the failure
        with pytest.raises(DeviceError, match="plug"):
            await bench.ask(name="Heater", mode="on")
        bench.missing.clear()
        await asyncio.sleep(120)
        assert heater.told[-1] == 1.0  # as it is wanted, once it is back
        assert bench.said[-1] == "Heater works again."
        assert bench.now().percent == 100.0


async def test_what_somebody_switches_at_the_box_itself_is_left_alone() -> None:
    async with running({"mode": "on"}) as bench:
        bench.channels["Heater"].told.append(0.0)
        await asyncio.sleep(600)
        assert bench.channels["Heater"].told == [1.0, 0.0]
        assert bench.now().percent == 0.0  # and the page shows the truth


@pytest.mark.parametrize(
    ("output", "last"),
    [
        ({"mode": "fixed", "percent": 80.0}, 0.0), ({"mode": "on"}, 1.0),
        ({"mode": "on", "at_end": "off"}, 0.0),
        ({"mode": "fixed", "percent": 80.0, "at_end": "keep"}, 0.8), ({"at_end": "on"}, 1.0),
    ],
)  # fmt: skip
async def test_the_end_leaves_it_as_the_profile_says(output: dict[str, Any], last: float) -> None:
    async with running(output) as bench:
        await bench.outputs.end()
        assert bench.channels["Heater"].told[-1] == pytest.approx(last)


async def test_the_end_does_not_wait_for_ever() -> None:
    async with running({"mode": "fixed"}) as bench:
        bench.channels["Heater"].silent = True
        loop = asyncio.get_running_loop()
        before = loop.time()
        await bench.outputs.end()
        assert loop.time() - before < 20


async def test_it_is_left_alone_while_recovery_switches_what_it_feeds() -> None:
    async with running({"mode": "on"}) as bench:
        async with bench.rig.switching("Heater"):
            asking = asyncio.create_task(bench.ask(name="Heater", mode="off"))
            await asyncio.sleep(5)
            assert bench.channels["Heater"].told == [1.0]
        await asking
        assert bench.channels["Heater"].told == [1.0, 0.0]
