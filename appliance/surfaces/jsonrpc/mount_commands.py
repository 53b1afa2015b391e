"""Mount, dome, coordinates: RA in hours. Telescope_* is apparent of date as the mount, Astrometry_* J2000."""

from typing import Any

from appliance.sky.coordinates import alt_az, from_alt_az
from appliance.surfaces.jsonrpc.desk import Desk
from appliance.surfaces.jsonrpc.made import command, never
from appliance.surfaces.jsonrpc.protocol import Method
from appliance.surfaces.jsonrpc.values import OK, failed, flag, number, text, within
from hardware.devices import J2000
from hardware.jnow import j2000, jnow

RA, DEC = ("ra", number), ("dec", number)
NOT_EQMOD = "not an eqmod mount"


def mount_commands(desk: Desk) -> list[Method]:
    """All of them."""
    return [*_telescope(desk), *_astrometry(desk), *_dome(desk), *_coordinates(desk)]


def _telescope(desk: Desk) -> list[Method]:
    async def slew(ra: float, dec: float) -> Any:
        return await desk.do("slew", **_degrees(apparent(desk, ra, dec)))

    async def slew_async(ra: float, dec: float) -> Any:
        return await desk.do("slew", **_degrees(apparent(desk, ra, dec)), wait=False)

    async def sync(ra: float, dec: float) -> Any:
        return await desk.do("sync", **_degrees(apparent(desk, ra, dec)))

    async def park(on: bool) -> Any:
        return await desk.do("park" if on else "unpark")

    async def rate(told: str) -> Any:
        if told.upper() == "SIDEREAL":
            return OK
        return failed(f"this box tracks the stars alone, not {told.lower()}")

    return [
        command("Telescope_abortmotion", lambda: desk.do("halt")),
        command("Telescope_track", lambda: desk.do("track", on=True)),
        command("Telescope_park", park, ("park", flag)),
        command("Telescope_settrackingrate", rate, ("rate", text)),
        command("Telescope_slew", slew, RA, DEC),
        command("Telescope_slewasync", slew_async, RA, DEC),
        command("Telescope_sync", sync, RA, DEC),
        *(
            never(name, NOT_EQMOD)
            for name in ("Eqmod_clearpoints", "Eqmod_clearsyncdelta", "Eqmod_stdsync", "Eqmod_appendsync")
        ),
    ]


def _astrometry(desk: Desk) -> list[Method]:
    async def go(ra: float, dec: float) -> Any:
        target = on_the_sky(ra, dec)
        desk.goto.running, desk.goto.arrived = True, False
        try:
            told = await desk.do("centre", **_degrees(J2000(target[0] * 15, target[1])))
            desk.goto.arrived = told == OK
        finally:
            desk.goto.running = False
        return told

    async def go_async(ra: float, dec: float) -> Any:
        on_the_sky(ra, dec)
        if desk.goto.running:
            return failed("another one is still running")
        desk.goto.running = True  # so that who asks at once finds it so
        desk.later(go(ra, dec))
        return OK

    return [
        command("Astrometry_goto", go, RA, DEC),
        command("Astrometry_goto_async", go_async, RA, DEC),
        command("Astrometry_solve", lambda: desk.do("solve")),
        command("Astrometry_sync", lambda: desk.do("solve", then="sync")),
        command("Astrometry_slew_image_center", lambda: desk.do("solve", then="slew")),
    ]


def _dome(desk: Desk) -> list[Method]:
    async def shutter(on: bool) -> Any:
        if "roof" not in desk.rig.kinds:
            return failed("there is no roof")
        return await desk.do("roof_open" if on else "roof_close")

    async def park(on: bool) -> Any:
        # A closed roof is a parked one; to unpark it moves nothing, and opens nothing.
        return await shutter(False) if on else OK

    async def slave(on: bool) -> Any:
        return failed("a roof follows no telescope") if on else OK

    return [
        command("Dome_park", park, ("park", flag)),
        command("Dome_shutter", shutter, ("open", flag)),
        command("Dome_slave", slave, ("slave", flag)),
    ]


def _coordinates(desk: Desk) -> list[Method]:
    site = desk.observer.site

    async def eq_to_hz(ra: float, dec: float) -> Any:
        altitude, azimuth = alt_az(apparent(desk, ra, dec), site, desk.observer.unix(), refraction=True)
        return {"az": round(azimuth, 9), "alt": round(altitude, 9)}

    async def hz_to_eq(az: float, alt: float) -> Any:
        now = desk.observer.unix()
        there = from_alt_az(within(alt, -90, 90), az % 360, site, now, refraction=True)
        return _hours(*jnow(there, now))

    async def to_apparent(ra: float, dec: float) -> Any:
        hours, dec = on_the_sky(ra, dec)
        return _hours(*jnow(J2000(hours * 15, dec), desk.observer.unix()))

    async def to_j2000(ra: float, dec: float) -> Any:
        at = apparent(desk, ra, dec)
        return _hours(at.ra_deg / 15, at.dec_deg)

    return [
        command("Eq2hz", eq_to_hz, RA, DEC),
        command("Hz2eq", hz_to_eq, ("az", number), ("alt", number)),
        command("J2000_to_apparent", to_apparent, RA, DEC),
        command("Apparent_to_J2000", to_j2000, RA, DEC),
    ]


def on_the_sky(ra_hours: float, dec_deg: float) -> tuple[float, float]:
    """The same direction with 0 ≤ RA < 24; Unfit "out of range" off the sphere."""
    return within(ra_hours, -24, 24) % 24 % 24, within(dec_deg, -90, 90)


def apparent(desk: Desk, ra_hours: float, dec_deg: float) -> J2000:
    """The direction of an apparent place of now; Unfit off the sphere."""
    return j2000(*on_the_sky(ra_hours, dec_deg), desk.observer.unix())


def _degrees(at: J2000) -> dict[str, float]:
    return {"ra_deg": at.ra_deg % 360, "dec_deg": at.dec_deg}


def _hours(ra: float, dec: float) -> dict[str, float]:
    return {"ra": round(ra, 9), "dec": round(dec, 9)}
