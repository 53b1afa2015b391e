"""Blocking calls run elsewhere, in order, and can neither block the loop nor outlive the process."""

import asyncio
import threading
import time
import weakref

import pytest

from hardware.errors import DeviceLost
from hardware.worker import Worker


class _Frame:
    """Something large."""


async def test_answers_and_errors_cross_the_thread() -> None:
    worker = Worker("w")
    assert await worker.call(lambda: threading.current_thread().name) == "w"
    with pytest.raises(ZeroDivisionError):
        await worker.call(lambda: 1 / 0)
    worker.close()


async def test_calls_run_in_order() -> None:
    worker, order = Worker("w"), list[int]()
    await asyncio.gather(*(worker.call(order.append, n) for n in range(100)))
    assert order == list(range(100))
    worker.close()


async def test_keeps_nothing_of_a_call_that_has_run() -> None:
    loop, worker, gone = asyncio.get_running_loop(), Worker("w"), asyncio.Event()
    frame = _Frame()
    watched = weakref.ref(frame, lambda _: loop.call_soon_threadsafe(gone.set))
    await worker.call(repr, frame)
    del frame
    await asyncio.wait_for(gone.wait(), 5.0)
    assert watched() is None
    worker.close()


async def test_a_hung_driver_is_a_lost_device_and_the_loop_stays_alive() -> None:
    hang, worker, ticks = threading.Event(), Worker("focuser"), 0
    job = asyncio.create_task(worker.call_within(0.1, hang.wait, 3600))
    while not job.done():
        await asyncio.sleep(0.01)
        ticks += 1
    with pytest.raises(DeviceLost, match="focuser: no answer"):
        await job
    assert ticks > 3
    hang.set()
    worker.close()


async def test_a_call_whose_caller_has_gone_harms_nobody() -> None:
    worker = Worker("w")
    job = asyncio.create_task(worker.call(time.monotonic))
    await asyncio.sleep(0)
    job.cancel()
    assert await worker.call(lambda: 7) == 7
    worker.close()


@pytest.mark.parametrize("ticks", range(6))
async def test_a_stop_that_meets_the_answer_is_still_a_stop(ticks: int) -> None:
    worker, gate, answered = Worker("w"), threading.Event(), threading.Event()
    job = asyncio.create_task(worker.call_within(60, gate.wait, 60))
    await asyncio.sleep(0)
    after = asyncio.create_task(worker.call(answered.set))
    await asyncio.sleep(0)
    gate.set()
    answered.wait(60)  # calls run in order: the first answer is on its way to this loop
    for _ in range(ticks):
        await asyncio.sleep(0)
    if job.cancel():
        with pytest.raises(asyncio.CancelledError):
            await job
    await after
    worker.close()
