"""Leaving the rig safe: parked, and warm."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

from appliance.errors import DeviceError, DeviceLost, NightboxError
from appliance.pointing.park import park
from appliance.sequence.cooling import warm
from appliance.sequence.night import Night
from appliance.sequence.settings import cooling_settings

TRIES = 2  # each waits for the rig as long as `Rig.reopen` does


async def finish(night: Night) -> None:
    """Park and warm as the plan says; one is tried though the other failed, the first failure leaves."""
    failures: list[NightboxError] = []
    if night.plan.park_at_end:
        await _attempt(night, _park, failures)
    if night.plan.warm_at_end and night.plan.cool:
        await _attempt(night, _warm, failures)
    if failures:
        raise failures[0]


async def _attempt(
    night: Night, action: Callable[[Night], Awaitable[None]], failures: list[NightboxError]
) -> None:
    """Through a device's loss and return, a bounded number of times."""
    for tries_left in reversed(range(TRIES)):
        try:
            await action(night)
        except DeviceLost as lost:
            if not tries_left:
                failures.append(lost)
                return
            night.say(lost.sentence, "warning", lost.code, lost.advice)
            await _reopened(night)
        except NightboxError as failure:
            failures.append(failure)
            return
        else:
            return


async def _reopened(night: Night) -> None:
    """Wait for the rig; something else may stay away, so the action itself must show what is missing."""
    with suppress(DeviceError):
        await night.rig.reopen()


async def _park(night: Night) -> None:
    async with night.span("Park the mount"):
        await park(night.rig.mount, night.publish)


async def _warm(night: Night) -> None:
    if night.profile.camera.celsius is None or night.rig.camera.cooler is None:
        return
    async with night.span("Warm the camera"):
        await warm(night.rig.camera, night.publish, cooling_settings(night.profile))
