"""The one place where a blocking vendor call may wait."""

import asyncio
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Any, ParamSpec, TypeVar

from hardware.errors import DeviceLost

P = ParamSpec("P")
R = TypeVar("R")
_Call = tuple[asyncio.Future[Any], Callable[[], Any]]


class Worker:
    """A daemon thread that owns one blocking thing: calls run in order and never outlive the process.

    After DeviceLost throw the Worker away: its thread may be stuck for ever.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._closed = False
        Thread(target=self._serve, name=name, daemon=True).start()

    async def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `function` on the thread and return what it returns, or raise what it raises.

        DeviceLost once the worker is closed: its answer would never come.
        """
        if self._closed:
            raise DeviceLost(self.name, "it has been closed")
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._calls.put((answer, partial(function, *args, **kwargs)))
        return await answer

    async def call_within(
        self, within: float, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """As `call`, but DeviceLost when there is no answer within so many seconds."""
        try:
            # Not wait_for: before Python 3.12 it swallows a cancellation that meets the answer.
            async with asyncio.timeout(within):
                return await self.call(function, *args, **kwargs)
        except TimeoutError as late:
            raise DeviceLost(self.name, f"no answer within {within:g} s") from late

    def close(self) -> None:
        """Let the thread end once the calls already queued have run."""
        self._closed = True
        self._calls.put(None)

    def _serve(self) -> None:
        while item := self._calls.get():
            answer, call = item
            try:
                settle = partial(_settle, answer, call(), None)
            except BaseException as error:  # noqa: BLE001 - carried to the awaiting caller
                settle = partial(_settle, answer, None, error)
            try:
                answer.get_loop().call_soon_threadsafe(settle)
            except RuntimeError:
                return  # the loop has closed: nobody is waiting any more
            # Else the last call's arguments, a frame perhaps, would live until the next call.
            del item, answer, call, settle


def _settle(answer: asyncio.Future[Any], result: object, error: BaseException | None) -> None:
    if answer.done():
        return
    if error:
        answer.set_exception(error)
    else:
        answer.set_result(result)
