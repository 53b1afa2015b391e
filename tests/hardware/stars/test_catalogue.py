"""The star file against brute force over all of it, and against the index it was made from."""

import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from hardware.devices import J2000
from hardware.stars import build
from hardware.stars.catalogue import Floats, Stars, faint_within, stars_within
from hardware.stars.faint import BRIGHTEST, faint_near
from hardware.stars.zones import TYCHO2, Zones, real_near

INDEX = Path(f"/usr/share/astrometry/index-tycho2-07.{sys.byteorder}endian.fits")
PLACES = [
    (0.0, 90.0, 1.5), (123.0, 89.6, 2.0), (200.0, -90.0, 0.7), (10.0, -88.9, 1.2),
    (0.0, 0.0, 1.0), (359.9, 41.2, 0.5), (0.05, -60.3, 3.0), (266.4, -29.0, 0.02), (83.8, -5.4, 10.0),
]  # fmt: skip


@cache
def everything() -> Stars:
    return stars_within(J2000(0.0, 0.0), 180.0)


def unit(ra_deg: Floats, dec_deg: Floats) -> Floats:
    ra, dec = np.radians(ra_deg), np.radians(dec_deg)
    return np.stack([np.cos(dec) * np.cos(ra), np.cos(dec) * np.sin(ra), np.sin(dec)], axis=-1)


@cache
def every_direction() -> Floats:
    ra, dec, _ = everything()
    return unit(ra, dec)


def brute_force(centre: J2000, radius: float, limit: float) -> Stars:
    ra, dec, mag = everything()
    here = unit(np.array([centre.ra_deg]), np.array([centre.dec_deg]))[0]
    chord = np.sqrt(((every_direction() - here) ** 2).sum(axis=1))
    keep = (2 * np.degrees(np.arcsin(chord / 2)) <= radius) & (mag <= limit)
    return ra[keep], dec[keep], mag[keep]


def as_set(stars: Stars) -> set[tuple[float, ...]]:
    return set(zip(*(column.tolist() for column in stars), strict=True))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("limit", [9.0, 99.0])
def test_a_circle_holds_exactly_the_stars_that_are_in_it(
    place: tuple[float, float, float], limit: float
) -> None:
    ra, dec, radius = place
    wanted = as_set(brute_force(J2000(ra, dec), radius, limit))
    assert as_set(stars_within(J2000(ra, dec), radius, limit)) == wanted
    plain = real_near(Zones(), ra, dec, radius, limit)
    assert len(plain) == len(wanted)
    assert np.allclose(sorted(plain), sorted(wanted), rtol=0, atol=1e-9)


def test_random_circles_too() -> None:
    random = np.random.default_rng(7)
    for _ in range(25):
        centre = J2000(random.uniform(0, 360), float(np.degrees(np.arcsin(random.uniform(-1, 1)))))
        radius = random.uniform(0.1, 4)
        assert as_set(stars_within(centre, radius)) == as_set(brute_force(centre, radius, 99))


def test_all_stars_are_there_brightest_first() -> None:
    ra, dec, mag = everything()
    assert len(ra) == Zones().stars == 1_871_011
    assert np.all(np.diff(mag) >= 0)
    assert 0 <= ra.min() < ra.max() < 360
    assert -90 <= dec.min() < dec.max() <= 90


def test_taygeta_is_where_the_sky_has_it() -> None:
    ra, dec, mag = stars_within(J2000(56.302, 24.467), 0.01)  # 19 Tauri, V 4.30
    assert (ra[0], dec[0]) == pytest.approx((56.30207, 24.46728), abs=0.0005)
    assert mag[0] == pytest.approx(4.3, abs=0.1)


def test_invented_stars_are_the_same_for_everybody_and_apart_from_the_real_ones() -> None:
    ra, dec, mag = faint_within(J2000(150.0, 33.0), 0.5, 14.0)
    again = faint_within(J2000(150.2, 33.1), 1.0)
    assert as_set((ra, dec, mag)) < as_set(again)
    assert as_set((ra, dec, mag)) == set(faint_near(Zones(), 150.0, 33.0, 0.5, 14.0))
    assert BRIGHTEST <= mag.min() < mag.max() <= 14.0
    assert not set(again[0]) & set(stars_within(J2000(150.0, 33.0), 2.0)[0])


def test_invented_stars_grow_two_and_a_half_times_a_magnitude() -> None:
    _, _, mag = faint_within(J2000(40.0, 20.0), 4.0)
    steps = [int(np.sum((mag > edge) & (mag <= edge + 1))) for edge in (12.0, 13.0)]
    assert steps[1] / steps[0] == pytest.approx(2.5, rel=0.1)


def test_a_file_that_is_not_one_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"SIMPLE  =                    T" * 9)
    (tmp_path / "b").write_bytes(Path(TYCHO2).read_bytes()[:200_000])
    with pytest.raises(ValueError, match="not a star file"):
        Zones(str(tmp_path / "a"))
    with pytest.raises(ValueError, match="cut short"):
        Zones(str(tmp_path / "b"))


@pytest.mark.solver
def test_the_file_is_what_the_index_gives_and_good_to_a_twentieth_of_an_arcsecond() -> None:
    assert INDEX.exists(), "`make test` installs the Tycho-2 indexes"
    ra, dec, mag = build.read_index(INDEX)
    assert build.pack(ra, dec, mag) == Path(TYCHO2).read_bytes()
    some = slice(None, None, 5000)
    errors = []
    for a, d, m in zip(ra[some], dec[some], mag[some], strict=True):
        ours = stars_within(J2000(float(a), float(d)), 1.0 / 3600, m + 0.1)
        off = np.hypot((ours[0] - a + 180) % 360 - 180, 0) * np.cos(np.radians(d))
        errors.append(3600 * float(np.min(np.hypot(off, ours[1] - d))))
    assert np.sqrt(np.mean(np.square(errors))) < 0.05
