"""The mount by hand: going somewhere, telling it where it is, stopping it."""

from functools import partial
from typing import Any

from pydantic import Field, model_validator

from appliance.api import Arguments, Command
from appliance.box.devices.work import CAMERA, MOUNT, STARTED, Work
from appliance.byhand.going import centre_on, not_at_the_sun, place_of, slew
from appliance.byhand.hand import Hand
from appliance.errors import BadCommand
from appliance.pointing.park import unpark
from hardware.devices import J2000

SLEW, CENTRING, SYNC, TRACKING, UNPARK = "slew", "centring", "sync", "tracking", "unpark"


class Place(Arguments):
    """Where to: a name of the catalogue, a planet, the Moon, or J2000 degrees.

    `wait` False: answer when it has begun.
    """

    name: str = ""
    ra_deg: float | None = Field(None, ge=0, lt=360)
    dec_deg: float | None = Field(None, ge=-90, le=90)
    wait: bool = True

    @model_validator(mode="after")
    def _somewhere(self) -> "Place":
        if (self.ra_deg is None) != (self.dec_deg is None) or (self.ra_deg is None and not self.name):
            raise ValueError("give a name, or both ra_deg and dec_deg")
        return self

    def target(self, hand: Hand) -> J2000:
        """BadInput for a name that nobody knows, BadCommand for a place near a Sun that is up."""
        if self.ra_deg is None or self.dec_deg is None:
            return not_at_the_sun(hand, place_of(hand, self.name))
        return not_at_the_sun(hand, J2000(self.ra_deg, self.dec_deg))


class Position(Arguments):
    """J2000 degrees."""

    ra_deg: float = Field(ge=0, lt=360)
    dec_deg: float = Field(ge=-90, le=90)


class Tracking(Arguments):
    """`on` False: it stands still."""

    on: bool = True


def mount_commands(work: Work) -> list[Command]:
    """Slew, centre, sync, track, unpark, and stop."""
    hand, rig = work.hand, work.hand.night.rig

    async def slew_(asked: Place) -> str:
        target = asked.target(hand)
        await work.run(SLEW, {MOUNT}, lambda: slew(hand, target), wait=asked.wait)
        return "there" if asked.wait else STARTED

    async def centre_(asked: Place) -> dict[str, Any] | str:
        target = asked.target(hand)
        centred = await work.run(
            CENTRING, {MOUNT, CAMERA}, lambda: centre_on(hand, target, asked.name), wait=asked.wait
        )
        return STARTED if centred is None else {"error_arcsec": round(centred.error_arcsec, 2)}

    async def sync_(asked: Position) -> str:
        work.not_unsafe(SYNC)
        await work.run(SYNC, {MOUNT}, lambda: rig.mount.sync(J2000(asked.ra_deg, asked.dec_deg)))
        return "synced"

    async def track(asked: Tracking) -> str:
        if not asked.on:
            work.not_unsafe(TRACKING)
        await work.run(TRACKING, {MOUNT}, lambda: rig.mount.track(asked.on))
        return "tracking" if asked.on else "standing still"

    async def unpark_(_: Arguments) -> str:
        await work.run(UNPARK, {MOUNT}, lambda: unpark(rig.mount, hand.night.publish))
        return "unparked"

    return [
        Command("slew", "Point the telescope there and track.", Place, slew_),
        Command("centre", "Point it there, look, and correct until it is in the middle.", Place, centre_),
        Command("sync", "Tell the mount where it points.", Position, sync_),
        Command("track", "Track the sky, or stand still.", Tracking, track),
        Command("unpark", "Unpark the mount.", Arguments, unpark_),
        Command(
            "halt", "Stop the mount where it is, and the night with it.", Arguments, partial(_halt, work)
        ),
    ]


async def _halt(work: Work, _: Arguments) -> str:
    rig = work.hand.night.rig
    work.not_unsafe("halt")
    await work.wanted.stop()
    for name in work.jobs.busy():
        needs = work.jobs.needs(name)
        if needs is None or MOUNT in needs:
            await work.jobs.stop(name)
    if not rig.had_mount:
        raise BadCommand("halt", "the mount is not connected", advice="Connect it first.")
    await work.run(TRACKING, {MOUNT}, lambda: rig.mount.track(False))
    return "stopped"
