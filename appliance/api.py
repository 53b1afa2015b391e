"""Thin typed commands, registered once: page, JSON-RPC, MQTT and panel alike."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from appliance.bus import Bus, Message, State
from appliance.errors import BadCommand
from appliance.wire import encode

REMEMBERED = 256
HELD = 1000


class Arguments(BaseModel):
    """Base of every command's arguments; an unknown argument is refused by name."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a person can ask for: `sentence` says to the user what it does.

    `asks`: it is a question, which changes nothing; nobody is told who asked it.
    """

    name: str
    sentence: str
    arguments: type[Arguments]
    run: Callable[..., Awaitable[object]]
    asks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Driving(State):
    """Which phone sent the last command, for whoever looks at another one; it keeps nobody from anything.

    `client` tells phones apart, `who` is a name for people, `what` the command's own sentence, `at` UTC in
    seconds since 1970.
    """

    client: str
    who: str
    what: str
    at: float


@dataclass(frozen=True, slots=True)
class Update:
    """One message as the surfaces show it; ids grow for the life of the box, `at` is UTC since 1970.

    `lasting`: it is a state, true until the next of its type and source; else an event.
    """

    id: int
    message: dict[str, object]
    at: float
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """`length` bytes of a file from `offset`."""

    path: Path
    offset: int
    length: int


class Pictures(Protocol):
    """Files of a sub by its number in the journal; BadCommand where there is none."""

    async def preview(self, sub: int) -> Path:
        """A JPEG of the whole of it, made where it was not kept."""
        ...

    async def kept_preview(self, sub: int) -> Path | None:
        """The same, None where it would have to be made."""
        ...

    async def fits(self, sub: int) -> Path:
        """The file itself."""
        ...

    async def tile(self, sub: int, number: int) -> Part:
        """A JPEG of a part of it, by the numbers that the command `picture` tells."""
        ...


@dataclass(frozen=True, slots=True)
class Access:
    """Who may use the phone page: `password` is hashed, "" until one is set. With another `secret` every
    session has ended. `key` opens the page once, on this machine.
    """

    secret: str
    password: str = ""
    key: str = ""


class AccessKeeper(Protocol):
    """Keeps the access over restarts; from any thread."""

    def read(self) -> Access:
        """As it is now; never fails."""
        ...

    def write(self, access: Access) -> None:
        """StorageFailed when it cannot be kept; then it is as before."""
        ...


def _heard(answer: asyncio.Future[object]) -> None:
    """Whoever asked may not come for it: what went wrong is no mystery then."""
    if not answer.cancelled():
        answer.exception()


class Api:
    """What every surface sees of the box: commands in, states and updates out.

    `now` gives the box's UTC in seconds since 1970, by the same clock as the moments in messages;
    `rehearsal` is the page of the newest rehearsal, None before the first; `pictures` None shows no subs.
    `star` is where the picture of the star that is looked at by hand will be.
    `pairing_code` is what a person at the box is shown to get in by phone, "" when there is no need;
    `forget_password` lets them begin anew, None without a page.
    """

    def __init__(
        self,
        bus: Bus,
        now: Callable[[], float],
        preview: Callable[[], Path | None] = lambda: None,
    ) -> None:
        self.bus = bus
        self.now = now
        self.commands: dict[str, Command] = {}
        self.rehearsal: Path | None = None
        self.pictures: Pictures | None = None
        self.star: Path | None = None
        self.pairing_code: Callable[[], str] = lambda: ""
        self.forget_password: Callable[[], Awaitable[None]] | None = None
        self._preview = preview
        self._answers: OrderedDict[str, asyncio.Future[object]] = OrderedDict()
        self._lasting: dict[object, Update] = {}
        self._happened: deque[Update] = deque(maxlen=HELD)
        self._forgotten = 0
        self._next_id = 1
        self._news = asyncio.Event()

    def register(self, command: Command) -> None:
        """Make a command known to every surface."""
        self.commands[command.name] = command

    async def call(self, name: str, arguments: dict[str, object], id: str | None = None) -> object:  # noqa: A002
        """Run a command; the same id again gives the first answer again and runs nothing.

        Raises BadCommand for a name or arguments that do not fit, else what the command raises.
        """
        if id is None:
            return await self._run(name, arguments)
        if id not in self._answers:
            self._answers[id] = asyncio.ensure_future(self._run(name, arguments))
            self._answers[id].add_done_callback(_heard)
            while len(self._answers) > REMEMBERED:
                self._answers.popitem(last=False)
        return await asyncio.shield(self._answers[id])

    async def _run(self, name: str, arguments: dict[str, object]) -> object:
        command = self.commands.get(name)
        if command is None:
            raise BadCommand("command", f"there is no command {name!r}")
        try:
            checked = command.arguments.model_validate(arguments)
        except ValidationError as wrong:
            first = wrong.errors()[0]
            raise BadCommand(f"{name}.{'.'.join(map(str, first['loc']))}", first["msg"]) from wrong
        return await command.run(checked)

    def status(self) -> list[dict[str, object]]:
        """Everything that is true now, as the surfaces show it."""
        return [encode(state) for state in self.bus.states()]

    def latest_preview(self) -> Path | None:
        """The newest sub's JPEG, None before the first."""
        return self._preview()

    async def listen(self) -> None:
        """Number the bus's messages for `updates`; runs as long as the box does."""
        with self.bus.subscribe(Message) as mailbox:
            async for message in mailbox:
                self._hold(message)
                self._news.set()
                self._news = asyncio.Event()

    def _hold(self, message: Message) -> None:
        # Only the newest of each state is held: a chatty mount must not push the log out.
        update = Update(self._next_id, encode(message), self.now(), isinstance(message, State))
        if isinstance(message, State):
            self._lasting[type(message), message.source] = update
        else:
            if len(self._happened) == HELD:
                self._forgotten = self._happened[0].id
            self._happened.append(update)
        self._next_id += 1

    @property
    def newest(self) -> int:
        """The id of the newest update, 0 before the first."""
        return self._next_id - 1

    def lasting(self) -> list[Update]:
        """The newest update of each state: what is true, and since when it has been so."""
        return list(self._lasting.values())

    def happened(self, most: int) -> list[Update]:
        """The newest events, at most so many, oldest first."""
        return list(self._happened)[-most:] if most > 0 else []

    def too_far_behind(self, after: int) -> bool:
        """Whether events since this id are no longer held: such a reader begins anew."""
        return after < self._forgotten

    async def updates(self, after: int, within: float = 20.0) -> list[Update]:
        """Updates with a greater id, at once if there are any, else the first within so many seconds.

        A reader that is too far behind gets what is still held; `after` beyond the newest (the
        box has restarted) gets everything held.
        """
        after = 0 if after >= self._next_id else after
        if after == self._next_id - 1:
            try:
                async with asyncio.timeout(within):
                    await self._news.wait()
            except TimeoutError:
                return []
        events = takewhile(lambda update: update.id > after, reversed(self._happened))
        states = (update for update in self._lasting.values() if update.id > after)
        return sorted([*states, *events], key=lambda update: update.id)

    async def news(self, after: int, within: float, gather: float) -> list[Update]:
        """As `updates`; then `gather` seconds more, so that a chatty state is told once for all of them."""
        if not await self.updates(after, within):
            return []
        await asyncio.sleep(gather)
        return await self.updates(after, 0.0)
