"""The climb for one rig: what is done, when, what is said, and what is never disturbed."""

import asyncio
from collections.abc import Iterator
from typing import Any, cast

import pytest
from pydantic import ValidationError

from appliance.bus import Message, Said
from appliance.errors import DeviceError, DeviceLost, DeviceStuck
from appliance.profile import Profile
from appliance.rehearsal.play import feeds
from appliance.rig import Opener, Rig
from hardware.devices import Exposure
from hardware.simulator.faults import Fault, FaultKind, Faults
from hardware.simulator.faulty import FaultyOpener
from hardware.simulator.opener import SimulatorOpener
from hardware.simulator.sky import Sky
from hardware.simulator.world import World

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]

EVENING = 1_795_204_800.0
QUICK = Exposure(1.0)


def utc(moment: float | None) -> float:
    return EVENING + (asyncio.get_running_loop().time() if moment is None else moment)


def now() -> float:
    return asyncio.get_running_loop().time()


def simulated(name: str, **more: Any) -> dict[str, Any]:
    return {"driver": "simulator", "name": name, **more}


SMALL = {"width": 64, "height": 64, "faint_stars": False}


def profile(**more: Any) -> Profile:
    return Profile.model_validate(
        {
            "name": "Rig",
            "site": {"latitude_deg": 47.0, "longitude_deg": 8.0},
            "telescope": {"focal_length_mm": 360.0, "aperture_mm": 72.0},
            "camera": simulated("Camera", power_output="Plug", setup=SMALL),
            "mount": simulated("Mount"),
            "focuser": simulated("Focuser"),
            "rotator": simulated("Rotator"),
            "output": simulated("Plug", mode="on"),
        }
        | more
    )


class Bench:
    """A rig with what goes wrong, and what was said about it."""

    def __init__(self, *faults: Fault, **more: Any) -> None:
        self.sky = Sky(World(), utc)
        self.profile = profile(**more)
        self.opener = FaultyOpener(SimulatorOpener(self.sky), Faults(faults), utc, feeds(self.profile))
        self.said: list[Message] = []
        self.rig = Rig(self.profile, cast(Opener, self.opener), self.said.append)

    @property
    def codes(self) -> list[str]:
        return [one.code for one in self._lines]

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self._lines]

    @property
    def _lines(self) -> Iterator[Said]:
        return (one for one in self.said if isinstance(one, Said) and one.code.startswith("recovery."))


def fault(
    kind: FaultKind, device: str, rung: float = 0.0, begins: float = 10.0, seconds: float = 1e5
) -> Fault:
    return Fault(kind, EVENING + begins, seconds, device, rung)


async def lost_at_use(bench: Bench) -> None:
    """The camera, in its next exposure."""
    await asyncio.sleep(11.0)
    with pytest.raises(DeviceLost):
        await bench.rig.camera.expose(QUICK)


async def back(bench: Bench) -> None:
    await bench.rig.reopen({"camera"}, 1e4)
    assert (await bench.rig.camera.expose(QUICK)).pixels.any()


@pytest.mark.parametrize(
    ("heals", "codes"),
    [
        (2, ["driver", "back"]),
        (3, ["driver", "power", "back"]),
        (4, ["driver", "power", "server", "back"]),
    ],
)
async def test_the_rungs_are_climbed_until_one_helps(heals: int, codes: list[str]) -> None:
    bench = Bench(fault(FaultKind.STUCK, "camera", heals))
    await bench.rig.open()
    await lost_at_use(bench)
    await back(bench)
    assert bench.codes == [f"recovery.{code}" for code in codes]


async def test_it_is_said_in_plain_words_once_per_rung() -> None:
    bench = Bench(fault(FaultKind.STUCK, "camera", 4))
    await bench.rig.open()
    await lost_at_use(bench)
    await back(bench)
    assert bench.texts == [
        "Camera: no answer for 32 s. Restarting its driver (first attempt).",
        "Camera: no answer for 67 s. Switching its power off and on (second attempt).",
        "Camera: no answer for 149 s. Restarting the server of all drivers (third attempt)."
        " It disturbs Focuser, Mount, Plug, Rotator.",
        "Camera is back after 154 s: the server was restarted.",
    ]


async def test_a_camera_that_answers_and_does_not_expose_is_connected_anew_after_the_second_time() -> None:
    bench = Bench(fault(FaultKind.STUCK, "camera", 1))
    await bench.rig.open()
    await asyncio.sleep(11.0)
    for away in ((), ("Camera",)):
        with pytest.raises(DeviceStuck):
            await bench.rig.camera.expose(QUICK)
        assert bench.rig.away({"camera"}) == away
    await back(bench)
    assert bench.codes == ["recovery.reconnect", "recovery.back"]
    assert bench.texts[0].startswith("Camera: it answers and does not do its work. Connecting it anew")


async def test_a_camera_stuck_by_its_cooler_is_found_as_well() -> None:
    bench = Bench(fault(FaultKind.STUCK, "camera", 1))
    await bench.rig.open()
    await asyncio.sleep(11.0)
    for _ in range(2):
        cooler = bench.rig.camera.cooler
        assert cooler
        with pytest.raises(DeviceStuck):
            await cooler.aim(-5.0)
    assert bench.rig.away({"camera"})


async def test_its_power_is_off_for_the_pause_and_on_again_though_it_was_stopped() -> None:
    bench = Bench(fault(FaultKind.STUCK, "camera", 3), recovery={"power_off_seconds": 8.0})
    await bench.rig.open()
    await lost_at_use(bench)
    climbing = asyncio.ensure_future(back(bench))
    while bench.sky.outputs.get("Plug") != 0.0:  # noqa: ASYNC110 - the plug has no event
        await asyncio.sleep(0.5)
    began = now()
    climbing.cancel()
    await asyncio.gather(climbing, return_exceptions=True)
    assert bench.sky.outputs["Plug"] == 1.0
    await bench.rig.reopen({"camera"}, 1e4)  # off was all it took
    assert now() - began < 120.0


async def test_an_output_that_is_lost_while_it_is_off_is_switched_on_when_it_is_back() -> None:
    """The line to the plug is cut in the pause."""
    cut = fault(FaultKind.DEVICE_LOST, "output", begins=145.0, seconds=30.0)
    bench = Bench(fault(FaultKind.STUCK, "camera", 3), cut, recovery={"power_off_seconds": 20.0})
    await bench.rig.open()
    await lost_at_use(bench)
    climbing = asyncio.ensure_future(back(bench))
    while bench.sky.outputs.get("Plug") != 0.0:  # noqa: ASYNC110 - the plug has no event
        await asyncio.sleep(0.5)
    assert 130.0 < now() < 145.0
    await climbing
    assert bench.sky.outputs["Plug"] == 1.0


async def test_a_plug_that_is_stuck_itself_keeps_nobody_waiting() -> None:
    """Its cure is the server's restart, which comes after the power's turn; the next round finds it well."""
    faults = fault(FaultKind.STUCK, "camera", 3), fault(FaultKind.STUCK, "output", 4)
    bench = Bench(*faults, recovery={"again_seconds": 60.0})
    await bench.rig.open()
    await lost_at_use(bench)
    await back(bench)
    assert [code for code in bench.codes if code in {"recovery.power", "recovery.server"}] == [
        "recovery.power", "recovery.power", "recovery.server", "recovery.power"
    ]  # fmt: skip
    assert any(text.startswith("That did not work: Plug") for text in bench.texts)


async def test_the_power_stays_off_for_as_long_as_the_profile_says() -> None:
    bench = Bench(fault(FaultKind.STUCK, "camera", 3), recovery={"power_off_seconds": 8.0})
    await bench.rig.open()
    await lost_at_use(bench)
    climbing = asyncio.ensure_future(back(bench))
    seen = []
    while not climbing.done():
        seen.append(bench.sky.outputs.get("Plug", 1.0))
        await asyncio.sleep(0.5)
    await climbing
    assert 15 <= seen.count(0.0) <= 17


async def test_the_server_is_not_restarted_while_another_device_is_in_the_middle_of_something() -> None:
    bench = Bench(fault(FaultKind.STUCK, "focuser", 4))
    await bench.rig.open()
    exposing = asyncio.ensure_future(bench.rig.camera.expose(Exposure(1200.0)))
    await asyncio.sleep(11.0)
    focuser = bench.rig.focuser
    assert focuser
    with pytest.raises(DeviceLost):
        await focuser.move_to(10)
    await bench.rig.reopen({"focuser"}, 1e4)
    assert exposing.done()
    assert (await exposing).pixels.any()
    assert bench.codes == [f"recovery.{code}" for code in ("driver", "held", "server", "back")]
    assert "restarting the server of all drivers must wait, Camera exposes" in bench.texts[1]


async def test_for_what_no_sub_needs_nothing_else_is_ever_disturbed() -> None:
    bench = Bench(fault(FaultKind.STUCK, "rotator", 4, seconds=3 * 3600))
    await bench.rig.open()
    await asyncio.sleep(11.0)
    rotator = bench.rig.rotator
    assert rotator
    with pytest.raises(DeviceLost):
        await rotator.angle()
    for _ in range(60):
        with pytest.raises(DeviceError):
            await bench.rig.bring("rotator", spare=True)
        await asyncio.sleep(30.0)
    assert set(bench.codes) == {"recovery.driver"}
    assert not bench.rig.away({"camera", "mount", "focuser"})


async def test_one_restart_of_the_server_is_enough_for_all() -> None:
    bench = Bench(fault(FaultKind.STUCK, "camera", 4), fault(FaultKind.STUCK, "focuser", 4))
    await bench.rig.open()
    await lost_at_use(bench)
    focuser = bench.rig.focuser
    assert focuser
    with pytest.raises(DeviceLost):
        await focuser.position()
    await bench.rig.reopen({"camera", "focuser"}, 1e4)
    assert bench.codes.count("recovery.server") == 1


async def test_a_device_that_keeps_being_lost_soon_after_it_came_back_climbs_on() -> None:
    cuts = [fault(FaultKind.DEVICE_LOST, "camera", begins=100.0 * n, seconds=1.0) for n in range(1, 7)]
    bench = Bench(*cuts)
    await bench.rig.open()
    for _ in cuts:
        while not bench.rig.away({"camera"}):  # noqa: ASYNC110 - a loss has no event
            await asyncio.sleep(1.0)
        await bench.rig.reopen({"camera"}, 1e3)
    rungs = [code.removeprefix("recovery.") for code in bench.codes if code != "recovery.back"]
    assert rungs == ["reconnect", "driver", "power", "server"]


async def test_an_unplugged_device_comes_back_without_a_rung_when_it_is_plugged_in_at_once() -> None:
    bench = Bench(fault(FaultKind.DEVICE_LOST, "camera", seconds=3.0))
    await bench.rig.open()
    await lost_at_use(bench)
    await back(bench)
    assert bench.codes == []


async def test_an_hour_without_it_repeats_the_ladder_no_sooner_than_the_profile_says() -> None:
    bench = Bench(fault(FaultKind.DEVICE_LOST, "camera"), recovery={"again_seconds": 1200.0})
    await bench.rig.open()
    await asyncio.sleep(11.0)
    with pytest.raises(DeviceLost):
        await bench.rig.reopen({"camera"}, 3600.0)
    assert 2 <= bench.codes.count("recovery.server") <= 3


async def test_a_sensor_that_answers_nobody_in_time_is_opened_anew() -> None:
    """Who asks it is less patient than its driver, and would never hear that it is lost."""
    bench = Bench(fault(FaultKind.STUCK, "weather", 2), weather=simulated("Weather"))
    await bench.rig.open()
    await asyncio.sleep(11.0)
    for _ in range(14):
        weather = bench.rig.weather
        assert weather
        with pytest.raises((TimeoutError, DeviceError)):
            async with asyncio.timeout(5.0):
                await weather.conditions()
        if bench.rig.away({"weather"}):
            break
    await bench.rig.reopen({"weather"}, 1000.0)
    weather = bench.rig.weather
    assert weather
    await weather.conditions()
    assert "recovery.driver" in bench.codes


@pytest.mark.parametrize(
    "wrong",
    [
        {"camera": simulated("Camera", power_output="Nothing")},
        {"output": simulated("Plug", mode="on", power_output="Plug")},
        {"output": simulated("Plug", mode="off")},
    ],
)
async def test_a_power_output_that_cannot_be_is_refused_by_its_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="power_output"):
        profile(**wrong)
