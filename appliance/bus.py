"""What is true (State, retained) and what happened (Event, once). Publishing never waits."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
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

    `level` is "info", "warning" or "error"; `code` and `advice` are an error's own. `routine`: progress that
    decides nothing, and may be left out of a short log.
    """

    text: str
    level: str = "info"
    code: str = ""
    advice: str = ""
    routine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsPerson(State):
    """Something waits for a person: `text` asks it, `answers` are what may be said. Empty: nothing does.

    `since` is UTC in seconds since 1970. Without answers it ends by itself when the thing is done.
    """

    text: str = ""
    answers: tuple[str, ...] = ()
    since: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm(State):
    """The rig is in danger and cannot be made safe: `text` says what and why. Empty: it is over."""

    text: str = ""


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
        # In the order they came: a set's order is by address, and so no two runs of a night would be alike.
        self._mailboxes: dict[Mailbox, None] = {}

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
        self._mailboxes[mailbox] = None
        try:
            for state in self._latest.values():
                mailbox.put(state)
            yield mailbox
        finally:
            del self._mailboxes[mailbox]


def who_is_needed(states: Iterable[State]) -> NeedsPerson | None:
    """The first that waits for a person's answer, else the first that waits for a deed: several may."""
    every = [state for state in states if isinstance(state, NeedsPerson) and state.text]
    return next((state for state in every if state.answers), every[0] if every else None)


def newest_alarm(states: Iterable[State]) -> Alarm | None:
    """One that stands: several parts of the box may raise one, and the end of one ends no other."""
    return next((state for state in states if isinstance(state, Alarm) and state.text), None)
