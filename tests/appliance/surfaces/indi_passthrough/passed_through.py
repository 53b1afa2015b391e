"""A passthrough in front of a real indiserver, with a box around it that does as the test says."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from appliance.bus import Bus, Message, Said, State
from appliance.leases import House, Leases, Owner
from appliance.profile import PassthroughSection, Profile
from appliance.rig import Opener, Rig
from appliance.safety.gatekeeper import Gatekeeper
from appliance.safety.guarded import guarded
from appliance.safety.interlock import Verdict
from appliance.sequence.beside import beside
from appliance.surfaces.indi_passthrough.client import Upstream
from appliance.surfaces.indi_passthrough.guard import Used
from appliance.surfaces.indi_passthrough.run import Wiring, run_passthrough
from hardware.indi.opener import IndiOpener
from hardware.indi.server import OwnedServer
from hardware.indi_wire import Element, ElementScanner, Member, encode, get_properties, parse_element
from tests.appliance.sequence.night_rig import PROFILE
from tests.indi_rig import settings, utc_clock

CLEARS = "I declare that the roof clears the telescope in any position"
RIG: dict[str, Any] = {
    **PROFILE,
    "camera": {"name": "CCD Simulator"},
    "mount": {"name": "Telescope Simulator"},
    "roof": {"name": "Dome Simulator", "clears_telescope": CLEARS},
    "weather": {"name": "Weather Simulator"},
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Passed:
    """The passthrough's `port`, the server's `direct` one; what the box does with its devices is `works`."""

    port: int
    direct: int
    bus: Bus
    server: OwnedServer
    leases: Leases
    gate: Gatekeeper
    works: dict[str, Owner]
    guards: dict[str, Owner]
    verdict: list[Verdict]
    said: list[Said] = field(default_factory=list)

    async def bus_news(self) -> None:
        """Something of the box has changed: its own devices are made anew."""
        self.bus.publish(State(source="test"))
        await asyncio.sleep(0.3)

    async def run(self, *command: str, within: float = 20.0, port: int = 0) -> str:
        """A real program against the passthrough: what it printed, on both ways."""
        script = 2 if command[1].endswith(".py") else 1
        one = await asyncio.create_subprocess_exec(
            *command[:script], "-p", str(port or self.port), *command[script:],
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        async with asyncio.timeout(within):
            printed, _ = await one.communicate()
        return printed.decode("utf-8", "replace")


@asynccontextmanager
async def passed_through(folder: Path, *simulators: str, **wiring: Any) -> AsyncIterator[Passed]:
    """With the box's own connection to the server, as at night."""
    profile = Profile.model_validate(RIG)
    async with AsyncExitStack() as stack:
        given = settings(folder, *simulators)
        verdict, works, guards = [Verdict.SAFE], dict[str, Owner](), dict[str, Owner]()
        server = await stack.enter_async_context(OwnedServer(given).running())
        outside = type(given)(given.socket, given.port)
        opener = await stack.enter_async_context(IndiOpener.start(outside, utc_clock()))
        bus, said = Bus(), list[Said]()
        gate = Gatekeeper(profile, lambda: verdict[0], bus.publish)
        rig = Rig(profile, guarded(cast(Opener, opener), gate), bus.publish)
        devices = (("camera", "CCD Simulator"), ("mount", "Telescope Simulator"), ("roof", "Dome Simulator"))
        leases = Leases(House(devices, guards.get, works.get), bus.publish)
        kinds = {name: frozenset({kind}) for kind, name in devices}
        port = free_port()
        section = wiring.pop("section", PassthroughSection(enabled=True, port=port))
        wired = Wiring(
            section=section, upstream=Upstream("127.0.0.1", given.port),
            bus=bus, leases=leases, gate=gate, rig=rig,
            used=Used(kinds, roof="Dome Simulator", clears=True), **{"vectors": lambda _: (), **wiring},
        )  # fmt: skip
        await stack.enter_async_context(beside(_note(bus, said)))
        await stack.enter_async_context(beside(run_passthrough(wired)))
        if section.enabled:
            await listens(port)
        yield Passed(port, given.port, bus, server, leases, gate, works, guards, verdict, said)


async def listens(port: int) -> None:
    """Wait until somebody does there."""
    async with asyncio.timeout(10):
        while True:
            with suppress(ConnectionRefusedError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.02)


async def _note(bus: Bus, said: list[Said]) -> None:
    with bus.subscribe(Message) as mailbox:
        async for message in mailbox:
            said += [message] if isinstance(message, Said) else []


@dataclass
class Talker:
    """A bare client: what it hears, as elements; frames only as their start tag's."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    heard: list[Element] = field(default_factory=list)
    scanner: ElementScanner = field(default_factory=lambda: ElementScanner(longest=1 << 24))

    @classmethod
    @asynccontextmanager
    async def on(cls, port: int, host: str = "127.0.0.1") -> AsyncIterator["Talker"]:
        """`host` is where it comes from: each is a client of its own."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(host, 0))
        try:
            yield cls(reader, writer)
        finally:
            writer.close()

    async def say(self, *elements: Element) -> None:
        self.writer.writelines(map(encode, elements))
        await self.writer.drain()

    async def introduce(self, *devices: str, within: float = 20.0) -> None:
        """Ask for everything, and wait for these devices; what was heard can still be looked at."""
        await self.say(get_properties())
        async with asyncio.timeout(within):
            while not set(devices) <= {one.device for one in self.heard}:
                await self._hear()

    async def until(self, fits: Any, within: float = 20.0) -> Element:
        """The next element that fits, of what has not been looked at yet."""
        async with asyncio.timeout(within):
            while True:
                while self.heard:
                    one = self.heard.pop(0)
                    if fits(one):
                        return one
                await self._hear()

    async def _hear(self) -> None:
        data = await self.reader.read(1 << 16)
        assert data, "the passthrough has ended the connection"
        self.heard += [parse_element(piece.raw) for piece in self.scanner.feed(data) if piece.tag]

    async def vector(self, device: str, name: str, verb: str = "set", within: float = 20.0) -> Element:
        return await self.until(
            lambda one: (one.device, one.name) == (device, name) and one.tag.startswith(verb), within
        )

    async def quiet(self, seconds: float = 0.3) -> list[Element]:
        """Whatever comes within so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    await self._hear()
        heard, self.heard = self.heard, []
        return heard


def switch(device: str, name: str, **members: str) -> Element:
    return new("Switch", device, name, members)


def numbers(device: str, name: str, **members: float) -> Element:
    return new("Number", device, name, {key: f"{value:g}" for key, value in members.items()})


def new(kind: str, device: str, name: str, members: dict[str, str]) -> Element:
    return Element(
        f"new{kind}Vector", {"device": device, "name": name},
        tuple(Member(f"one{kind}", key, text) for key, text in members.items()),
    )  # fmt: skip


def state(element: Element) -> str:
    return element.attributes.get("state", "")


def values(element: Element) -> dict[str, str]:
    return dict(element.values())


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "HOME": str(home)}


def names(elements: Iterable[Element]) -> set[tuple[str, str, str]]:
    return {(one.tag, one.device, one.name) for one in elements}
