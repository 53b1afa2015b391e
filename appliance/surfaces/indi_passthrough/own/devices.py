"""All of our own devices: who has asked for them is told of every change."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Protocol

from appliance.errors import NightboxError
from appliance.surfaces.indi_passthrough.outlet import Outlet
from appliance.surfaces.indi_passthrough.own.vector import Vector
from hardware.indi_wire import Element, encode, message

log = logging.getLogger(__name__)

Say = Callable[[bytes], None]
Key = tuple[str, str]
TRUTH_SECONDS = 1.0
READ_ONLY = "It is only there to be read."


class Doer(Protocol):
    """What a command to one property of ours does; returns when it is done, with a word or none."""

    def __call__(self, command: Element) -> Awaitable[str]: ...


class OwnDevices:
    """One per passthrough. `doers` are for the properties that can be written, by device and name."""

    def __init__(self, doers: Mapping[Key, Doer]) -> None:
        self._doers = doers
        self._vectors: dict[Key, Vector] = {}
        self._names: frozenset[str] = frozenset()
        self._listeners: dict[Outlet, set[Key]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._busy: set[Key] = set()
        self.changed: list[Callable[[Vector], None]] = []
        """Told of each property whose value has changed."""

    def has(self, device: str) -> bool:
        """Is it one of ours?"""
        return device in self._names

    def show(self, vectors: Iterable[Vector]) -> None:
        """These are all of them now."""
        old, self._vectors = self._vectors, {one.key: one for one in vectors}
        self._names = frozenset(device for device, _ in self._vectors)
        for key in old.keys() - self._vectors.keys():
            self._tell("del", key, encode(Element("delProperty", {"device": key[0], "name": key[1]})))
        for key, now in self._vectors.items():
            before = old.get(key)
            if before is None or before.shape != now.shape:
                self._tell("def", key, encode(now.defined()))
            elif before != now and key not in self._busy:
                self._tell("set", key, encode(now.told()))
            if before != now:
                for tell in self.changed:
                    tell(now)

    def introduce(self, device: str, name: str, to: Outlet) -> None:
        """Define what was asked for, all where that is "", and tell of its changes from now on."""
        interest = self._listeners.setdefault(to, set())
        interest.add((device, name))
        for key, vector in self._vectors.items():
            if _meets((device, name), key):
                to.show(("def", key), encode(vector.defined()))

    def forget(self, outlet: Outlet) -> None:
        """That client has gone."""
        self._listeners.pop(outlet, None)

    def of(self, device: str) -> tuple[Vector, ...]:
        """All properties of one."""
        return tuple(one for one in self._vectors.values() if one.device == device)

    @property
    def watched(self) -> bool:
        """Does anybody look?"""
        return bool(self._listeners)

    def command(self, command: Element, say: Say) -> None:
        """Begin what is asked; what becomes of it is said to who asked, and shown to everybody."""
        key = command.device, command.name
        vector, doer = self._vectors.get(key), self._doers.get(key)
        if vector is None:
            say(encode(message(command.device, f"There is no {command.name}: nothing was done.")))
        elif command.name == "CONNECTION":
            say(encode(vector.told()))
        elif doer is None or not vector.writable:
            say(encode(vector.told("Alert", READ_ONLY)))
            asyncio.get_running_loop().call_later(TRUTH_SECONDS, self._tell_truth, key)
        else:
            self._begin(key, doer(command), say)

    def _begin(self, key: Key, deed: Awaitable[str], say: Say) -> None:
        task = asyncio.create_task(self._done(key, deed, say))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _done(self, key: Key, deed: Awaitable[str], say: Say) -> None:
        self._busy.add(key)
        self._tell("set", key, encode(self._vectors[key].told("Busy")))
        why = ""
        try:
            why = await deed
            state = ""
        except NightboxError as refusal:
            state, why = "Alert", f"{refusal.sentence.rstrip('.')}. {refusal.advice}"
        except Exception as bug:
            log.error("the INDI command to %s failed", key, exc_info=bug)
            state, why = "Alert", f"Unexpected: {bug!r}."
        finally:
            self._busy.discard(key)
        if (vector := self._vectors.get(key)) is not None:
            say(encode(vector.told(state, why)))
            if state:  # at once it would hide the Alert from who looks a moment after the news
                await asyncio.sleep(TRUTH_SECONDS)
            self._tell_truth(key)

    def _tell_truth(self, key: Key) -> None:
        if (vector := self._vectors.get(key)) is not None:
            self._tell("set", key, encode(vector.told()))

    def _tell(self, verb: str, key: Key, words: bytes) -> None:
        for outlet, interest in self._listeners.items():
            if any(_meets(wanted, key) for wanted in interest):
                outlet.show((verb, key), words)

    async def close(self) -> None:
        """Whatever is still being done is broken off."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _meets(wanted: Key, key: Key) -> bool:
    return wanted[0] in {"", key[0]} and wanted[1] in {"", key[1]}
