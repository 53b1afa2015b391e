"""Whoever moves the mount has the guider let go of its star first: a wrapper of the opener sees to it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

from appliance.bus import Publish, Said
from appliance.errors import DeviceError
from appliance.rig import Opener
from hardware.devices import (
    J2000,
    AxisMotion,
    DeviceSpec,
    Direction,
    Guider,
    GuideState,
    Mount,
    PierSide,
    SideSetter,
)
from hardware.passing import PassingMount

SOURCE = "guiding"
NOT_STOPPED = "guide.not_stopped"
STOP_SECONDS = 10.0  # a guider that hangs must not keep the telescope where it is
LOOK = "Look at PHD2; the mount is moved all the same."


async def let_go(guider: Guider, publish: Publish, within: float = STOP_SECONDS) -> None:
    """Stop it if it does anything; what is wrong with it is said, and never leaves."""
    try:
        async with asyncio.timeout(within):
            if (await guider.status()).state is not GuideState.STOPPED:
                await guider.stop()
    except (DeviceError, TimeoutError) as failure:
        why = failure.sentence if isinstance(failure, DeviceError) else f"no word of it for {within:g} s"
        text = f"{guider.name} may guide on: {why.rstrip('.')}."
        publish(Said(source=SOURCE, text=text, level="warning", code=NOT_STOPPED, advice=LOOK))


class LettingGoMount(PassingMount):
    """Satisfies Mount; `halt` stops the guider, in a bounded time, and raises nothing.

    Before a slew, because a pulse on the way would be in it; beside parking and the end of tracking, which
    wait for nobody.
    """

    def __init__(self, mount: Mount, halt: Callable[[], Awaitable[None]]) -> None:
        super().__init__(mount)
        self._halt = halt

    @property
    def side_setter(self) -> "LettingGoSideSetter | None":
        setter = self._mount.side_setter
        return None if setter is None else LettingGoSideSetter(setter, self._halt)

    @property
    def motion(self) -> "LettingGoMotion | None":
        motion = self._mount.motion
        return None if motion is None else LettingGoMotion(motion, self._halt)

    async def slew(self, target: J2000) -> None:
        await self._halt()
        await self._mount.slew(target)

    async def track(self, on: bool) -> None:
        if on:
            await self._mount.track(on)
        else:
            await self._beside(self._mount.track(on))

    async def park(self) -> None:
        await self._beside(self._mount.park())

    async def _beside(self, command: Awaitable[None]) -> None:
        halting = asyncio.ensure_future(self._halt())
        try:
            await command
            await asyncio.wait({halting})
        finally:
            if not halting.done():
                halting.cancel()
                await asyncio.wait({halting})


class LettingGoSideSetter:
    """Satisfies SideSetter: to turn to the other side of the pier is a slew."""

    def __init__(self, setter: SideSetter, halt: Callable[[], Awaitable[None]]) -> None:
        self._setter, self._halt = setter, halt

    async def turn_to(self, side: PierSide) -> None:
        await self._halt()
        await self._setter.turn_to(side)


class LettingGoMotion:
    """Satisfies AxisMotion: a pulse on the way would be in it, as in a slew."""

    def __init__(self, motion: AxisMotion, halt: Callable[[], Awaitable[None]]) -> None:
        self._motion, self._halt = motion, halt

    @property
    def rates(self) -> tuple[str, ...]:
        return self._motion.rates

    async def move(self, direction: Direction, rate: int) -> None:
        await self._halt()
        await self._motion.move(direction, rate)


class LettingGoOpener:
    """An Opener whose mount knows the guider that was opened last; everything else is passed on."""

    def __init__(self, opener: Opener, publish: Publish) -> None:
        self._opener, self._publish = opener, publish
        self._guider: Guider | None = None

    def __getattr__(self, kind: str) -> Any:
        return getattr(self._opener, kind)

    async def guider(self, spec: DeviceSpec) -> Guider:
        self._guider = await self._opener.guider(spec)
        return self._guider

    async def mount(self, spec: DeviceSpec) -> Mount:
        return LettingGoMount(await self._opener.mount(spec), self._halt)

    async def _halt(self) -> None:
        if self._guider is not None and not self._guider.lost:
            await let_go(self._guider, self._publish)


def letting_go(opener: Opener, publish: Publish) -> Opener:
    """The same devices; no slew and no parking while the guider sends pulses."""
    return cast(Opener, LettingGoOpener(opener, publish))
