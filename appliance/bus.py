"""What is true (State, retained) and what happened (Event, once). Publishing never waits."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Anything on the bus; `source` says which part of the box speaks."""

    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Message):
    """What is true now. Newest wins: a slow reader skips straight to the present."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Message):
    """What happened. Passed on once, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Event):
    """One line for a person: progress of a long step, or a decision and its reason.

    `level` is "info", "warning" or "error"; `code` and `advice` are an error's own.
    """

    text: str
    level: str = "info"
    code: str = ""
    advice: str = ""


Publish = Callable[[Message], None]


class Mailbox:
    """One reader's queue: coalesces states, keeps events in order, counts what it had to drop."""

    def __init__(self, kinds: tuple[type[Message], ...], depth: int) -> None:
        self._kinds, self._depth = kinds, depth
        self._waiting: OrderedDict[object, Message] = OrderedDict()
        self._ready = asyncio.Event()
        self.dropped = 0

    def put(self, message: Message) -> None:
        """Take the message if this reader asked for its kind; never waits."""
        if not isinstance(message, self._kinds):
            return
        key = (type(message), message.source) if isinstance(message, State) else object()
        self._waiting[key] = message
        if len(self._waiting) > self._depth:
            self._waiting.popitem(last=False)
            self.dropped += 1
        self._ready.set()

    async def __aiter__(self) -> AsyncIterator[Message]:
        while await self._ready.wait():
            while self._waiting:
                yield self._waiting.popitem(last=False)[1]
            self._ready.clear()


class Bus:
    """The box's one notice board."""

    def __init__(self) -> None:
        self._latest: dict[object, State] = {}
        self._mailboxes: set[Mailbox] = set()

    def publish(self, message: Message) -> None:
        """Tell everybody; never waits."""
        if isinstance(message, State):
            self._latest[type(message), message.source] = message
        for mailbox in self._mailboxes:
            mailbox.put(message)

    def states(self) -> list[State]:
        """Everything that is true now."""
        return list(self._latest.values())

    @contextmanager
    def subscribe(self, *kinds: type[Message], depth: int = 256) -> Iterator[Mailbox]:
        """First what is true now, then whatever follows: nobody joins blind."""
        mailbox = Mailbox(kinds, depth)
        self._mailboxes.add(mailbox)
        try:
            for state in self._latest.values():
                mailbox.put(state)
            yield mailbox
        finally:
            self._mailboxes.discard(mailbox)
