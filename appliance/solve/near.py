"""Our own solver for when we know roughly where we look and the scale: needs the star file and nothing else.

Triangles of the brightest detected stars are compared with triangles of catalogue stars in field-sized
tiles, outwards from the hint. Two side ratios, the size and the sense of turning pick the candidates; each
gives a trial position on which the other stars must then fall, far more of them than by chance.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb, cos, hypot, pi, radians
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance.errors import SolveFailed
from appliance.imaging.stars import StarField
from appliance.sky.coordinates import Array, from_vector, unit_vector
from appliance.solve.solution import Hint, Solution
from appliance.solve.wcs import Tan, project, solution_of
from hardware.devices import J2000

StarsWithin = Callable[[J2000, float, float], tuple[Array, Array, Array]]
Indices = NDArray[np.intp]

PATTERN_STARS = 15  # of the frame, for triangles
TILE_STARS = 22  # of the catalogue, for triangles
CHECK_STARS = 60  # of both, for the check
FEWEST_STARS = 5
# A side ratio is off by the lens's distortion, and by the stars' places over the triangle's size.
DISTORTION, PLACE_PX = 0.002, 2.0
SMALLEST_SIDE = 0.08  # of the frame's diagonal: smaller triangles say little
STEP = 0.5  # of the frame's shorter side, from tile to tile
CHANCE = 1e-10  # a match that chance would give more often than this is none
PERHAPS = 1e-7  # worth a closer look
BRIGHT_ENOUGH = 13.0  # magnitude; the star file is complete to about 11.5
TRIPLES = {n: np.array(list(combinations(range(n), 3))) for n in range(3, TILE_STARS + 1)}


@dataclass(frozen=True, slots=True)
class NearSolver:
    """The built-in solver; `stars_within(centre, radius_deg, limit_mag)` gives the catalogue."""

    stars_within: StarsWithin
    within: float = 20.0

    @property
    def name(self) -> str:
        """As profiles call it."""
        return "built-in"

    def missing(self) -> str | None:
        """It is always there."""
        return None

    async def solve(self, stars: StarField, hint: Hint, image: Path | None = None) -> Solution:  # noqa: ARG002
        """SolveFailed without a position and scale to start from, or when no tile fits.

        Works in steps of a few milliseconds between which the loop goes on.
        """
        started = asyncio.get_running_loop().time()
        scale = hint.scale_arcsec
        if hint.centre is None or scale is None:
            raise SolveFailed(f"The {self.name} solver needs an approximate position and scale.")
        if len(stars.x) < FEWEST_STARS:
            raise SolveFailed(f"The {self.name} solver needs {FEWEST_STARS} stars, there are {len(stars.x)}.")
        sky = _Sky.around(self.stars_within, hint.centre, hint.radius_deg, _reach(stars, scale))
        frame = _Frame.of(stars)
        tolerance = hint.scale_tolerance
        for tile in _tiles(hint.centre, hint.radius_deg, scale * min(stars.width, stars.height) / 3600):
            await asyncio.sleep(0)
            if asyncio.get_running_loop().time() - started > self.within:
                raise SolveFailed(f"The {self.name} solver found nothing within {self.within:g} s.")
            found = _try_tile(frame, sky, tile, scale, tolerance)
            if found is not None:
                seconds = asyncio.get_running_loop().time() - started
                return solution_of(
                    found[0], stars.width, stars.height, matched=found[1], solver=self.name, seconds=seconds
                )
        raise SolveFailed(
            f"The {self.name} solver: {len(stars.x)} stars fit nowhere within {hint.radius_deg:g}°"
            " of the expected place."
        )


def _reach(stars: StarField, scale: float) -> float:
    """From the middle of the frame to its corner, degrees."""
    return hypot(stars.width, stars.height) / 2 * scale / 3600


@dataclass(frozen=True, slots=True, eq=False)
class _Sky:
    """Catalogue stars of the whole search area, brightest first, as unit vectors too."""

    ra: Array
    dec: Array
    vectors: Array
    reach_deg: float

    @classmethod
    def around(cls, stars_within: StarsWithin, centre: J2000, radius: float, reach: float) -> "_Sky":
        ra, dec, _ = stars_within(centre, min(180.0, radius + 1.5 * reach), BRIGHT_ENOUGH)
        a, d = np.radians(ra), np.radians(dec)
        vectors = np.stack([np.cos(d) * np.cos(a), np.cos(d) * np.sin(a), np.sin(d)], axis=1)
        return cls(ra, dec, vectors, reach)

    def near(self, centre: J2000, most: int, radius_deg: float) -> Array:
        """The brightest stars around a centre in its standard coordinates, arcseconds, shape (n, 2)."""
        inside = np.flatnonzero(self.vectors @ unit_vector(centre) > cos(radians(radius_deg)))[:most]
        return _plane(self.ra[inside], self.dec[inside], centre)


@dataclass(frozen=True, slots=True, eq=False)
class _Triangles:
    """Triangles with their vertices in an order that depends on their shape alone."""

    corners: Indices  # (n, 3): the one opposite the longest side first, opposite the shortest last
    longest: Array
    ratios: Array  # (n, 2): middle and shortest side over the longest
    clockwise: NDArray[np.bool_]

    @classmethod
    def of(cls, points: Array, smallest: float, largest: float) -> "_Triangles":
        triples = TRIPLES[len(points)]
        a, b, c = points[triples[:, 0]], points[triples[:, 1]], points[triples[:, 2]]
        # Side i is opposite corner i.
        sides = np.stack([_length(b - c), _length(a - c), _length(a - b)], axis=1)
        order = np.argsort(-sides, axis=1)
        sides = np.take_along_axis(sides, order, axis=1)
        keep = (sides[:, 0] >= smallest) & (sides[:, 0] <= largest) & (sides[:, 2] > 0.1 * sides[:, 0])
        corners = np.take_along_axis(triples, order, axis=1)[keep]
        sides = sides[keep]
        p, q, r = (points[corners[:, i]] for i in range(3))
        turn = (q[:, 0] - p[:, 0]) * (r[:, 1] - p[:, 1]) - (q[:, 1] - p[:, 1]) * (r[:, 0] - p[:, 0])
        return cls(corners, sides[:, 0], sides[:, 1:] / sides[:, :1], turn < 0)


def _length(vectors: Array) -> Array:
    return np.hypot(vectors[:, 0], vectors[:, 1])


@dataclass(frozen=True, slots=True, eq=False)
class _Frame:
    """The detected stars, brightest first, from the middle of the frame; and their triangles."""

    points: Array
    triangles: _Triangles
    width: int
    height: int

    @classmethod
    def of(cls, stars: StarField) -> "_Frame":
        x = stars.x[:CHECK_STARS].astype(np.float64) - (stars.width - 1) / 2
        y = stars.y[:CHECK_STARS].astype(np.float64) - (stars.height - 1) / 2
        points = np.stack([x, y], axis=1)
        diagonal = hypot(stars.width, stars.height)
        triangles = _Triangles.of(points[:PATTERN_STARS], SMALLEST_SIDE * diagonal, diagonal)
        return cls(points, triangles, stars.width, stars.height)


def _tiles(centre: J2000, radius_deg: float, side_deg: float) -> Iterator[J2000]:
    """Centres of tiles on a square grid in the tangent plane, nearest to the hint first."""
    step = np.radians(STEP * side_deg)
    reach = int(np.radians(radius_deg) / step)
    grid = np.arange(-reach, reach + 1) * step
    xi, eta = (plane.ravel() for plane in np.meshgrid(grid, grid))
    distance = np.hypot(xi, eta)
    pole = unit_vector(centre)
    east = np.array([-np.sin(radians(centre.ra_deg)), np.cos(radians(centre.ra_deg)), 0.0])
    north = np.cross(pole, east)
    for i in np.argsort(distance, kind="stable"):
        if distance[i] <= np.radians(radius_deg) + step / 2:
            yield from_vector(pole + xi[i] * east + eta[i] * north)


def _try_tile(
    frame: _Frame, sky: _Sky, centre: J2000, scale: float, tolerance: float
) -> tuple[Tan, int] | None:
    bright = sky.near(centre, TILE_STARS, sky.reach_deg)
    if len(bright) < 3:
        return None
    diagonal = hypot(frame.width, frame.height) * scale
    theirs = _Triangles.of(bright, SMALLEST_SIDE * diagonal * (1 - tolerance), diagonal * (1 + tolerance))
    checked = sky.near(centre, 4 * CHECK_STARS, 1.5 * sky.reach_deg)
    for ours, other in _alike(frame.triangles, theirs, scale, tolerance):
        trial = _similarity(
            frame.points[frame.triangles.corners[ours]], bright[theirs.corners[other]], scale, tolerance
        )
        if trial is not None:
            found = _confirm(frame, sky, centre, checked, trial)
            if found is not None:
                return found
    return None


def _alike(ours: _Triangles, theirs: _Triangles, scale: float, tolerance: float) -> Iterator[tuple[int, int]]:
    """Pairs of triangles of like shape and size, the most alike first."""
    order = np.argsort(theirs.ratios[:, 0])
    first = theirs.ratios[order, 0]
    allowed = DISTORTION + PLACE_PX / ours.longest
    low = np.searchsorted(first, ours.ratios[:, 0] - allowed)
    high = np.searchsorted(first, ours.ratios[:, 0] + allowed)
    counts = high - low
    mine = np.repeat(np.arange(len(counts)), counts)
    other = order[np.arange(counts.sum()) + np.repeat(low - np.cumsum(counts) + counts, counts)]
    apart = np.abs(ours.ratios[mine] - theirs.ratios[other]).max(axis=1)
    size = theirs.longest[other] / (ours.longest[mine] * scale)
    keep = np.flatnonzero((apart < allowed[mine]) & (np.abs(size - 1) <= tolerance))
    for i in keep[np.argsort(apart[keep])]:
        yield int(mine[i]), int(other[i])


def _similarity(ours: Array, theirs: Array, scale: float, tolerance: float) -> Array | None:
    """Rotation, scale, shift and, if they turn the other way, a mirror from three pairs: (2, 3), or None.

    Complex numbers make both cases one division: w = a z + b, or w = a conj(z) + b.
    """
    z, w = ours[:, 0] + 1j * ours[:, 1], theirs[:, 0] + 1j * theirs[:, 1]
    mirrored = _turn(z) * _turn(w) < 0
    z = z.conj() if mirrored else z
    dz, dw = z - z.mean(), w - w.mean()
    a = (dz.conj() @ dw) / (dz.conj() @ dz).real
    if abs(abs(a) / scale - 1) > tolerance:
        return None
    b = w.mean() - a * z.mean()
    sign = -1 if mirrored else 1
    return np.array([[a.real, -sign * a.imag, b.real], [a.imag, sign * a.real, b.imag]])


def _turn(z: NDArray[np.complex128]) -> float:
    return float(((z[1] - z[0]).conjugate() * (z[2] - z[0])).imag)


def _confirm(frame: _Frame, sky: _Sky, centre: J2000, checked: Array, trial: Array) -> tuple[Tan, int] | None:
    """Fit again with every star that falls near one, twice, and ask whether chance could do that."""
    scale = hypot(trial[0, 0], trial[1, 0])
    for radius_px, allowed in ((8.0, PERHAPS), (4.0, CHANCE)):
        ours, theirs = _pairs(frame, checked, trial, radius_px * scale)
        # `checked` reaches 1.5 times as far as the frame's corners.
        area = pi * (1.5 * hypot(frame.width, frame.height) / 2) ** 2
        by_accident = min(1.0, len(checked) * pi * radius_px**2 / area)
        if _least_chance(ours, by_accident) > allowed:
            return None
        trial = _affine(frame.points[ours], checked[theirs])
    return _exact(frame, sky, centre, trial)


def _exact(frame: _Frame, sky: _Sky, centre: J2000, trial: Array) -> tuple[Tan, int] | None:
    """The same once more in the tangent plane of the frame's own middle, where the projection is exact."""
    tan = _tan(trial, centre)
    for _ in range(2):
        middle = _position(*tan.sky(0.0, 0.0))
        checked = sky.near(middle, 4 * CHECK_STARS, 1.2 * sky.reach_deg)
        # Carried over star by star: near the pole the two planes are turned against each other.
        fit = _affine(frame.points, _plane(*tan.sky(*frame.points.T), middle))
        ours, theirs = _pairs(frame, checked, fit, 4.0 * hypot(fit[0, 0], fit[1, 0]))
        if len(ours) < FEWEST_STARS:
            return None
        tan = _tan(_affine(frame.points[ours], checked[theirs]), middle)
    crpix = (frame.width + 1) / 2, (frame.height + 1) / 2
    return Tan(crpix, _position(*tan.sky(0.0, 0.0)), tan.cd), len(ours)


def _tan(fit: Array, centre: J2000) -> Tan:
    """A fit in arcseconds around a centre as a projection of pixels from the frame's middle."""
    (a, b, x), (c, d, y) = (tuple(float(value) for value in row / 3600) for row in fit)
    shift = np.linalg.solve([[a, b], [c, d]], [x, y])
    return Tan((-float(shift[0]), -float(shift[1])), centre, ((a, b), (c, d)))


def _position(ra: Array, dec: Array) -> J2000:
    return J2000(float(ra), float(dec))


def _plane(ra: Array, dec: Array, centre: J2000) -> Array:
    """Standard coordinates around a centre in arcseconds, (n, 2)."""
    return np.stack(project(ra, dec, centre), axis=1) * 3600


def _pairs(frame: _Frame, checked: Array, fit: Array, radius: float) -> tuple[Indices, Indices]:
    """Stars of the frame and the catalogue that fall together, each at most once."""
    placed = frame.points @ fit[:, :2].T + fit[:, 2]
    distance = np.hypot(*(placed[:, None, :] - checked[None, :, :]).transpose(2, 0, 1))
    theirs = distance.argmin(axis=1)
    ours = np.arange(len(placed))
    mutual = (distance.argmin(axis=0)[theirs] == ours) & (distance[ours, theirs] <= radius)
    return ours[mutual], theirs[mutual]


def _affine(ours: Array, theirs: Array) -> Array:
    """Least squares: theirs = A ours + b, as (2, 3)."""
    design = np.column_stack([ours, np.ones(len(ours))])
    return np.asarray(np.linalg.lstsq(design, theirs, rcond=None)[0].T)


def _least_chance(ours: Indices, by_accident: float) -> float:
    """Of the frame's brightest stars, as many as make these matches the least likely; times the tries.

    Fainter ones than the catalogue knows match nothing and prove nothing, as does noise.
    """
    brightest = np.sort(ours) + 1
    chances = (_chance(n, int(of), by_accident) for n, of in enumerate(brightest, start=1))
    return min((len(brightest) * one for one in chances), default=1.0)


def _chance(matched: int, stars: int, by_accident: float) -> float:
    """How often so many stars would fall on a catalogue star if each did with this probability.

    The tail of the binomial distribution. Three matches are given away: they placed the trial.
    """
    n, k, p = max(stars - 3, 0), matched - 3, by_accident
    if k <= 0:
        return 1.0
    return float(sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1)))
