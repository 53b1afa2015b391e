"""The line between a driver and one open device: where it can break, fall silent, or swallow commands."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar

from hardware.errors import DeviceLost, DeviceStuck
from hardware.simulator.faults import Cure, Fault, FaultKind, Faults
from hardware.simulator.sky import Utc

R = TypeVar("R")
# A driver gives a device up that has said nothing for so long.
PATIENCE_SECONDS = 60.0
OPEN_SECONDS = 30.0  # and less patient when it is about to open it
# What it takes to accept a command, also one that is then not carried out.
ACCEPT_SECONDS = 0.1


class Line:
    """From the opening of one device until it is lost; opening it again makes a new line.

    `cures` is what was done to devices so far: whatever it was, it breaks the line.

    `going` keeps commands under way. They stay in it when the line breaks: hardware that was told to
    move goes on, and nobody can stop it then.
    """

    def __init__(
        self, name: str, kind: str, faults: Faults, utc: Utc, going: "set[asyncio.Task[None]]",
        cures: Sequence[Cure] = (),
    ) -> None:  # fmt: skip
        self.name, self._utc, self._going, self._cures = name, utc, going, cures
        self._faults = Faults(tuple(one for one in faults.every if one.device == kind))
        self._kind, self._opened, self._given_up = kind, utc(None), False

    @property
    def lost(self) -> bool:
        """True for good once a loss has begun since the opening, or a silence was too long."""
        now = self._utc(None)
        broke = any(
            one.kind is FaultKind.DEVICE_LOST and self._opened < one.begins <= now
            for one in self._faults.every
        )
        return (
            self._given_up
            or broke
            or any(self._kind in cure.devices and cure.at > self._opened for cure in self._cures)
        )

    async def ask(self, work: Callable[[], Awaitable[R]], *, slow: bool = False) -> R:
        """Do what cannot outlast the line (an answer, an exposure): it is cancelled when the line breaks.

        `slow` is what a stuck device may accept and never finish: DeviceStuck. Raises DeviceLost: at once
        when lost, at the moment the line breaks, or, silent, when the silence ends or PATIENCE_SECONDS after
        it began.
        """
        await self.answering()
        if slow and self.stuck:
            raise await self._endless()
        coming = self._coming()
        if coming is None:
            return await self._unbroken(work)
        limit = asyncio.timeout(coming.begins - self._utc(None))
        try:
            async with limit:
                return await self._unbroken(work)
        except TimeoutError:
            if not limit.expired():
                raise
        raise await self._broken(coming)

    async def tell(self, command: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Give a command that the hardware carries out by itself; errors as `ask`.

        Cancelled, the hardware is stopped, unless the line has broken or fallen silent meanwhile.
        """
        await self.answering()
        if self.stuck:
            raise await self._endless()
        if self.active(FaultKind.IGNORED):
            await asyncio.sleep(ACCEPT_SECONDS)
        elif (coming := self._coming()) is None:
            await self._unbroken(command)
        elif not await self._done_in_time(command, coming):
            raise await self._broken(coming)

    async def _unbroken(self, work: Callable[[], Awaitable[R]]) -> R:
        """A line that was cut meanwhile by what was done for a device brings no answer."""
        answer = await work()
        if self.lost:
            raise DeviceLost(self.name, "the connection broke")
        return answer

    def active(self, kind: FaultKind) -> Fault | None:
        """The fault of this kind that is on the line now."""
        return self._faults.active(kind, self._utc(None), self._kind)

    async def _done_in_time(self, command: Callable[[], Coroutine[Any, Any, None]], coming: Fault) -> bool:
        task = asyncio.ensure_future(command())
        self._going.add(task)
        task.add_done_callback(self._ended)
        try:
            await asyncio.wait({task}, timeout=coming.begins - self._utc(None))
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait({task})
            raise
        if task.done():
            task.result()
        return task.done()

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._going.discard(task)
        if not task.cancelled():
            task.exception()  # after the line broke nobody waits for it any more

    async def answering(self, patience: float = PATIENCE_SECONDS) -> None:
        """Returns when the device answers now; DeviceLost as `ask`, after so many seconds at most."""
        if self.lost:
            raise DeviceLost(self.name, "it is no longer connected")
        if silence := self.active(FaultKind.SILENT):
            raise await self._broken(silence, patience)
        if self.stuck and not _answers(self.stuck):
            raise await self._broken(self.stuck, patience)

    async def _endless(self) -> DeviceStuck:
        await asyncio.sleep(PATIENCE_SECONDS)
        return DeviceStuck(self.name, f"not finished after {PATIENCE_SECONDS:g} s")

    @property
    def stuck(self) -> Fault | None:
        """The fault that makes it stuck now, unless it has been cured."""
        return next((one for one in self._stuck() if one.active(self._utc(None))), None)

    def _stuck(self) -> "list[Fault]":
        every = (one for one in self._faults.every if one.kind is FaultKind.STUCK)
        return [one for one in every if not any(cure.heals(one) for cure in self._cures)]

    def _coming(self) -> Fault | None:
        """What will break the line next; a stuck device that answers finishes what it has begun."""
        now, breaks = self._utc(None), {FaultKind.DEVICE_LOST, FaultKind.SILENT, FaultKind.STUCK}
        later = (one for one in self._faults.every if one.kind in breaks and one.begins > now)
        later = (one for one in later if one.kind is not FaultKind.STUCK or not _answers(one))
        return min(later, key=lambda one: one.begins, default=None)

    async def _broken(self, fault: Fault, patience: float = PATIENCE_SECONDS) -> DeviceLost:
        """The error to raise, once the driver knows: of a silence it learns by waiting."""
        seconds = 0.0
        if fault.kind is not FaultKind.DEVICE_LOST:
            left = fault.begins + fault.seconds - self._utc(None)
            seconds = min(max(left, 0.0), patience)
            await asyncio.sleep(seconds)
        self._given_up = True  # rounding may leave the clock just short of the fault
        said = f"no answer for {seconds:.0f} s" if seconds else "the connection broke"
        return DeviceLost(self.name, said)


def _answers(stuck: Fault) -> bool:
    """A device that only has to be connected anew answers: it just does not do its work."""
    return (round(stuck.amount) or 1) == 1
