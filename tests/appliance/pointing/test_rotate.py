"""Turning the camera: whichever way the rotator counts, to the angle or the same upside down."""

from dataclasses import dataclass, field

import pytest

from appliance.errors import RotateFailed
from appliance.pointing.rotate import RotateSettings, apart, learned, rotate

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]


@dataclass
class Camera:
    """A camera on a rotator that counts in `direction`, `slips` a part of every turn, or is `stuck`."""

    offset: float = 30.0
    direction: int = 1
    slips: float = 0.0
    stuck: bool = False
    mechanical: float = 350.0
    really: float = 350.0
    turns: list[float] = field(default_factory=list)
    name: str = "Rotator"
    lost: bool = False

    async def angle(self) -> float:
        return self.mechanical

    async def rotate_to(self, degrees: float) -> None:
        assert 0 <= degrees < 360
        way = (degrees - self.mechanical + 180) % 360 - 180
        self.turns.append(way)
        self.mechanical = degrees
        if not self.stuck:
            self.really += way * (1 - self.slips)

    async def look(self) -> float:
        return (self.offset + self.direction * self.really) % 360


async def turned(camera: Camera, wanted: float, direction: int = 0) -> int:
    done = await rotate(camera, camera.look, wanted, RotateSettings(), lambda _: None, direction=direction)
    assert abs(apart(wanted, await camera.look())) <= 1.0
    return done.direction


@pytest.mark.parametrize("wanted", [0.0, 25.0, 89.0, 90.0, 135.0, 201.0, 359.5])
@pytest.mark.parametrize("direction", [1, -1])
async def test_it_arrives_and_learns_the_direction(wanted: float, direction: int) -> None:
    camera = Camera(direction=direction)
    first = apart(wanted, await camera.look())
    assert await turned(camera, wanted) in {direction, 0}
    assert len(camera.turns) <= (1 if direction == 1 or abs(first) > 89.4 else 2) + (abs(first) == 90)
    assert all(abs(way) <= 90 for way in camera.turns)


async def test_a_direction_once_learned_needs_one_turn() -> None:
    camera = Camera(direction=-1)
    direction = await turned(camera, 60.0)
    assert direction == -1
    camera.turns.clear()
    await turned(camera, 10.0, direction)
    assert len(camera.turns) == 1


async def test_upside_down_is_the_same() -> None:
    camera = Camera()
    await turned(camera, (await camera.look() + 180.4) % 360)
    assert camera.turns == []


async def test_one_that_slips_is_turned_again() -> None:
    camera = Camera(slips=0.1)
    await turned(camera, 95.0)
    assert 2 <= len(camera.turns) <= 3


async def test_one_that_says_it_turned_and_did_not_is_found_out() -> None:
    camera = Camera(stuck=True)
    with pytest.raises(RotateFailed, match=r"60\.0° from the 80° that are asked for"):
        await rotate(camera, camera.look, 80.0, RotateSettings(), lambda _: None)
    assert len(camera.turns) == RotateSettings().attempts


async def test_small_turns_tell_no_direction() -> None:
    assert learned(0.5, -0.5, 1) == 1
    assert learned(40.0, -39.0, 1) == -1
    assert learned(-350.0, 10.2, 0) == 1
