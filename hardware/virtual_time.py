"""An event loop whose clock jumps to the next timer when nothing else can run.

Work that would go to a worker thread is done by the loop itself, in the order it was asked for, when
nothing else is ready and before time moves; child processes are waited for. So a night on this loop
depends on its inputs alone: not on the machine's speed, its load, or the order in which threads end.
"""

import asyncio
import selectors
from collections import deque
from collections.abc import Callable
from typing import Any

# Real seconds a child process may keep a virtual clock standing.
PATIENCE_SECONDS = 120.0
# Turns of the loop within one instant; the busiest ones of a night need some hundred.
MOST_TURNS = 100_000


class Standstill(RuntimeError):
    """Nothing is ready, no timer is set, no work is under way: everybody waits for somebody else."""


class Livelock(RuntimeError):
    """Something is always ready, so that time never moves."""


class VirtualLoop(asyncio.SelectorEventLoop):
    """`start` is the first value of `time()`, in seconds. `steps` counts the turns of the loop.

    `on_step` is called before each turn, `on_pass` when everything of an instant is done and time is about
    to move; what they raise leaves `run_until_complete` at once and every task where it stood, as a
    crash does.
    """

    def __init__(
        self,
        start: float = 0.0,
        on_step: Callable[[], None] = lambda: None,
        on_pass: Callable[[], None] = lambda: None,
    ) -> None:
        self.now, self.steps, self.on_step, self.on_pass = start, 0, on_step, on_pass
        self._work: deque[Callable[[], None]] = deque()
        self._moved_at = 0  # the turn in which time moved last
        self._children: list[asyncio.SubprocessTransport] = []
        super().__init__(_Clockwork(self))

    def time(self) -> float:
        return self.now

    def do(self, work: Callable[[], None]) -> None:
        """Have a blocking call done by the loop, before time moves."""
        self._work.append(work)

    async def subprocess_exec(self, *args: Any, **kwargs: Any) -> Any:
        """As every loop's; time stands still until the child has ended."""
        transport, protocol = await super().subprocess_exec(*args, **kwargs)
        self._children.append(transport)
        return transport, protocol

    def idle(self, until_next_timer: float | None) -> float:
        """Nothing is ready: work, let time pass, or tell how long to wait for children (real seconds)."""
        if self._work:
            self._work.popleft()()
        elif self._busy():
            return PATIENCE_SECONDS
        elif until_next_timer is None:
            raise Standstill("everybody waits for somebody else, and no timer is set")
        else:
            self.on_pass()
            self.now += until_next_timer
            self._moved_at = self.steps
        return 0.0

    def turn(self) -> None:
        """Before each turn; Livelock when there have been too many since time moved."""
        self.steps += 1
        if self.steps - self._moved_at > MOST_TURNS:
            self._moved_at = self.steps
            raise Livelock(f"{MOST_TURNS} turns of the loop, and time stands at {self.now:.3f} s")
        self.on_step()

    def _busy(self) -> bool:
        self._children = [child for child in self._children if child.get_returncode() is None]
        return bool(self._children)


class _Clockwork(selectors.DefaultSelector):  # type: ignore[misc,valid-type,unused-ignore]
    """asyncio asks its selector to wait: that is where virtual time passes."""

    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        """What is ready now; when nothing is, and the loop could sleep, virtual time moves instead."""
        loop = self._loop
        loop.turn()
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        patience = loop.idle(timeout)
        return super().select(patience) if patience else []
