"""What a guarded box says and does besides: the guardian's report, INDI's own watchdog fed."""

import asyncio
import contextlib

from appliance.box.box import Box
from appliance.box.heartbeat import Heartbeat, Left
from appliance.bus import Said
from appliance.errors import DeviceError
from appliance.profile import Profile
from appliance.safety.messages import GuardianState
from hardware.devices import IndiGuard, IndiServer
from hardware.registry import Registry

SOURCE = "guardian"
BEHIND = 3  # INDI's watchdog acts after so many of the guardian's silences: the guardian knows more
FEEDS = 4  # within that time
AGAIN_SECONDS = 30.0


def say_what_is_left(left: Left, box: Box, *, watches: bool) -> None:
    """Whether a guardian watches; why it had to act while the controller was away, and what came of it."""
    did, silence = "; ".join(left.did) if left.acted else "", box.profile.guardian.silence_seconds
    box.bus.publish(GuardianState(source=SOURCE, watches=watches, silence_seconds=silence, did=did))
    if not left.acted:
        return
    ended = "The rig was made safe." if left.at_rest else "The rig was not safe when it was handed back."
    text = f"The guardian took over: {left.why}. {ended}"
    level = "warning" if left.at_rest else "error"
    box.bus.publish(Said(source=SOURCE, level=level, text=text, code="guardian.acted", advice=SEE_LOG))
    for deed in left.did:
        box.bus.publish(Said(source=SOURCE, text=deed))
    if left.alarm:
        box.bus.publish(
            Said(
                source=SOURCE, level="error", text=f"ALARM: {left.alarm}", code="guardian.alarm", advice=LOOK
            )
        )


async def feed_indi_watchdog(
    profile: Profile, registry: Registry, server: IndiServer, box: Box, heart: Heartbeat
) -> None:
    """Arm it once mount and roof are connected, and feed it while the box lives; disarmed at the end."""
    assert profile.roof
    seconds = profile.guardian.silence_seconds * BEHIND
    guard = IndiGuard(profile.mount.name, profile.roof.name, seconds, server.port)
    told = False
    while True:
        if box.rig.had_mount:
            try:
                await _armed(registry, guard, heart)
            except DeviceError as away:
                if not told:
                    box.say(f"INDI's watchdog does not watch: {away.sentence}", away)
                    told = True
        await asyncio.sleep(AGAIN_SECONDS if told else guard.seconds / FEEDS)


async def _armed(registry: Registry, guard: IndiGuard, heart: Heartbeat) -> None:
    """Feed it until it is lost."""
    watchdog = await registry.indi_watchdog(guard)
    try:
        while not watchdog.lost:
            if heart.alive():
                await watchdog.feed()
            await asyncio.sleep(guard.seconds / FEEDS)
    except asyncio.CancelledError:
        with contextlib.suppress(DeviceError, TimeoutError):
            async with asyncio.timeout(DISARM_SECONDS):
                await watchdog.disarm()
        raise


DISARM_SECONDS = 5.0
SEE_LOG = "See why Nightbox ended: journalctl -u nightbox -u nightbox-guardian."
LOOK = "Look at the telescope and the roof before you go on."
