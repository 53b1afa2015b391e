"""The passthrough at work: the shadow of the server, the clients, our own devices, and what ends a lease."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from appliance.bus import Bus, Said, State
from appliance.leases import Lease, Leases
from appliance.profile import PassthroughSection
from appliance.rig import Rig
from appliance.safety.gatekeeper import Gatekeeper
from appliance.surfaces.indi_browser.browser import Browser
from appliance.surfaces.indi_passthrough.client import Common, Upstream
from appliance.surfaces.indi_passthrough.guard import Used
from appliance.surfaces.indi_passthrough.judge import Judge
from appliance.surfaces.indi_passthrough.movement import SOURCE, Movements
from appliance.surfaces.indi_passthrough.own import house
from appliance.surfaces.indi_passthrough.own.devices import Doer, Key, OwnDevices
from appliance.surfaces.indi_passthrough.own.vector import Vector
from appliance.surfaces.indi_passthrough.service import PortTaken, Service, listening
from appliance.surfaces.indi_passthrough.shadow import Shadow
from appliance.surfaces.indi_passthrough.socket_wire import Closed
from appliance.surfaces.indi_passthrough.undone import stops_of
from hardware.indi_wire import Element, encode, message

AGAIN_SECONDS = 30.0
SETTLE_SECONDS = 0.05  # several states that change together are shown once
MEASURE_SECONDS = 10.0
SNOOPED = (house.ROOF, house.SAFETY)
SNOOPED_SECONDS = 30.0


async def _nothing() -> None:
    """Nothing more is known of the surroundings."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the passthrough needs of the box. `upstream` None: there is no INDI server, only our own devices.

    `vectors` makes our own devices from what is true, `doers` carry out what is asked of them; `measure`
    refreshes what is only asked while somebody looks. `browser` is the page's own client: with it alone,
    where `section` is not enabled, nothing listens, and nothing runs before somebody has looked.
    """

    section: PassthroughSection
    upstream: Upstream | None
    bus: Bus
    leases: Leases
    gate: Gatekeeper
    rig: Rig
    used: Used
    vectors: Callable[[Iterable[State]], Iterable[Vector]]
    doers: Mapping[Key, Doer] = field(default_factory=dict)
    measure: Callable[[], Awaitable[None]] = _nothing
    browser: Browser | None = None


async def run_passthrough(wiring: Wiring) -> None:
    """For as long as the box lives."""
    enabled, browser = wiring.section.enabled, wiring.browser
    if not enabled and browser is not None:
        await browser.looked_at.wait()
    upstream = wiring.upstream
    shadow = Shadow(upstream.host, upstream.port) if upstream else Shadow("", 0)
    movements = Movements(wiring.gate, wiring.rig, shadow, wiring.bus.publish)
    own = OwnDevices(wiring.doers)
    judge = Judge(wiring.used, wiring.leases, movements, shadow)
    work = _Work(wiring, shadow, own)
    service = Service(Common(judge, own, upstream), wiring.leases, work.send)
    work.service = service
    wiring.leases.taken.append(work.lease_ends)
    own.changed.append(work.feed)
    shadow.came.append(work.feed_all)
    try:
        async with asyncio.TaskGroup() as group:
            if upstream is not None:
                group.create_task(shadow.run())
            group.create_task(work.send_out())
            if browser is not None:
                group.create_task(browser.serve(service.let_in))
            if enabled:
                group.create_task(work.show_own())
                group.create_task(work.measure())
                group.create_task(work.feed_again())
                group.create_task(_listen(wiring, service))
    finally:
        wiring.leases.taken.remove(work.lease_ends)
        await movements.close()
        await own.close()


async def _listen(wiring: Wiring, service: Service) -> None:
    """A port that is taken is said once, and tried again."""
    section, told = wiring.section, False
    while True:
        try:
            listener = listening(section.host, section.port)
        except PortTaken as taken:
            if not told:
                wiring.bus.publish(
                    Said(
                        source=SOURCE,
                        level="warning",
                        text=taken.sentence,
                        code=taken.code,
                        advice=taken.advice,
                    )
                )
            told = True
            await asyncio.sleep(AGAIN_SECONDS)
            continue
        with listener:
            told = False
            await service.serve(listener)


class _Work:
    """What goes on beside the clients."""

    service: Service

    def __init__(self, wiring: Wiring, shadow: Shadow, own: OwnDevices) -> None:
        self._wiring, self._shadow, self._own = wiring, shadow, own
        self._out: asyncio.Queue[Element] = asyncio.Queue(maxsize=256)

    async def show_own(self) -> None:
        """Our own devices, made anew from whatever changes."""
        bus = self._wiring.bus
        with bus.subscribe(State) as mailbox:
            async for _ in mailbox:
                self._own.show(self._wiring.vectors(bus.states()))
                await asyncio.sleep(SETTLE_SECONDS)

    async def measure(self) -> None:
        """While somebody looks."""
        while True:
            if self._own.watched:
                await self._wiring.measure()
                self._own.show(self._wiring.vectors(self._wiring.bus.states()))
            await asyncio.sleep(MEASURE_SECONDS)

    def lease_ends(self, lease: Lease, why: str) -> None:
        """The client is told, and what it had begun on the device is ended."""
        words = f"{lease.device} was taken back by Nightbox: {why}."
        self.service.say_to(lease.client, encode(message(lease.device, words)))
        self.send(stops_of(lease.device, self._shadow.find))

    def feed(self, vector: Vector) -> None:
        """Drivers that snoop our roof and our weather hear of them as of any driver's."""
        if self._shadow.up and vector.device in SNOOPED:
            self.send([vector.told()])

    def feed_all(self) -> None:
        """For a server that has come, and for a driver that has begun to look since the last change."""
        for device in SNOOPED:
            for vector in self._own.of(device):
                self.feed(vector)

    async def feed_again(self) -> None:
        while True:
            self.feed_all()
            await asyncio.sleep(SNOOPED_SECONDS)

    def send(self, elements: Iterable[Element]) -> None:
        """To the server, soon."""
        for element in elements:
            with suppress(asyncio.QueueFull):
                self._out.put_nowait(element)

    async def send_out(self) -> None:
        """What the server is told by ourselves; what it misses while it is away is of no use later."""
        while True:
            element = await self._out.get()
            with suppress(Closed):
                await self._shadow.send(element)
