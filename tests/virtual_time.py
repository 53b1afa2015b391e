"""On looptime's virtual clock, worker threads finish before time moves.

looptime moves the clock as soon as the loop is idle; a thread still at work (the journal's fsync) would find
the night minutes further on, another time each run. With `patient_workers` the loop really waits while a
Worker has something to do, so that a night in virtual time is the same every time.
"""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import pytest

from hardware.worker import Worker

LONGEST_SECONDS = 60.0


def wait_for_workers(patch: pytest.MonkeyPatch) -> None:
    """Make the running loop's clock stand still while a Worker works; undone with the patch."""
    busy: set[asyncio.Future[Any]] = set()
    call = Worker.call

    async def counted(self: Worker, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        # Shielded: whoever stops waiting does not stop the thread.
        working = asyncio.ensure_future(call(self, function, *args, **kwargs))
        busy.add(working)
        working.add_done_callback(busy.discard)
        return await asyncio.shield(working)

    selector = cast(Any, asyncio.get_running_loop())._selector
    compacted, real = selector.select, type(selector).select

    def select(timeout: float | None = None) -> Any:
        if busy and timeout != 0:
            return real(selector, LONGEST_SECONDS)
        return compacted(timeout)

    patch.setattr(Worker, "call", counted)
    patch.setattr(selector, "select", select)


@pytest.fixture
async def patient_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    wait_for_workers(monkeypatch)
