"""Making the rig safe, from whatever is found: park, close the roof, believe neither without a look."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from appliance.bus import Publish, Said
from appliance.errors import DeviceError, DeviceLost, DeviceMissing, Interlocked, NightboxError
from appliance.pointing.park import park
from appliance.rig import Rig
from hardware.devices import Mount, Roof, RoofState

R = TypeVar("R")
Tell = Callable[[str], None]
SOURCE = "safety"
ANSWER_SECONDS = 10.0  # for a question
STOP_SECONDS = 20.0  # for a roof that moves, until it stands
BRING_SECONDS = 60.0  # to open a device again
SWITCH_SECONDS = 10.0  # the park sensor may follow the mount's word a moment later
POLL = 1.0


@dataclass(frozen=True, slots=True)
class Making:
    """What makes a rig safe. `tell` hears what is being waited for, in words that fit after "because".

    `close` is how this rig's roof is closed once the mount had its chance to park. `in_use`: was the mount
    there, in this life of the box or when the last one died?
    """

    rig: Rig
    publish: Publish
    tell: Tell
    has_roof: bool
    clears_telescope: bool
    in_use: Callable[[], bool]
    park_seconds: float
    roof_seconds: float
    close: Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Made:
    """What one attempt came to, in plain words; both are empty when all is well.

    `danger` is what still endangers the telescope, `left` what else could not be done.
    """

    danger: str = ""
    left: str = ""


async def make_safe(making: Making) -> Made:
    """One attempt at everything: the mount is parked and stands; the roof, where there is one, is closed.

    One is tried though the other failed: a mount that does not answer may be seen parked by its switch.
    Under a closed roof a mount that is not even there is no danger; where there is no roof it is one that
    has gone away, and none that never came.
    """
    if not making.has_roof:
        return await _park_only(making)
    if making.clears_telescope:
        closing = await _close_attempt(making)
        return Made(closing, await _park_attempt(making))
    parking = await _park_attempt(making)
    closing = await _close_attempt(making)
    return Made("; ".join(filter(None, (parking, closing)))) if closing else Made(left=parking)


async def _park_only(making: Making) -> Made:
    try:
        await bring(making.rig, "mount")
    except DeviceMissing as missing:
        why = missing.sentence.rstrip(".")
        return Made(danger=why) if making.in_use() else Made(left=why)
    except DeviceError:
        pass  # it was there: the attempt says what is the matter
    return Made(await _park_attempt(making))


async def _park_attempt(making: Making) -> str:
    parking = park_now(making.rig, making.publish, making.park_seconds)
    return await _attempt(making, "the mount is not parked yet", parking, making.park_seconds)


async def _close_attempt(making: Making) -> str:
    return await _attempt(making, "the roof is not closed yet", making.close(), making.roof_seconds)


async def _attempt(making: Making, waiting: str, step: Awaitable[None], within: float) -> str:
    """What failed, "" for nothing."""
    making.tell(waiting)
    try:
        async with asyncio.timeout(within):
            await step
    except NightboxError as failure:
        return failure.sentence.rstrip(".")
    except TimeoutError:
        return f"{waiting}, after {within:g} s"
    return ""


async def park_now(rig: Rig, publish: Publish, within: float) -> None:
    """Park, whatever has been lost meanwhile; DeviceError when it does not, and then it tracks no more."""
    await bring(rig, "mount")
    mount = rig.mount
    await _answer(mount.name, mount.status())
    try:
        await park(mount, publish, within)
    except DeviceLost:
        raise
    except DeviceError:
        await _stop_tracking(mount)
        raise


async def _stop_tracking(mount: Mount) -> None:
    """If it cannot be parked, it must at least not track on into something."""
    await _answer(mount.name, mount.track(False))


async def close_roof_now(rig: Rig, publish: Publish, tell: Tell) -> None:
    """Close and look; Interlocked when the telescope is not seen out of the way in good time."""
    await asyncio.gather(bring(rig, "roof"), _bring_sensor(rig, tell))
    roof = rig.roof
    if roof is None or (state := await _answer(roof.name, roof.state())) is RoofState.CLOSED:
        return
    await stopped_first(roof, state, publish)
    publish(Said(source=SOURCE, text="Closing the roof."))
    await _when_clear(roof.close)
    if (state := await _answer(roof.name, roof.state())) is not RoofState.CLOSED:
        raise DeviceError(roof.name, f"it was told to close and is {_words(state)}", advice=LOOK)
    publish(Said(source=SOURCE, text="The roof is closed."))


async def is_closed(rig: Rig) -> bool:
    """Is the roof seen closed now? DeviceError when it does not say; one that there is not is closed."""
    await bring(rig, "roof")
    return rig.roof is None or await _answer(rig.roof.name, rig.roof.state()) is RoofState.CLOSED


async def open_roof_now(rig: Rig, publish: Publish) -> None:
    """Open and look; Interlocked as for `close_roof_now`, and whenever a rule forbids an open roof."""
    await asyncio.gather(bring(rig, "roof"), _bring_sensor(rig, _nothing_told))
    roof = rig.roof
    if roof is None or (state := await _answer(roof.name, roof.state())) is RoofState.OPEN:
        return
    await stopped_first(roof, state, publish)
    publish(Said(source=SOURCE, text="Opening the roof."))
    await roof.open()
    if (state := await _answer(roof.name, roof.state())) is not RoofState.OPEN:
        raise DeviceError(roof.name, f"it was told to open and is {_words(state)}", advice=LOOK)
    publish(Said(source=SOURCE, text="The roof is open."))


async def stopped_first(roof: Roof, state: RoofState, publish: Publish) -> None:
    """A roof that moves, by its own remote control or a controller that died, is not turned round."""
    if state is RoofState.MOVING:
        publish(Said(source=SOURCE, text="The roof moves already: it is stopped first.", level="warning"))
        await _answer(roof.name, roof.stop(), STOP_SECONDS)


async def _when_clear(move: Callable[[], Awaitable[None]]) -> None:
    """Move it; the park sensor may take SWITCH_SECONDS to see what the mount says, then Interlocked."""
    clock = asyncio.get_running_loop().time
    ends = clock() + SWITCH_SECONDS
    while True:
        try:
            return await move()
        except Interlocked:
            if clock() >= ends:
                raise
        await asyncio.sleep(POLL)


async def _answer(device: str, question: Awaitable[R], within: float = ANSWER_SECONDS) -> R:
    try:
        async with asyncio.timeout(within):
            return await question
    except TimeoutError as silent:
        raise DeviceError(device, "it does not answer") from silent


async def bring(rig: Rig, kind: str) -> None:
    """Open it if it is away; DeviceError when it cannot be reached in time."""
    try:
        async with asyncio.timeout(BRING_SECONDS):
            await rig.bring(kind, eager=True)
    except TimeoutError as late:
        raise DeviceError(kind, f"it could not be reached within {BRING_SECONDS:g} s") from late


async def _bring_sensor(rig: Rig, tell: Tell) -> None:
    """One that stays away is no reason not to ask: the interlock refuses, and says why."""
    try:
        await bring(rig, "park sensor")
    except DeviceError as away:
        tell(away.sentence.rstrip("."))


def _nothing_told(_: str) -> None:
    """Nobody waits for these words."""


def _words(state: RoofState) -> str:
    return "half-way" if state is RoofState.UNKNOWN else state.value


LOOK = "Look at the roof, and close it by hand if need be."
