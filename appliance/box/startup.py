"""Before a night that nobody watches: is the time known, is the place, is the mount polar aligned?

Whatever is not known is asked of a person, on the panel, the page and MQTT alike, and nothing moves before.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from appliance.asking import NO, YES, Questions
from appliance.bus import Publish, Said, State
from appliance.errors import DeviceError, StartRefused
from appliance.journal import Journal, Line
from appliance.observer import Observer
from appliance.profile import StartupSection
from appliance.rig import Rig
from appliance.sky.coordinates import separation_arcsec
from hardware.devices import J2000, Fix, Site

SOURCE = "startup"
POLAR, PLACE = "startup.polar", "startup.place"
PHONE = "use the phone's time"
LOOK_SECONDS = 5.0  # how often it is looked whether the clock has been set
FIX_SECONDS = 60.0  # for the satellite receiver
OFF_SECONDS = 2.0  # less is not worth a word
PLACE_HOURS = 12.0
MINUTE = 60.0
KM_PER_ARCSEC = 6371.0 / 206264.8


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockState(State):
    """`known`: somebody vouches for the clock; while not, a page compares its phone with it."""

    known: bool


CLOCK_KNOWN = ClockState(source="clock", known=True)


@dataclass(frozen=True, slots=True)
class Start:
    """What a start needs. `clock_known` tells whether a time service has set the machine's clock."""

    section: StartupSection
    rig: Rig
    journal: Journal
    observer: Observer
    questions: Questions
    clock_known: Callable[[], bool]
    publish: Publish

    def say(self, text: str, code: str = "") -> None:
        self.publish(Said(source=SOURCE, text=text, code=code))


async def start_up(start: Start) -> None:
    """Returns when all is known; StartRefused when a person says no."""
    fix = await _fix(start.rig)
    if start.section.check_clock:
        await _know_time(start, fix)
    if fix is not None:
        await _know_place(start, fix.site)
    if start.section.ask_polar:
        await _know_pole(start)


async def _fix(rig: Rig) -> Fix | None:
    """What the satellite receiver says, None without one that answers in good time."""
    with suppress(DeviceError, TimeoutError):
        async with asyncio.timeout(FIX_SECONDS):
            await rig.bring("GNSS")
            return None if rig.gnss is None else await rig.gnss.fix()
    return None


async def _know_time(start: Start, fix: Fix | None) -> None:
    if start.clock_known():
        return
    if fix is not None:
        off = fix.utc_unix - start.observer.unix(fix.at)
        start.observer.correct(fix.utc_unix, fix.at)
        start.publish(CLOCK_KNOWN)
        if abs(off) > OFF_SECONDS:
            start.say(
                f"The clock was {abs(off):.0f} s {'slow' if off > 0 else 'fast'}: set by the satellites."
            )
        return
    await _stand_still(start)
    asking = asyncio.create_task(_ask_time(start))
    setting = asyncio.create_task(_clock_set(start))
    try:
        await asyncio.wait({asking, setting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        unneeded = [task for task in (asking, setting) if task.cancel()]
        await asyncio.gather(*unneeded, return_exceptions=True)
    if asking.done() and not asking.cancelled():
        asking.result()


async def _stand_still(start: Start) -> None:
    """Without the time nobody knows how far a mount may track, that a box which died has left tracking."""
    rig = start.rig
    with suppress(DeviceError, TimeoutError):
        async with asyncio.timeout(FIX_SECONDS):
            await rig.bring("mount")
            status = await rig.mount.status()
            if status.tracking and not status.parked:
                await rig.mount.track(False)
                start.say(f"{rig.mount.name} stands still until the time is known.")


async def _clock_set(start: Start) -> None:
    while not start.clock_known():  # noqa: ASYNC110 - the kernel tells nobody
        await asyncio.sleep(LOOK_SECONDS)
    start.say("The clock has been set.")


async def _ask_time(start: Start) -> None:
    """Asked anew every minute: what is asked must be so when it is read."""
    while True:
        text = f"No clock source. Is it {start.observer.now():%Y-%m-%d %H:%M} UTC?"
        with suppress(TimeoutError):
            async with asyncio.timeout(MINUTE):
                said = await start.questions.ask(SOURCE, text, (YES, NO, PHONE))
            break
    if said == NO:
        raise StartRefused("The time is not known.", advice=PHONE_ADVICE)
    start.publish(CLOCK_KNOWN)


PHONE_ADVICE = "Open the page and let it use the phone's time, or connect a network or a satellite receiver."


async def _know_place(start: Start, found: Site) -> None:
    """The profile's place is what the night is made for: another one needs a person's word."""
    away = distance_km(start.observer.site, found)
    if away <= start.section.max_site_km or await _confirmed(start, PLACE, PLACE_HOURS) is not None:
        return
    where = f"{found.latitude_deg:.2f} {found.longitude_deg:.2f}"
    text = f"GNSS is at {where}, {away:.0f} km from the profile's site. Go on as if here?"
    if await start.questions.ask(SOURCE, text) == NO:
        advice = "Put the place into the profile's [site], or take the profile of this place."
        raise StartRefused("The place is not the profile's.", advice=advice)
    start.say(f"The place was confirmed: {away:.0f} km from where the satellites see it.", PLACE)


async def _know_pole(start: Start) -> None:
    """Asked once for each time that the mount was put up: the journal remembers a yes for some hours."""
    confirmed = await _confirmed(start, POLAR, start.section.polar_hours)
    if confirmed is not None:
        return
    if await start.questions.ask(SOURCE, "Polar aligned?") == NO:
        raise StartRefused("The mount is not polar aligned.", advice="Align it, then press Start again.")
    start.say("The polar alignment was confirmed.", POLAR)


async def _confirmed(start: Start, code: str, hours: float) -> float | None:
    """When a person last said so (UTC since 1970), if it was within so many hours."""
    lines = await start.journal.read(Line, code=code)
    now = start.observer.unix()
    return lines[-1].at if lines and 0 <= now - lines[-1].at <= hours * 3600 else None


def distance_km(one: Site, other: Site) -> float:
    """Along the ground of a spherical Earth."""
    here, there = (J2000(site.longitude_deg % 360, site.latitude_deg) for site in (one, other))
    return separation_arcsec(here, there) * KM_PER_ARCSEC
