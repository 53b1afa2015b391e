"""Virtual time: it jumps, waits for work and for children, and depends on nothing but its inputs."""

import asyncio
import itertools
import sys
import time
from collections.abc import Coroutine
from typing import Any

import pytest

from hardware.virtual_time import Livelock, Standstill, VirtualLoop
from hardware.worker import Worker


def run(work: Coroutine[Any, Any, Any], loop: VirtualLoop | None = None) -> Any:
    loop = loop or VirtualLoop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


def test_ten_hours_pass_in_no_time() -> None:
    async def night() -> float:
        await asyncio.sleep(36_000)
        return asyncio.get_running_loop().time()

    began = time.monotonic()
    assert run(night(), VirtualLoop(start=5.0)) == pytest.approx(36_005)
    assert time.monotonic() - began < 5


def test_time_stands_still_while_a_worker_works() -> None:
    async def work() -> float:
        async with asyncio.timeout(0.001):
            await Worker("slow").call(time.sleep, 0.05)
        return asyncio.get_running_loop().time()

    assert run(work()) == 0.0


def test_workers_answer_in_the_order_they_were_asked() -> None:
    async def work() -> list[str]:
        order: list[str] = []
        slow, quick = Worker("slow"), Worker("quick")

        async def ask(worker: Worker, name: str, seconds: float) -> None:
            await worker.call(time.sleep, seconds)
            order.append(name)

        await asyncio.gather(ask(slow, "slow", 0.03), ask(quick, "quick", 0.0), ask(slow, "again", 0.0))
        return order

    assert run(work()) == ["slow", "quick", "again"]


def test_a_workers_exception_reaches_who_asked() -> None:
    async def work() -> None:
        await Worker("bad").call(int, "x")

    with pytest.raises(ValueError, match="invalid literal"):
        run(work())


def test_time_stands_still_while_a_child_process_runs() -> None:
    async def work() -> tuple[bytes, float]:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "import time; time.sleep(0.3); print('done')",
            stdout=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(0.01):
            said, _ = await child.communicate()
        return said, asyncio.get_running_loop().time()

    assert run(work()) == (b"done\n", 0.0)


def test_a_deadlock_is_said() -> None:
    async def never() -> None:
        await asyncio.Event().wait()

    loop = VirtualLoop()
    with pytest.raises(Standstill):
        loop.run_until_complete(never())
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


def test_something_that_is_always_ready_is_no_night() -> None:
    async def busy() -> None:
        for _ in itertools.count():
            await asyncio.sleep(0)

    loop = VirtualLoop()
    with pytest.raises(Livelock, match=r"time stands at 0\.000 s"):
        loop.run_until_complete(busy())
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(1))  # and time moves again
    loop.close()


class PowerCut(BaseException):
    """The controller is gone."""


def test_a_crash_leaves_everything_where_it_stood() -> None:
    loop, done = VirtualLoop(), []

    def crash() -> None:
        if loop.now >= 10:
            raise PowerCut

    async def tick() -> None:
        try:
            while True:
                await asyncio.sleep(3)
                done.append(loop.now)
        finally:
            done.append(-1.0)

    loop.on_step = crash
    work = loop.create_task(tick())
    with pytest.raises(PowerCut):
        loop.run_until_complete(work)
    assert done == [3.0, 6.0, 9.0]
    loop.on_step = lambda: None
    work.cancel()
    loop.run_until_complete(asyncio.wait({work}))
    loop.close()
