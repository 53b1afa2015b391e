"""A movement that a client has asked for: allowed by the interlock first, and known to it while it lasts."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from appliance.bus import Publish, Said
from appliance.errors import DeviceError, NightboxError
from appliance.rig import Rig
from appliance.safety.gatekeeper import Gatekeeper
from appliance.safety.interlock import ROOF_MOVES, Command
from appliance.surfaces.indi_passthrough.shadow import Shadow
from appliance.surfaces.indi_passthrough.socket_wire import Closed
from hardware.indi_wire import Element, Member

SOURCE = "passthrough"
BEGINS_SECONDS = 3.0  # a driver that has not said Busy by then has nothing to move
LONGEST_SECONDS = 600.0  # no mount slews longer; a roof has its own limit
BRING_SECONDS = 5.0
BRING_AGAIN_SECONDS = 30.0  # what did not come is not waited for at each command
NEEDED = ("roof", "park sensor", "mount", "power")

Forward = Callable[[], Awaitable[None]]


class Movements:
    """All that clients have begun and that has not come to its end; one per passthrough."""

    def __init__(self, gate: Gatekeeper, rig: Rig, shadow: Shadow, publish: Publish) -> None:
        self._gate, self._rig, self._shadow, self._publish = gate, rig, shadow, publish
        self._tasks: set[asyncio.Task[None]] = set()
        self._brought: dict[str, float] = {}

    async def begin(self, device: str, name: str, command: Command, forward: Forward) -> None:
        """Forward it once the interlock allows it; Interlocked otherwise, Closed when the server has gone.

        The movement is watched on by itself, while the property `name` is Busy.
        """
        await self._bring()
        decided: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._begin(self._carried(_Asked(device, name, command, forward, decided)))
        await decided

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """The passthrough ends: what moves is not watched any more, a roof of its own is stopped."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def stop_roof(self) -> None:
        """As anybody's stop: nothing of the box's starts it again for a while. It is seen to beside."""
        self._begin(self._roof_stops())

    async def _roof_stops(self) -> None:
        try:
            await self._gate.stop_roof()
        except DeviceError as failure:
            self._say(failure)

    async def _bring(self) -> None:
        """The interlock can only ask what is open."""
        now = asyncio.get_running_loop().time()
        away = [kind for kind in NEEDED if self._rig.away({kind})]
        away = [
            kind
            for kind in away
            if now - self._brought.get(kind, -BRING_AGAIN_SECONDS) >= BRING_AGAIN_SECONDS
        ]
        self._brought |= dict.fromkeys(away, now)
        with suppress(TimeoutError):
            async with asyncio.timeout(BRING_SECONDS):
                brought = (self._rig.bring(kind, spare=True) for kind in away)
                await asyncio.gather(*brought, return_exceptions=True)

    async def _carried(self, asked: "_Asked") -> None:
        try:
            async with self._gate.allowing(asked.device, asked.command):
                if asked.command in ROOF_MOVES:
                    await self._gate.watched(asked.device, self._roof_moves(asked))
                else:
                    await self._moves(asked)
        except (NightboxError, Closed) as problem:
            if not asked.decided.done():
                asked.decided.set_exception(problem)
            elif isinstance(problem, NightboxError):
                self._say(problem)
        finally:
            asked.decided.cancel()

    async def _moves(self, asked: "_Asked") -> None:
        """Forward it, and wait until the driver says that it has ended."""
        await asked.forward()
        if not asked.decided.done():
            asked.decided.set_result(None)
        device, name = asked.device, asked.name
        if await self._shadow.until(device, name, lambda known: known.state == "Busy", BEGINS_SECONDS):
            await self._shadow.until(device, name, lambda known: known.state != "Busy", LONGEST_SECONDS)

    async def _roof_moves(self, asked: "_Asked") -> None:
        """The same; stopped when it is broken off, as the contract of every movement has it."""
        try:
            await self._moves(asked)
        except asyncio.CancelledError:
            with suppress(Closed):
                await self._shadow.send(abort_roof(asked.device))
            raise

    def _say(self, problem: NightboxError) -> None:
        self._publish(
            Said(
                source=SOURCE, level="error", text=problem.sentence, code=problem.code, advice=problem.advice
            )
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """One movement; `decided` is done once it has been forwarded, or was refused."""

    device: str
    name: str
    command: Command
    forward: Forward
    decided: "asyncio.Future[None]"


def abort_roof(device: str) -> Element:
    """Stop its motor."""
    attributes = {"device": device, "name": "DOME_ABORT_MOTION"}
    return Element("newSwitchVector", attributes, (Member("oneSwitch", "ABORT", "On"),))
