"""The one place where a blocking vendor call may wait."""

import asyncio
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Any, ParamSpec, TypeVar

from hardware.errors import DeviceLost
from hardware.virtual_time import VirtualLoop

P = ParamSpec("P")
R = TypeVar("R")
_Call = tuple[asyncio.Future[Any], Callable[[], Any]]


class Worker:
    """A daemon thread that owns one blocking thing: calls run in order and never outlive the process.

    After DeviceLost throw the Worker away: its thread may be stuck for ever. On a virtual clock there is
    no thread: the loop itself does the calls before time moves.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._closed = False
        self._thread: Thread | None = None

    async def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `function` on the thread and return what it returns, or raise what it raises.

        DeviceLost once the worker is closed: its answer would never come.
        """
        if self._closed:
            raise DeviceLost(self.name, "it has been closed")
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[R] = loop.create_future()
        call = partial(function, *args, **kwargs)
        if isinstance(loop, VirtualLoop):
            loop.do(lambda: _settled(answer, call)())  # noqa: PLW0108 - done later, not now
        else:
            self._hand_over((answer, call))
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

    def _hand_over(self, item: _Call) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._serve, name=self.name, daemon=True)
            self._thread.start()
        self._calls.put(item)

    def _serve(self) -> None:
        while item := self._calls.get():
            answer, call = item
            settle = _settled(answer, call)
            try:
                answer.get_loop().call_soon_threadsafe(settle)
            except RuntimeError:
                return  # the loop has closed: nobody is waiting any more
            # Else the last call's arguments, a frame perhaps, would live until the next call.
            del item, answer, call, settle


def _settled(answer: asyncio.Future[Any], call: Callable[[], Any]) -> Callable[[], None]:
    """Do the call; what is returned gives the answer to who waits for it."""
    try:
        return partial(_settle, answer, call(), None)
    except BaseException as error:  # noqa: BLE001 - carried to the awaiting caller
        return partial(_settle, answer, None, error)


def _settle(answer: asyncio.Future[Any], result: object, error: BaseException | None) -> None:
    if answer.done():
        return
    if error:
        answer.set_exception(error)
    else:
        answer.set_result(result)
