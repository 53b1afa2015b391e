"""A mount with a hidden pointing error, in the loop's own time."""

import asyncio
from dataclasses import dataclass, field

import numpy as np

from appliance.errors import DeviceUnsupported
from appliance.sky.coordinates import Array, from_vector, unit_vector
from appliance.solve.solution import Solution
from appliance.solve.wcs import Tan, solution_of
from hardware.devices import J2000, MountStatus, PierSide


def rotation(axis: tuple[float, float, float], degrees: float) -> Array:
    """Rodrigues' formula, written out so that nothing is shared with the code under test."""
    x, y, z = np.array(axis) / np.linalg.norm(axis)
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    a = np.radians(degrees)
    return np.asarray(np.eye(3) + np.sin(a) * k + (1 - np.cos(a)) * k @ k)


@dataclass
class FakeMount:
    """Where it believes to point, turned by `error`, is where it points. A sync changes the belief."""

    error: Array
    obeys_sync: bool = True
    refuses_sync: bool = False
    scatter_arcsec: float = 0.0
    park_lies: bool = False
    park_seconds: float = 20.0
    name: str = "mount"
    lost: bool = False
    guide_port: None = None
    side_setter: None = None
    motion: None = None
    slews: list[J2000] = field(default_factory=list)
    syncs: list[J2000] = field(default_factory=list)
    parked: bool = False
    model: Array = field(default_factory=lambda: np.eye(3))
    seed: int = 3

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(self.seed)
        self.true = np.array([1.0, 0.0, 0.0])

    async def status(self) -> MountStatus:
        return MountStatus(J2000(0, 0), not self.parked, self.parked, False, PierSide.EAST)

    async def slew(self, target: J2000) -> None:
        await asyncio.sleep(5.0)
        self.slews.append(target)
        wanted = self.model @ unit_vector(target)
        jitter = self.random.normal(0, np.radians(self.scatter_arcsec / 3600), 3)
        self.true = self.error @ wanted + jitter

    async def sync(self, target: J2000) -> None:
        await asyncio.sleep(0.1)
        if self.refuses_sync:
            raise DeviceUnsupported(self.name, "cannot sync")
        self.syncs.append(target)
        if self.obeys_sync:
            # Like a one-star alignment: shifts of its two axes, which is all that simple mounts do.
            believed = self.error.T @ self.true
            self.model = shift_between(self.model @ unit_vector(target), believed) @ self.model

    async def track(self, on: bool) -> None: ...

    async def park(self) -> None:
        await asyncio.sleep(self.park_seconds)
        self.parked = not self.park_lies

    async def unpark(self) -> None:
        self.parked = self.park_lies

    async def locate(self, site: object, utc_unix: float) -> None: ...

    @property
    def pointing(self) -> J2000:
        return from_vector(self.true)


def shift_between(start: Array, end: Array) -> Array:
    axis = np.cross(start, end)
    length = float(np.linalg.norm(axis))
    if not length:
        return np.eye(3)
    return rotation(tuple(axis), float(np.degrees(np.arctan2(length, start @ end))))


def solution_at(position: J2000) -> Solution:
    tan = Tan((640.5, 512.5), position, ((-5e-4, 0.0), (0.0, 5e-4)))
    return solution_of(tan, 1280, 1024, matched=30, solver="fake", seconds=0.1)
