"""What was disturbed is put back, whatever happens meanwhile."""

import asyncio

import pytest

from appliance.cleanup import on_failure

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]


class Focuser:
    def __init__(self) -> None:
        self.position = 100

    async def move_to(self, position: int) -> None:
        await asyncio.sleep(5)
        self.position = position


async def disturb(focuser: Focuser) -> None:
    async with on_failure(focuser.move_to, 100):
        await focuser.move_to(200)
        await asyncio.sleep(60)


async def test_stop_puts_back_even_when_pressed_twice() -> None:
    focuser = Focuser()
    job = asyncio.create_task(disturb(focuser))
    await asyncio.sleep(10)
    job.cancel()
    await asyncio.sleep(1)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert focuser.position == 100


async def test_success_leaves_things_as_they_are() -> None:
    focuser = Focuser()
    async with on_failure(focuser.move_to, 100):
        await focuser.move_to(200)
    assert focuser.position == 200


async def test_a_failing_undo_is_a_note_and_never_the_error() -> None:
    async def jammed() -> None:
        raise OSError("jammed")

    with pytest.raises(ValueError, match="the cause") as caught:
        async with on_failure(jammed):
            raise ValueError("the cause")
    assert "jammed" in caught.value.__notes__[0]


async def test_a_hanging_undo_is_bounded() -> None:
    async def never() -> None:
        await asyncio.sleep(1e6)

    began = asyncio.get_running_loop().time()
    with pytest.raises(ValueError, match="cause") as caught:
        async with on_failure(never, within=30.0):
            raise ValueError("cause")
    assert asyncio.get_running_loop().time() - began == pytest.approx(30.0)
    assert "TimeoutError" in caught.value.__notes__[0]


async def test_stop_during_the_undo_of_a_failure_is_still_a_stop() -> None:
    focuser = Focuser()

    async def fail() -> None:
        async with on_failure(focuser.move_to, 100):
            await focuser.move_to(200)
            raise ValueError("cause")

    job = asyncio.create_task(fail())
    await asyncio.sleep(7)
    job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert focuser.position == 100
