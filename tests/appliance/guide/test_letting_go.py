"""The wrapper of the mount that stops the guider."""

import asyncio
from typing import Any, cast

import pytest

from appliance.bus import Message, Said
from appliance.guide.letting_go import letting_go
from appliance.rig import Opener
from hardware.devices import J2000, DeviceSpec, Direction, GuideState, GuideStatus, PierSide
from hardware.errors import DeviceError, DeviceLost

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
SPEC = DeviceSpec("any", "Guider")


class Gear:
    """A mount that takes a minute for everything, and a guider of which `stop` can be chosen."""

    name, lost = "Gear", False

    def __init__(self) -> None:
        self.told: list[tuple[str, float]] = []
        self.state, self.hangs, self.problem = GuideState.GUIDING, False, cast(Exception | None, None)

    async def mount(self, _: DeviceSpec) -> "Gear":
        return self

    async def guider(self, _: DeviceSpec) -> "Gear":
        return self

    async def status(self) -> GuideStatus:
        return GuideStatus(self.state)

    async def stop(self) -> None:
        self._note("stop")
        if self.problem:
            raise self.problem
        await asyncio.sleep(86400 if self.hangs else 2)
        self.state = GuideState.STOPPED

    async def slew(self, _: J2000) -> None:
        await self._minute("slew")

    @property
    def side_setter(self) -> "Gear":
        return self

    async def turn_to(self, side: PierSide) -> None:
        await self._minute(f"turn to {side.value}")

    @property
    def motion(self) -> "Gear":
        return self

    async def move(self, direction: Direction, rate: int) -> None:
        await self._minute(f"move {direction.value} {rate}")

    async def park(self) -> None:
        await self._minute("park")

    async def track(self, on: bool) -> None:
        await self._minute(f"track {on}")

    async def _minute(self, what: str) -> None:
        self._note(what)
        await asyncio.sleep(60)

    def _note(self, what: str) -> None:
        self.told.append((what, round(asyncio.get_running_loop().time() - self.began, 1)))

    began = 0.0


async def gear(told: list[Message], **how: Any) -> tuple[Gear, Any]:
    one = Gear()
    for name, value in how.items():
        setattr(one, name, value)
    opener = letting_go(cast(Opener, one), told.append)
    await opener.guider(SPEC)
    one.began = asyncio.get_running_loop().time()
    return one, await opener.mount(SPEC)


async def test_a_slew_begins_when_guiding_has_ended() -> None:
    one, mount = await gear([])
    await mount.slew(J2000(0.0, 0.0))
    await mount.slew(J2000(1.0, 0.0))
    assert one.told == [("stop", 0.0), ("slew", 2.0), ("slew", 62.0)]


async def test_a_turn_to_the_other_side_of_the_pier_is_a_slew() -> None:
    one, mount = await gear([])
    await mount.side_setter.turn_to(PierSide.EAST)
    assert one.told == [("stop", 0.0), ("turn to EAST", 2.0)]


async def test_a_motion_by_hand_is_one_too() -> None:
    one, mount = await gear([])
    await mount.motion.move(Direction.NORTH, 1)
    assert one.told == [("stop", 0.0), ("move north 1", 2.0)]


@pytest.mark.parametrize("how", ["park", "track"])
async def test_parking_and_standing_still_wait_for_nobody(how: str) -> None:
    told: list[Message] = []
    one, mount = await gear(told, hangs=True)
    await (mount.park() if how == "park" else mount.track(False))
    assert {when for _, when in one.told} == {0.0}
    assert len(one.told) == 2
    assert asyncio.get_running_loop().time() - one.began == pytest.approx(60.0)
    assert [line.code for line in told if isinstance(line, Said)] == ["guide.not_stopped"]


async def test_tracking_on_is_no_reason_to_stop() -> None:
    one, mount = await gear([])
    await mount.track(True)
    assert one.told == [("track True", 0.0)]


@pytest.mark.parametrize("problem", [DeviceError("Guider", "no"), DeviceLost("Guider", "gone")])
async def test_whatever_is_wrong_with_the_guider_the_mount_moves(problem: Exception) -> None:
    told: list[Message] = []
    one, mount = await gear(told, problem=problem)
    await mount.slew(J2000(0.0, 0.0))
    assert [what for what, _ in one.told] == ["stop", "slew"]
    assert "may guide on" in str(told)


async def test_a_parking_that_is_stopped_leaves_no_task_behind() -> None:
    one, mount = await gear([], hangs=True)
    parking = asyncio.create_task(mount.park())
    await asyncio.sleep(3)
    parking.cancel()
    await asyncio.wait({parking})
    assert parking.cancelled()
    assert one.state is GuideState.GUIDING
    assert len(asyncio.all_tasks()) == 1
