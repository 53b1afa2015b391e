"""Dither: a small random move between subs, so that fixed patterns do not stack; then settle."""

import asyncio
import math
from dataclasses import dataclass
from random import Random

from appliance.bus import Publish, Said
from appliance.errors import BadProfile, DeviceRefused
from hardware.devices import J2000, Direction, GuidePort, Mount

SOURCE = "dither"


@dataclass(frozen=True, slots=True)
class Offset:
    """Where the telescope stands from the undithered pointing: arcseconds on the sky, east and north."""

    east: float = 0.0
    north: float = 0.0

    @property
    def radius(self) -> float:
        return math.hypot(self.east, self.north)


@dataclass(frozen=True, slots=True, kw_only=True)
class DitherSettings:
    """BadProfile for values that cannot work.

    radius_arcsec: the pointing never strays further from where it was centred. min_step_arcsec: each
    move is at least this long (a few pixels), at most 0.8 of the radius.
    rate_arcsec_s: guide speed on the sky at the equator (0.5 × sidereal is 7.5).
    longest_pulse_seconds: a longer pulse is cut short. settle_seconds: wait after the move.
    """

    radius_arcsec: float = 10.0
    min_step_arcsec: float = 4.0
    rate_arcsec_s: float = 7.5
    longest_pulse_seconds: float = 10.0
    settle_seconds: float = 5.0

    def __post_init__(self) -> None:
        if self.radius_arcsec <= 0:
            raise BadProfile("dither.radius_arcsec", "must be above 0")
        if not 0 <= self.min_step_arcsec <= 0.8 * self.radius_arcsec:
            raise BadProfile("dither.min_step_arcsec", "must be between 0 and 0.8 of dither.radius_arcsec")
        if self.rate_arcsec_s <= 0 or self.longest_pulse_seconds <= 0:
            raise BadProfile("dither", "rate_arcsec_s and longest_pulse_seconds must be above 0")
        if self.settle_seconds < 0:
            raise BadProfile("dither.settle_seconds", "must not be negative")


class DitherPattern:
    """Random offsets, even over a disc; the same Random seed gives the same pattern.

    `offset` is where the telescope stands now; set it to Offset() after centring anew.
    """

    def __init__(self, random: Random, settings: DitherSettings) -> None:
        self._random, self._settings = random, settings
        self.offset = Offset()

    def propose(self) -> Offset:
        """The next offset: within the radius, at least the minimum step from here."""
        while True:
            # The square root makes it even over the area, not crowded in the middle.
            radius = self._settings.radius_arcsec * math.sqrt(self._random.random())
            angle = self._random.uniform(0, 2 * math.pi)
            there = Offset(radius * math.sin(angle), radius * math.cos(angle))
            if between(self.offset, there).radius >= self._settings.min_step_arcsec:
                return there


async def dither(mount: Mount, pattern: DitherPattern, settings: DitherSettings, publish: Publish) -> Offset:
    """Move to the pattern's next offset, by guide pulses if the mount has them, wait, and return it.

    Raises DeviceRefused when the mount is parked, DeviceError when it cannot move. Stop leaves the
    telescope within the radius: `pattern.offset` follows every completed part of the move.
    """
    status = await mount.status()
    if status.parked:
        raise DeviceRefused(mount.name, "is parked and cannot dither")
    here, there = pattern.offset, pattern.propose()
    move = between(here, there)
    if mount.guide_port is None:
        await mount.slew(displaced(status.pointing, move))
        pattern.offset = there
    else:
        await _pulse_both(mount.guide_port, pattern, move, status.pointing.dec_deg, settings)
    done = between(here, pattern.offset)
    text = f'Dithered {done.east:+.1f}" east, {done.north:+.1f}" north; settling.'
    publish(Said(source=SOURCE, text=text, routine=True))
    await asyncio.sleep(settings.settle_seconds)
    return pattern.offset


async def _pulse_both(
    port: GuidePort, pattern: DitherPattern, move: Offset, dec_deg: float, settings: DitherSettings
) -> None:
    rate, longest = settings.rate_arcsec_s, settings.longest_pulse_seconds
    # An hour angle of 1" is cos(dec) arcsec on the sky, so the RA axis needs the longer pulse.
    ra_rate = rate * math.cos(math.radians(dec_deg))
    east = await _pulse(port, (Direction.EAST, Direction.WEST), move.east, ra_rate, longest)
    pattern.offset = Offset(pattern.offset.east + east, pattern.offset.north)
    north = await _pulse(port, (Direction.NORTH, Direction.SOUTH), move.north, rate, longest)
    pattern.offset = Offset(pattern.offset.east, pattern.offset.north + north)


async def _pulse(
    port: GuidePort, ways: tuple[Direction, Direction], arcsec: float, rate: float, longest: float
) -> float:
    """Pulse so many arcsec (negative: the second way) at a rate in "/s on the sky.

    Returns the arcsec really moved: near the pole the RA axis hardly moves the sky, and the pulse
    ends after `longest` seconds.
    """
    seconds = min(abs(arcsec) / rate, longest)
    if seconds > 0:
        await port.pulse(ways[0] if arcsec > 0 else ways[1], seconds)
    return math.copysign(seconds * rate, arcsec)


def between(here: Offset, there: Offset) -> Offset:
    """The move from one offset to another."""
    return Offset(there.east - here.east, there.north - here.north)


def displaced(pointing: J2000, move: Offset) -> J2000:
    """The direction at tangent-plane (gnomonic) offsets from a pointing; right at the poles too."""
    xi, eta = math.radians(move.east / 3600), math.radians(move.north / 3600)
    dec = math.radians(pointing.dec_deg)
    # Standard coordinates to equatorial: the vector pointing + xi·east + eta·north, seen from the pole.
    along = math.cos(dec) - eta * math.sin(dec)
    upward = math.sin(dec) + eta * math.cos(dec)
    ra = pointing.ra_deg + math.degrees(math.atan2(xi, along))
    # Twice: a tiny negative angle % 360 is 360.0 itself.
    return J2000(ra % 360.0 % 360.0, math.degrees(math.atan2(upward, math.hypot(xi, along))))
