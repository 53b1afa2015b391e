"""One sub on its way to disk while the next is exposed, also when Stop comes."""

import asyncio

import pytest

from appliance.errors import DiskFull
from appliance.sequence.saving import Saver, saving

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]


def now() -> float:
    return asyncio.get_running_loop().time()


class Saves:
    """Saves that take some seconds; `ended` says which, and when."""

    def __init__(self) -> None:
        self.ended: dict[int, float] = {}

    async def save(self, number: int, seconds: float, error: Exception | None = None) -> None:
        await asyncio.sleep(seconds)
        if error:
            raise error
        self.ended[number] = now()


async def test_the_next_save_waits_for_the_one_before() -> None:
    saves = Saves()
    async with saving() as saver:
        await saver.start(1, saves.save(1, 30))
        assert (now(), saver.numbers) == (0.0, {1})
        await saver.start(2, saves.save(2, 5))
        assert (now(), saver.numbers) == (30.0, {2})
    assert saves.ended == {1: 30.0, 2: 35.0}
    assert saver.numbers == set()


async def test_a_failed_save_is_told_at_the_next_and_the_next_is_saved_all_the_same() -> None:
    saves = Saves()

    async def sequence() -> None:
        async with saving() as saver:
            await saver.start(1, saves.save(1, 5, DiskFull("Full.")))
            await asyncio.sleep(10)
            await saver.start(2, saves.save(2, 5))

    with pytest.raises(DiskFull):
        await sequence()
    assert saves.ended == {2: 15.0}


async def test_a_failure_of_the_last_save_is_told_at_the_end() -> None:
    with pytest.raises(DiskFull):
        async with saving() as saver:
            await saver.start(1, Saves().save(1, 5, DiskFull("Full.")))


@pytest.mark.parametrize("pressed", [1, 2, 3])
async def test_stop_waits_for_every_frame_in_memory(pressed: int) -> None:
    saves, waiting = Saves(), asyncio.Event()

    async def sequence() -> None:
        async with saving() as saver:
            await saver.start(1, saves.save(1, 30))
            waiting.set()
            await saver.start(2, saves.save(2, 5))  # Stop comes while it waits for the first
            raise AssertionError("Stop was not heard")

    job = asyncio.create_task(sequence())
    await waiting.wait()
    for _ in range(pressed):
        await asyncio.sleep(1)
        job.cancel()
    with pytest.raises(asyncio.CancelledError):
        await job
    assert set(saves.ended) == {1, 2}
    assert now() == 30.0


async def test_waiting_does_not_stop_a_save() -> None:
    saves, saver = Saves(), Saver()
    await saver.start(1, saves.save(1, 10))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(saver.finished(), 3)
    await saver.finished()
    assert saves.ended == {1: 10.0}
