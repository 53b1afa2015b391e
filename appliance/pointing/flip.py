"""The meridian flip of a German mount: when it is due, and turning to the other side of the pier."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from appliance.bus import Publish, Said
from appliance.errors import DeviceRefused, DeviceUnsupported, FlipFailed, SolveFailed
from appliance.pointing.pier import Pier, minutes_past, natural_side, other, turned
from appliance.solve.solution import Solution
from hardware.devices import J2000, Mount, PierSide

SOURCE = "flip"
SHORTEST_PAUSE, LONGEST_PAUSE = 30.0, 300.0  # seconds between the two tries
# Of a turn to the other side: no mount is faster, and none takes longer that comes to an end.
FASTEST_TURN_SECONDS, SLOWEST_TURN_SECONDS = 3.0, 300.0
UNCERTAIN_MINUTES = 3.0  # a slew lasts one, a pointing error of 20' is more than another


@dataclass(frozen=True, slots=True)
class FlipSettings:
    """Minutes past the meridian: `after` is the earliest for a flip, `latest` the end of all tracking.

    `enabled` False: a mount that need not flip, such as a fork. `abort`: the target ends instead of a flip.
    """

    enabled: bool = True
    after_minutes: float = 5.0
    latest_minutes: float = 20.0
    abort: bool = False


@dataclass(frozen=True, slots=True)
class Turning:
    """What a flip works with. `hour_angle` gives the target's apparent one now (degrees); `look` exposes
    and solves.
    """

    mount: Mount
    target: J2000
    hour_angle: Callable[[], float]
    look: Callable[[], Awaitable[Solution]]


def wait_before_flip(past_minutes: float, work_minutes: float, settings: FlipSettings) -> float | None:
    """Minutes until the flip must be made, 0: now; None when the work ends before `latest` without one.

    `past_minutes` past the meridian of the telescope's side, negative before it.
    """
    if not settings.enabled:
        return None
    if past_minutes >= settings.after_minutes:
        return 0.0
    if past_minutes + work_minutes <= settings.latest_minutes:
        return None
    return settings.after_minutes - past_minutes


def wait_before_slew(hour_angle_deg: float, work_minutes: float, settings: FlipSettings) -> float:
    """Minutes to wait before a slew to a target, so that it needs no flip soon after.

    Around the meridian it is not certain on which side a mount arrives: then until `after`, and the slew's
    own length and the mount's error of pointing past it.
    """
    natural = natural_side(hour_angle_deg)
    certain = max(settings.after_minutes, UNCERTAIN_MINUTES)
    crossed = max((minutes_past(hour_angle_deg, side) for side in PierSide), key=lambda past: -abs(past))
    if settings.enabled and -UNCERTAIN_MINUTES < crossed < certain:
        return certain - crossed
    return wait_before_flip(minutes_past(hour_angle_deg, natural), work_minutes, settings) or 0.0


async def flip(turning: Turning, pier: Pier, settings: FlipSettings, publish: Publish) -> None:
    """Turn a German mount round, by setting its side where it can be set and slewing to the target again, and
    prove that it did; `pier` follows. The second try is a slew alone.

    The proof is a camera turned by 180°; without a solved frame of before the mount's own pier side;
    where it tells none, that it arrived after a time in which a mount can turn. One more try a little later,
    then FlipFailed: the mount has been told to stop tracking. SolveFailed when the sky shows nothing:
    whatever the mount says, it counts as not turned until it has been seen, and does not track on past the
    limit.
    """
    old = pier.side or other(natural_side(turning.hour_angle()))
    for tries_left in (1, 0):
        pier.side = other(old)  # where it is going; the watch over the limit must let it arrive
        try:
            flipped = await _turn(turning, pier, by_setter=tries_left == 1)
        except BaseException as failure:
            pier.side = old
            if isinstance(failure, SolveFailed) and _past(turning, old) >= settings.latest_minutes:
                await turning.mount.track(False)
            raise
        if flipped:
            return
        pier.side = old
        if tries_left:
            await _pause(turning, old, settings, publish)
    await turning.mount.track(False)
    raise FlipFailed(f"{turning.mount.name} did not turn to the other side of the pier, asked twice.")


async def _turn(turning: Turning, pier: Pier, *, by_setter: bool) -> bool:
    mount, told_before, proof = turning.mount, pier.told, pier.proof
    clock = asyncio.get_running_loop().time
    began = clock()
    try:
        async with asyncio.timeout(SLOWEST_TURN_SECONDS):
            if by_setter:
                await _set_side(mount, pier)
            await mount.slew(turning.target)
    except (DeviceRefused, TimeoutError):
        return False
    took = clock() - began
    told = (await mount.status()).pier_side
    says_turned = None if told is None or told_before is None else told is not told_before
    angle = (await turning.look()).rotation_deg
    differs = turned(proof[0], angle) if proof else None
    if proof is None or differs is None:
        is_turned = took >= FASTEST_TURN_SECONDS if says_turned is None else says_turned
    else:  # the frame of before may be another target's, of either side
        is_turned = differs is (proof[1] is not pier.side)
    if is_turned:
        assert pier.side is not None
        pier.told, pier.proof = told, (angle, pier.side)
    return is_turned


async def _set_side(mount: Mount, pier: Pier) -> None:
    """One that refuses is turned by the slew, as one that cannot."""
    if mount.side_setter is not None and pier.side is not None:
        with suppress(DeviceRefused, DeviceUnsupported):
            await mount.side_setter.turn_to(pier.side)


def _past(turning: Turning, side: PierSide) -> float:
    return minutes_past(turning.hour_angle(), side)


async def _pause(turning: Turning, old: PierSide, settings: FlipSettings, publish: Publish) -> None:
    """Half of the time that is left; none left: a moment, standing still."""
    left = (settings.latest_minutes - _past(turning, old)) * 60
    pause = min(max(left / 2, SHORTEST_PAUSE), LONGEST_PAUSE)
    if left < pause:
        await turning.mount.track(False)
    publish(
        Said(
            source=SOURCE, level="warning",
            text=f"{turning.mount.name} did not turn round; trying once more in {pause:.0f} s.",
        )
    )  # fmt: skip
    await asyncio.sleep(pause)
