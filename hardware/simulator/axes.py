"""The two axes of the simulated mount: where they really point, and where the mount thinks they do.

Three layers: the encoders (`ra`, `dec`, which the motors move), what the mount shows (encoders plus the
offset of the last sync) and the truth (encoders plus an error nobody is told, plus drift). Degrees,
J2000 throughout: the simulated mount has no need of JNow.
"""

import asyncio
from math import cos, radians, sin
from random import Random

from hardware.devices import J2000, PierSide
from hardware.simulator.axis import Axis
from hardware.simulator.world import MountModel

SIDEREAL_DEG_S = 360.0 / 86164.0905


class Axes:
    """Mutable: one per simulated rig."""

    def __init__(self, model: MountModel, seed: int, latitude_deg: float) -> None:
        self.ra, self.dec = Axis(0.0), Axis(90.0 if latitude_deg >= 0 else -90.0)
        self.pier_side = PierSide.WEST
        self.tracking = False
        self._model, self._random = model, Random(seed)
        self._sync = (0.0, 0.0)
        self._scatter = (0.0, 0.0)
        self._changed: float | None = None
        self._tracked = self._idle = 0.0

    def shown(self) -> J2000:
        """What the mount believes."""
        ra, dec = self.encoders()
        return on_sphere(ra + self._sync[0], dec + self._sync[1])

    def truth(self) -> J2000:
        """Where the telescope really points."""
        ra, dec = self.encoders()
        model, minutes = self._model, self._tracked / 60
        return on_sphere(
            ra + model.ra_error_arcmin / 60 + self._scatter[0] + minutes * model.drift_ra_arcsec_min / 3600,
            dec
            + model.dec_error_arcmin / 60
            + self._scatter[1]
            + minutes * model.drift_dec_arcsec_min / 3600,
        )

    def encoders(self) -> tuple[float, float]:
        """Right ascension grows by itself while the mount stands still and the sky goes by."""
        self._account()
        return self.ra.now() + self._idle * SIDEREAL_DEG_S, self.dec.now()

    def track(self, on: bool) -> None:
        """Start or stop following the sky."""
        self._account()
        self.tracking = on

    def sync(self, target: J2000) -> None:
        """Make `shown` the target; the telescope does not move."""
        ra, dec = self.encoders()
        self._sync = ((target.ra_deg - ra + 180) % 360 - 180, target.dec_deg - dec)

    def way_to(self, target: J2000) -> tuple[float, float]:
        """Axis positions that would show the target, the short way round."""
        ra, _ = self.encoders()
        turn = (target.ra_deg - self._sync[0] - ra + 180) % 360 - 180
        return self.ra.now() + turn, target.dec_deg - self._sync[1]

    def scatter(self) -> None:
        """A new slew ends a few arcseconds off in its own way."""
        sigma = self._model.scatter_arcsec / 3600
        self._scatter = (self._random.gauss(0, sigma), self._random.gauss(0, sigma))

    def _account(self) -> None:
        now = asyncio.get_running_loop().time()
        elapsed = now - (now if self._changed is None else self._changed)
        self._changed = now
        if self.tracking:
            self._tracked += elapsed
        else:
            self._idle += elapsed


def on_sphere(ra_deg: float, dec_deg: float) -> J2000:
    """Fold angles that ran over a pole or past 360 degrees back."""
    if abs(dec_deg) > 90:
        ra_deg, dec_deg = ra_deg + 180, (180 if dec_deg > 0 else -180) - dec_deg
    return J2000(ra_deg % 360, dec_deg)


def sin_altitude(hour_angle_deg: float, dec_deg: float, latitude_deg: float) -> float:
    """Sine of the altitude (spherical triangle pole, zenith, star)."""
    dec, lat = radians(dec_deg), radians(latitude_deg)
    return sin(lat) * sin(dec) + cos(lat) * cos(dec) * cos(radians(hour_angle_deg))


def sidereal_deg(utc_unix: float, longitude_deg: float) -> float:
    """Local mean sidereal time in degrees (Meeus, Astronomical Algorithms, 12.4 without its small terms)."""
    days = utc_unix / 86400 - 10957.5  # since J2000.0
    return (280.46061837 + 360.98564736629 * days + longitude_deg) % 360
