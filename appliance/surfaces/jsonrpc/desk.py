"""What the methods work with: the box's api, its rig to be read, and what CCDciel keeps in its window."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from appliance.api import Api
from appliance.bus import Said, State
from appliance.byhand.messages import HandState
from appliance.errors import DeviceError, NightboxError
from appliance.observer import Observer
from appliance.profile import Profile
from appliance.rig import Rig
from appliance.sequence.messages import SequenceState, SubSaved
from appliance.sky.catalogue import Target
from appliance.surfaces.jsonrpc.protocol import Method
from appliance.surfaces.jsonrpc.values import OK, failed, unavailable

R = TypeVar("R")
S = TypeVar("S", bound=State)
KEPT_LINES = 30
READ_SECONDS = 5.0


@dataclass(slots=True)
class Settings:
    """What CCDciel's window holds and scripts set; gain and offset None, no settling (pixels, seconds,
    timeout): the profile's.
    """

    preview_seconds: float = 1.0
    preview_binning: int = 1
    capture_seconds: float = 1.0
    capture_binning: int = 1
    capture_target: str = ""
    capture_count: int = 1
    capture_kind: str = "Light"
    capture_dither: int = 0
    gain: int | None = None
    offset: int | None = None
    focus_seconds: float | None = None
    settling: tuple[float, ...] = ()


@dataclass(slots=True)
class Goto:
    """The last ASTROMETRY_GOTO: does it run, did it arrive?"""

    running: bool = False
    arrived: bool = False


@dataclass(slots=True, eq=False)
class Desk:
    """One per box. `targets` are those of the plan, `plan` its name; `lines` the newest of the log."""

    api: Api
    rig: Rig
    profile: Profile
    observer: Observer
    images: Path
    targets: Callable[[], tuple[Target, ...]]
    plan: Callable[[], str]
    settings: Settings = field(default_factory=Settings)
    goto: Goto = field(default_factory=Goto)
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT_LINES))
    last_file: str = ""
    keywords: dict[str, str] = field(default_factory=dict)
    tasks: set["asyncio.Task[object]"] = field(default_factory=set)

    async def listen(self) -> None:
        """Keep the log and the newest file; runs as long as the surface does."""
        with self.api.bus.subscribe(Said, SubSaved, HandState, depth=1024) as mailbox:
            async for message in mailbox:
                if isinstance(message, Said):
                    self.lines.append(f"{self.observer.now().astimezone():%H:%M:%S}:{message.text}")
                elif isinstance(message, SubSaved):
                    self.last_file = str(self.images / message.file)
                elif isinstance(message, HandState) and message.file:
                    self.last_file = message.file

    def state(self, kind: type[S]) -> S | None:
        """The newest of its kind, None before the first."""
        return next((state for state in self.api.bus.states() if isinstance(state, kind)), None)

    @property
    def hand(self) -> HandState:
        return self.state(HandState) or HandState(source="hand")

    @property
    def sequence(self) -> SequenceState:
        return self.state(SequenceState) or SequenceState(source="sequence", phase="idle")

    @property
    def runs(self) -> bool:
        """Does the sequence run, in any way?"""
        return self.sequence.phase in {"starting", "running", "waiting", "paused", "stopping"}

    def connected(self, *kinds: str) -> bool:
        """Does the profile have these, and are they open now?"""
        return set(kinds) <= self.rig.kinds and not self.rig.away(kinds)

    async def read(self, question: Callable[[], Awaitable[R]]) -> R:
        """Ask a device now; RpcError when it does not answer. `question` may raise on its way, too."""
        try:
            async with asyncio.timeout(READ_SECONDS):
                return await question()
        except DeviceError as away:
            raise unavailable(away.sentence) from away
        except TimeoutError as silent:
            raise unavailable("the device does not answer") from silent

    async def do(self, command: str, **arguments: object) -> dict[str, str]:
        """One of the api's commands, as a result that scripts understand."""
        try:
            await self.api.call(command, arguments)
        except NightboxError as refusal:
            return failed(refusal.sentence)
        return OK

    def later(self, work: Awaitable[object]) -> None:
        """For what goes on after the answer; its errors are in the log already."""
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def close(self) -> None:
        """The box ends, and with it all that goes on."""
        for task in list(self.tasks):
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


Table = Callable[[Desk], list[Method]]
