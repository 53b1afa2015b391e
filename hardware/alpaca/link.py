"""One Alpaca device: its calls one after the other on a thread of its own, its errors in our words.

The numbers are those of the ASCOM Alpaca API: 0x400 not implemented, 0x401 invalid value, 0x402 value not
set, 0x407 not connected, 0x408 parked, 0x409 slaved, 0x40B invalid operation, 0x40C no such action, 0x40E
operation cancelled, 0x500 to 0xFFF the driver's own.
"""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

from alpaca import device as vendor
from alpaca import exceptions as ascom

from hardware.errors import DeviceError, DeviceLost, DeviceMissing, DeviceRefused, DeviceUnsupported
from hardware.worker import Worker

T = TypeVar("T")
CALL_SECONDS = 15.0  # the library itself waits 5 s for each connection and each piece of an answer
CONNECT_SECONDS = 30.0
FAILURES = 3  # so many calls in a row without an answer, and the device is lost
POLL_SECONDS = 0.25
REFUSED = (
    ascom.InvalidValueException, ascom.ValueNotSetException, ascom.InvalidOperationException,
    ascom.ParkedException, ascom.SlavedException,
)  # fmt: skip
UNSUPPORTED = (ascom.NotImplementedException, ascom.ActionNotImplementedException)
FAILED = (ascom.DriverException, ascom.OperationCancelledException, ascom.AlpacaRequestException)


class _Unlocked:
    """In place of the library's lock, which all devices share and hold while they wait for an answer.

    One silent camera would hold up the rain sensor for as long as it is waited for. The lock guards only a
    running number that servers write into their logs.
    """

    def acquire(self) -> None: ...

    def release(self) -> None: ...


vendor.Device._ctid_lock = _Unlocked()  # noqa: SLF001 - there is no other way to it


class Link:
    """`device` is the library's object; `name` is what people call it."""

    def __init__(self, name: str, device: Any) -> None:
        self.name = name
        self._device = device
        self._device.rqs.trust_env = False  # a proxy for the Internet is none for the telescope's network
        self._worker = Worker(f"alpaca {name}")
        self._call: asyncio.Task[Any] | None = None
        self._failures = 0
        self._lost_because: str | None = None

    @property
    def lost(self) -> bool:
        return self._lost_because is not None

    async def connect(self) -> None:
        """Have the server connect to the device; DeviceMissing when that cannot be done."""
        try:
            if not await self.ask(lambda device: device.Connected):
                await self.begin(lambda device: setattr(device, "Connected", True))
                await self.until(lambda device: device.Connected, CONNECT_SECONDS)
        except (DeviceUnsupported, DeviceRefused):
            raise
        except DeviceError as error:
            self.close("it was never connected")
            raise DeviceMissing(
                self.name,
                f"no Alpaca device answers at {self._device.address}, {self._device.device_type}"
                f" {self._device.device_number} ({error.sentence.removeprefix(f'{self.name}: ')})",
                advice="Check address and number in its setup, the network, and that its server runs.",
            ) from error

    async def ask(self, question: Callable[[Any], T], within: float = CALL_SECONDS) -> T:
        """One call. DeviceError without an answer, DeviceLost at the third in a row; else as ASCOM says.

        A call that is not waited for any more goes on to its end and counts; the next one waits for that, so
        that a slow server is asked no faster than it answers.
        """
        self.check()
        while self._call is not None and not self._call.done():
            await asyncio.wait({self._call})
            self.check()
        self._call = call = asyncio.create_task(self._made(question, within))
        call.add_done_callback(_retrieve)
        return await asyncio.shield(call)

    async def _made(self, question: Callable[[Any], T], within: float) -> T:
        try:
            async with asyncio.timeout(within):
                answer = await self._worker.call(question, self._device)
        except TimeoutError as late:
            raise self.close(f"no answer within {within:g} s") from late
        except (OSError, ValueError, KeyError) as broken:  # the network; no JSON; not Alpaca's JSON
            raise self._unanswered(broken) from broken
        except ascom.NotConnectedException as gone:
            raise self.close(f"its server has lost it ({gone.message})") from gone
        except (*REFUSED, *UNSUPPORTED, *FAILED) as error:
            self._failures = 0
            raise _in_our_words(self.name, error) from error
        self._failures = 0
        return answer

    async def begin(self, command: Callable[[Any], object]) -> None:
        """A command that some servers answer only when it is done: who waits looks at the device's state."""
        try:
            await self.ask(command)
        except (DeviceRefused, DeviceUnsupported, DeviceLost):
            raise
        except DeviceError as error:
            if self._failures == 0:  # it did answer
                raise
            error.add_note("waiting for what the device says")

    async def optional(self, question: Callable[[Any], T]) -> T | None:
        """As `ask`, None for what the device does not have or has not set."""
        try:
            return await self.ask(question)
        except (DeviceUnsupported, DeviceRefused):
            return None

    async def until(self, reached: Callable[[Any], bool], within: float) -> None:
        """Ask again and again until it is so; DeviceError when it is not in time."""
        try:
            async with asyncio.timeout(within):
                while True:
                    try:
                        if await self.ask(reached):
                            return
                    except DeviceError:
                        if self.lost or self._failures == 0:
                            raise
                    await asyncio.sleep(POLL_SECONDS)
        except TimeoutError as late:
            raise DeviceError(self.name, f"it did not come to rest within {within:g} s") from late

    def check(self) -> None:
        """DeviceLost once it is lost."""
        if self._lost_because is not None:
            raise DeviceLost(self.name, self._lost_because)

    def close(self, reason: str) -> DeviceLost:
        """Give it up; the thread ends when what it waits for has ended."""
        self._lost_because = reason
        self._worker.close()
        return DeviceLost(self.name, reason)

    def _unanswered(self, error: Exception) -> DeviceError:
        self._failures += 1
        problem = f"no answer ({type(error).__name__})"
        if self._failures >= FAILURES:
            return self.close(problem)
        return DeviceError(self.name, problem, advice="Check the network and that its server runs.")


def _retrieve(call: "asyncio.Task[Any]") -> None:
    """What failed when nobody waited any more has been counted; Python need not complain."""
    if not call.cancelled():
        call.exception()


def _in_our_words(name: str, error: Any) -> DeviceError:
    said = str(error.message).strip() or f"error 0x{error.number:X}"
    if isinstance(error, UNSUPPORTED):
        return DeviceUnsupported(name, said)
    return (DeviceRefused if isinstance(error, REFUSED) else DeviceError)(name, said)
