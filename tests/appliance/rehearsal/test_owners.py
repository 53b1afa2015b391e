"""Two commands at once to one device are seen, whoever opened it and however they are given."""

import asyncio
from typing import Any

import pytest

from appliance.rehearsal.breaches import Breaches
from appliance.rehearsal.owners import watched
from hardware.devices import DeviceSpec

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]

SPEC = DeviceSpec("simulator", "A device")


class Slow:
    """Any device: every command takes a second."""

    def __getattr__(self, name: str) -> Any:
        if name in {"guide_port", "cooler", "side_setter", "motion", "slaving"}:
            return Slow()

        async def command(*_: object, **__: object) -> str:
            await asyncio.sleep(1)
            return name

        return command


class Opens:
    def __getattr__(self, _: str) -> Any:
        async def opened(_: DeviceSpec) -> Slow:
            return Slow()

        return opened


class Rig:
    def __init__(self) -> None:
        self.breaches = Breaches(lambda: 0.0)
        opener: Any = Opens()
        self.opener: Any = watched(opener, self.breaches)

    @property
    def seen(self) -> list[str]:
        return [breach.seen for breach in self.breaches.found.values()]


async def test_one_after_the_other_is_nobodys_quarrel() -> None:
    rig = Rig()
    mount = await rig.opener.mount(SPEC)
    assert await mount.slew(target=3) == "slew"
    await mount.track(True)
    await asyncio.gather(mount.status(), mount.park())
    assert rig.seen == []


@pytest.mark.parametrize(
    ("kind", "one", "other", "seen"),
    [
        ("mount", "slew", "track", "mount was told to track during slew"),
        ("mount", "park", "locate", "mount was told to locate during park"),
        ("mount", "slew", "guide_port.pulse", "guide port was told to pulse during slew"),
        ("mount", "slew", "side_setter.turn_to", "side setter was told to turn_to during slew"),
        ("mount", "slew", "motion.move", "motion was told to move during slew"),
        ("camera", "cooler.aim", "cooler.off", "cooler was told to off during aim"),
        ("output", "set_level", "set_level", "output was told to set_level during set_level"),
    ],
)
async def test_two_at_once(kind: str, one: str, other: str, seen: str) -> None:
    rig = Rig()
    device = await getattr(rig.opener, kind)(SPEC)
    await asyncio.gather(named(device, one)(), named(device, other)())
    assert rig.seen == [seen]


def named(device: Any, path: str) -> Any:
    for name in path.split("."):
        device = getattr(device, name)
    return device


async def test_a_camera_is_cooled_while_it_exposes_and_a_roof_stopped_while_it_moves() -> None:
    rig = Rig()
    camera, roof = await rig.opener.camera(SPEC), await rig.opener.roof(SPEC)
    await asyncio.gather(camera.expose(), camera.cooler.aim(-10))
    await asyncio.gather(roof.close(), roof.stop())
    assert rig.seen == []


async def test_a_device_that_was_opened_anew_is_the_same_one() -> None:
    rig = Rig()
    old = asyncio.ensure_future((await rig.opener.focuser(SPEC)).move_to(1))
    await asyncio.sleep(0.5)
    await (await rig.opener.focuser(SPEC)).move_to(2)
    await old
    assert rig.seen == ["focuser was told to move_to during move_to"]
