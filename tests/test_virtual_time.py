"""The virtual clock of the tests themselves."""

import asyncio
import time

import pytest

from hardware.worker import Worker

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]


@pytest.mark.usefixtures("patient_workers")
@pytest.mark.parametrize("stops", [False, True])
async def test_time_stands_still_while_a_thread_works(stops: bool) -> None:
    clock, worker = asyncio.get_running_loop().time, Worker("slow")
    finished: list[float] = []

    def work() -> None:
        time.sleep(0.05)
        finished.append(clock())

    timer = asyncio.create_task(asyncio.sleep(3600))
    working = asyncio.create_task(worker.call(work))
    await asyncio.sleep(0)
    if stops:
        working.cancel()
    await timer
    assert finished == [0.0]
    assert clock() == 3600.0
    worker.close()
