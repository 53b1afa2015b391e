"""Frames of the real sky without a camera: catalogue stars put where a known projection says."""

from dataclasses import dataclass
from math import cos, hypot, radians, sin

import numpy as np
from numpy.typing import NDArray

from appliance.imaging.stars import StarField
from appliance.solve.wcs import Tan
from hardware.devices import J2000
from hardware.stars.catalogue import stars_within

Floats = NDArray[np.float64]
WIDTH, HEIGHT = 1280, 1024


@dataclass(frozen=True)
class Scene:
    centre: J2000
    scale: float
    rotation: float
    mirrored: bool
    stars: StarField

    @property
    def tan(self) -> Tan:
        return projection(self.centre, self.scale, self.rotation, self.mirrored)


def projection(centre: J2000, scale: float, rotation: float, mirrored: bool) -> Tan:
    """+y points to position angle `rotation`; +x is to the left of it (sky not mirrored) or to the right."""
    k, c, s = scale / 3600, cos(radians(rotation)), sin(radians(rotation))
    x = 1 if mirrored else -1
    return Tan(((WIDTH + 1) / 2, (HEIGHT + 1) / 2), centre, ((x * k * c, k * s), (-x * k * s, k * c)))


def make_scene(
    centre: J2000, scale: float, rotation: float = 0.0, mirrored: bool = False, *,
    false: int = 5, missing: float = 0.1, noise: float = 0.3, faint: bool = False, seed: int = 1,
) -> Scene:  # fmt: skip
    """Stars with position noise (px), some missing, some false, brightness off by 0.15 mag.

    The false ones are as bright as the others, or all `faint`.
    """
    random = np.random.default_rng(seed)
    ra, dec, mag = stars_within(centre, hypot(WIDTH, HEIGHT) / 2 * scale / 3600 * 1.02)
    x, y = projection(centre, scale, rotation, mirrored).pixels(ra, dec)
    seen = (x > 1) & (x < WIDTH) & (y > 1) & (y < HEIGHT) & (random.random(len(x)) > missing)
    flux = 10 ** (0.4 * (20 - mag[seen] - random.normal(0, 0.15, seen.sum())))
    x = np.append(x[seen] + random.normal(0, noise, seen.sum()), random.uniform(1, WIDTH, false))
    y = np.append(y[seen] + random.normal(0, noise, seen.sum()), random.uniform(1, HEIGHT, false))
    flux = np.append(flux, np.full(false, flux.min() / 2) if faint else random.choice(flux, false))
    return Scene(centre, scale, rotation, mirrored, field_of(x - 1, y - 1, flux))


def field_of(x: Floats, y: Floats, flux: Floats) -> StarField:
    order = np.argsort(-flux)[:80]
    x, y, flux = x[order], y[order], flux[order]
    return StarField(
        x.astype(np.float32), y.astype(np.float32), flux.astype(np.float32), np.full_like(x, 2.0, np.float32),
        hfr_median=2.0, count=len(order), saturated=0, background=200.0, noise=10.0,
        width=WIDTH, height=HEIGHT,
    )  # fmt: skip


SCENES = {
    "Orion": (J2000(83.8, -5.4), 2.0, 30.0, False),
    "mirrored": (J2000(10.7, 41.3), 2.2, 200.0, True),
    "pole": (J2000(300.0, 88.9), 3.0, 100.0, False),
    "south": (J2000(266.4, -60.0), 1.6, 355.0, True),
    "RA 0": (J2000(0.05, 20.0), 3.2, 271.0, False),
}
