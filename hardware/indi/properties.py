"""What every property is now, and waiting for it to become something else.

A Session is what one connection has told us. A Remote is one device within it: it sends, waits until the
device has settled, and is lost for good when the device or the connection goes. States become results:
Busy is "not yet", Ok is done, Alert is a DeviceRefused (nothing had begun) or a DeviceError (it had), with
the driver's own words.
"""

import asyncio
import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace

from hardware.errors import DeviceError, DeviceLost, DeviceRefused, DeviceStuck, DeviceUnsupported
from hardware.indi.link import Kind, Link, Picture, Property, State, Value

ANSWER_SECONDS = 10.0
SETTLE_SECONDS = 120.0
SECOND_THOUGHT_SECONDS = 0.15


@dataclass(frozen=True, slots=True)
class Said:
    """A driver's message, without its time stamp."""

    text: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The device, or the whole server, is no longer there."""

    reason: str


Change = Property | Picture | Said | Gone


class Session:
    """A link's Listener: the properties of one connection, frozen, and who watches them."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._properties: dict[str, dict[str, Property]] = {}
        self._heard: dict[tuple[str, str], float] = {}
        self._watches: dict[str | None, list[asyncio.Queue[Change]]] = {}
        self._departures: dict[str, int] = {}
        self.ended: str | None = None

    def devices(self) -> tuple[str, ...]:
        """Names of the devices the server has defined, in its order."""
        return tuple(self._properties)

    def find(self, device: str, name: str) -> Property | None:
        return self._properties.get(device, {}).get(name)

    def heard(self, device: str, name: str) -> float:
        """Loop time when the property last came over the wire."""
        return self._heard[device, name]

    def departures(self, device: str) -> int:
        """How often the device has gone away in this session; a Remote compares."""
        return self._departures.get(device, 0)

    @contextmanager
    def watch(self, device: str | None) -> Iterator["Watch"]:
        """Every change of a device from here on, in order; None watches all of them."""
        changes: asyncio.Queue[Change] = asyncio.Queue()
        watching = self._watches.setdefault(device, [])
        watching.append(changes)
        if self.ended:
            changes.put_nowait(Gone(self.ended))
        try:
            yield Watch(changes)
        finally:
            watching.remove(changes)

    def defined(self, prop: Property) -> None:
        self.updated(prop)

    def updated(self, prop: Property) -> None:
        properties = self._properties.setdefault(prop.device, {})
        before = properties.get(prop.name)
        properties[prop.name] = prop
        self._heard[prop.device, prop.name] = self._loop.time()
        self._tell(prop.device, prop)
        was_connected = prop.name == "CONNECTION" and before and before.values.get("CONNECT")
        if was_connected and not prop.values.get("CONNECT"):
            self._leave(prop.device, "the driver has disconnected from it")

    def confirmed(self, prop: Property) -> None:
        """So it is now, says the driver on another connection: news only where it is another."""
        known = self.find(prop.device, prop.name)
        if known is None:
            return
        if known.says_as(prop):
            self._heard[prop.device, prop.name] = self._loop.time()
        else:
            self.updated(replace(known, state=prop.state, values=prop.values))

    def deleted(self, device: str, name: str | None) -> None:
        if name is not None:
            self._properties.get(device, {}).pop(name, None)
        elif self._properties.pop(device, None) is not None:
            self._leave(device, "its driver has gone")

    def said(self, device: str | None, text: str) -> None:
        # It begins with a time stamp of the driver's own.
        if device:
            self._tell(device, Said(re.sub(r"^\d{4}-[\dT:.-]+: ", "", text).strip()))

    def received(self, picture: Picture) -> None:
        self._tell(picture.device, picture)

    def lost(self, reason: str) -> None:
        if not self.ended:
            self.ended = reason
            for device in list(self._watches):
                self._tell(device, Gone(reason))

    def _leave(self, device: str, reason: str) -> None:
        self._departures[device] = self.departures(device) + 1
        self._tell(device, Gone(reason))

    def _tell(self, device: str | None, change: Change) -> None:
        for changes in self._watches.get(device, []):
            changes.put_nowait(change)
        if device is not None:
            for changes in self._watches.get(None, []):
                changes.put_nowait(change)


class Watch:
    """The changes since the watch began."""

    def __init__(self, changes: asyncio.Queue[Change]) -> None:
        self._changes = changes

    async def next(self) -> Change:
        return await self._changes.get()


def words(messages: list[str]) -> str | None:
    """What a driver said about a failure: its last error or warning, else its last words."""
    urgent = [text for text in messages if text.startswith(("[ERROR]", "[WARNING]", "Error"))]
    chosen = urgent or messages
    return re.sub(r"^\[\w+\] *", "", chosen[-1]) if chosen else None


class Remote:
    """One device of a session, from opening to loss."""

    def __init__(self, session: Session, link: Link, device: str) -> None:
        self.name = device
        self._session, self._link = session, link
        self._departures = session.departures(device)
        self._given_up: str | None = None

    @property
    def lost(self) -> bool:
        return self._lost_because() is not None

    def _lost_because(self) -> str | None:
        if self._given_up or self._session.ended:
            return self._given_up or self._session.ended
        return None if self._session.departures(self.name) == self._departures else "it has gone away"

    def check(self) -> None:
        """DeviceLost once it is lost."""
        if reason := self._lost_because():
            raise DeviceLost(self.name, reason)

    def silent(self, what: str) -> DeviceLost:
        """Give the device up: a driver that does not answer one command will not answer the next."""
        self._given_up = f"no answer to {what}"
        return DeviceLost(self.name, self._given_up)

    def find(self, name: str) -> Property | None:
        """The property now, None when this device has no such one; DeviceLost."""
        self.check()
        return self._session.find(self.name, name)

    def get(self, name: str) -> Property:
        """As `find`, but DeviceUnsupported when there is none."""
        if prop := self.find(name):
            return prop
        raise DeviceUnsupported(self.name, f"its driver offers no {name}")

    def number(self, name: str, element: str) -> float:
        value = self.get(name).values.get(element)
        if not isinstance(value, float):
            raise DeviceUnsupported(self.name, f"its driver offers no {name}.{element}")
        return value

    def is_on(self, name: str, element: str) -> bool:
        """Whether a switch is on; False too when the device has no such switch."""
        prop = self.find(name)
        return bool(prop and prop.values.get(element))

    def age(self, name: str) -> float:
        """Seconds since the property last came over the wire."""
        return asyncio.get_running_loop().time() - self._session.heard(self.name, name)

    def confirm(self, prop: Property) -> None:
        """Its driver has been asked, and this is the answer."""
        self._session.confirmed(prop)

    def watch(self) -> AbstractContextManager[Watch]:
        """Every change of this device from here on."""
        return self._session.watch(self.name)

    async def want_pictures(self, name: str) -> None:
        await self._link.want_pictures(self.name, name)

    async def send(self, name: str, values: Mapping[str, Value]) -> None:
        """Send and do not wait; DeviceRefused for a number outside the driver's limits."""
        prop = self.get(name)
        for element, value in values.items():
            if element not in prop.values:
                raise DeviceUnsupported(self.name, f"its driver offers no {name}.{element}")
            limits = prop.limits.get(element)
            if limits and isinstance(value, (int, float)) and not limits.allow(value):
                raise DeviceRefused(
                    self.name,
                    f"{value:g} is outside its {limits.minimum:g} to {limits.maximum:g} ({name}.{element})",
                )
        whole = prop.kind is not Kind.SWITCH  # of switches only those that are meant are sent
        await self._link.send(self.name, name, prop.kind, {**prop.values, **values} if whole else values)

    async def until(
        self,
        name: str,
        settled: Callable[[Property], bool],
        *,
        within: float = ANSWER_SECONDS,
        after: float = 0.0,
    ) -> Property:
        """Wait for a property, heard after a moment of the loop, to be as `settled` wants it.

        DeviceStuck when it is not in time.
        """
        with self._session.watch(self.name) as watch:
            try:
                async with asyncio.timeout(within):
                    while True:
                        prop = self.find(name)
                        if prop and self._session.heard(self.name, name) >= after and settled(prop):
                            return prop
                        await watch.next()
            except TimeoutError as late:
                raise DeviceStuck(self.name, f"{name} did not come to rest within {within:g} s") from late

    async def set(
        self,
        name: str,
        values: Mapping[str, Value],
        *,
        answer: float = ANSWER_SECONDS,
        within: float = SETTLE_SECONDS,
        busy_first: bool = False,
    ) -> Property:
        """Send and return the property once the device has settled.

        `answer`: seconds to the first reaction, else DeviceLost. `within`: seconds to rest, else DeviceStuck.
        `busy_first`: for properties that are sent unasked (a mount's position): Ok counts only after Busy,
        and Idle without Busy is a refusal; when only unasked ones come, the last is returned.
        """
        with self._session.watch(self.name) as watch:
            await self.send(name, values)
            return await _Settling(self, name, watch, busy_first=busy_first).result(answer, within)

    async def accept(self, name: str, values: Mapping[str, Value]) -> Property:
        """Send and return at the first answer: accepted, not settled. DeviceRefused for Alert."""
        with self._session.watch(self.name) as watch:
            await self.send(name, values)
            return await _Settling(self, name, watch, at_once=True).result(ANSWER_SECONDS, 0.0)

    async def abort(self, name: str) -> None:
        """Press an abort button, when there is one, and wait until the driver has read it."""
        if self.find(name):
            # Alert comes when nothing moved or nobody knows where it stopped: either way it was read.
            with contextlib.suppress(DeviceRefused):
                await self.accept(name, {"ABORT": True})


class _Settling:
    """One command on its way to rest."""

    def __init__(
        self, remote: Remote, name: str, watch: Watch, *, busy_first: bool = False, at_once: bool = False
    ) -> None:
        self._remote, self._name, self._watch = remote, name, watch
        self._busy_first, self._at_once = busy_first, at_once
        self._messages: list[str] = []
        self._busy = False
        self._unasked: Property | None = None

    async def result(self, answer: float, within: float) -> Property:
        try:
            async with asyncio.timeout(answer) as limit:
                while True:
                    prop = await self._next()
                    if prop.state is State.BUSY and not self._busy:
                        self._busy = True
                        limit.reschedule(asyncio.get_running_loop().time() + within)
                    if done := await self._judge(prop):
                        return done
        except TimeoutError as late:
            if self._busy:
                raise DeviceStuck(
                    self._remote.name, f"not finished after {within:g} s ({self._name})"
                ) from late
            if self._unasked:
                return self._unasked
            raise self._remote.silent(self._name) from late

    async def _judge(self, prop: Property) -> Property | None:
        if prop.state is State.BUSY:
            return prop if self._at_once else None
        if prop.state is State.ALERT:
            prop = await self._second_thought(prop)
        if prop.state is State.ALERT:
            raise self._failure("it could not" if self._busy else "it refused")
        if self._busy or not self._busy_first:
            return prop if prop.state is not State.BUSY else None
        if prop.state is State.IDLE:
            await self._second_thought(prop)
            raise self._failure("it refused")
        self._unasked = prop
        return None

    async def _second_thought(self, prop: Property) -> Property:
        """Drivers send the old Alert with the new value before the Ok, and the reason after the Alert."""
        try:
            async with asyncio.timeout(SECOND_THOUGHT_SECONDS):
                while prop.state in (State.ALERT, State.IDLE):
                    prop = await self._next()
        except TimeoutError:
            pass
        return prop

    async def _next(self) -> Property:
        """The next state of our property, collecting messages on the way."""
        while True:
            match await self._watch.next():
                case Gone(reason):
                    raise DeviceLost(self._remote.name, reason)
                case Said(text):
                    self._messages.append(text)
                case Property(name=name) as prop if name == self._name:
                    return prop

    def _failure(self, otherwise: str) -> DeviceError:
        problem = words(self._messages) or f"{otherwise} ({self._name})"
        return (DeviceError if self._busy else DeviceRefused)(self._remote.name, problem)
