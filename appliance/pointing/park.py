"""Parking and unparking, believed only when the mount itself says so."""

import asyncio

from appliance.bus import Publish, Said
from appliance.errors import DeviceError
from hardware.devices import Mount

SOURCE = "mount"
WITHIN = 300.0  # seconds from anywhere to the park position
CONFIRM_WITHIN = 10.0  # some drivers report the state a moment after the motion
POLL = 0.5


async def park(mount: Mount, publish: Publish, within: float = WITHIN) -> None:
    """Park and verify. Nothing is done when the mount is parked already.

    DeviceError when it does not arrive within so many seconds, or says afterwards that it is not parked.
    """
    if (await mount.status()).parked:
        return
    publish(Said(source=SOURCE, text="Parking.", routine=True))
    try:
        async with asyncio.timeout(within):
            await mount.park()
    except TimeoutError as late:
        raise DeviceError(mount.name, f"did not reach its park position within {within:g} s") from late
    await _confirm(mount, parked=True)
    publish(Said(source=SOURCE, text="Parked.", routine=True))


async def unpark(mount: Mount, publish: Publish) -> None:
    """Unpark and verify. Nothing is done when the mount is not parked; DeviceError as for `park`."""
    if not (await mount.status()).parked:
        return
    await mount.unpark()
    await _confirm(mount, parked=False)
    publish(Said(source=SOURCE, text="Unparked.", routine=True))


async def _confirm(mount: Mount, *, parked: bool) -> None:
    """Ask until the mount agrees and stands still (parked), for a while."""
    clock = asyncio.get_running_loop().time
    ends = clock() + CONFIRM_WITHIN
    while True:
        status = await mount.status()
        if status.parked == parked and not (parked and status.slewing):
            return
        if clock() >= ends:
            wanted = "parked" if parked else "unparked"
            raise DeviceError(mount.name, f"was told to be {wanted} but says that it is not", advice=ADVICE)
        await asyncio.sleep(POLL)


ADVICE = "Look at the mount before you close the roof or leave; park it by hand if need be."
