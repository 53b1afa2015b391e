"""Centring: slew, look where the telescope really points, correct, until the target is in the middle."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum

import erfa
import numpy as np

from appliance.bus import Publish, Said
from appliance.errors import CentringFailed, DeviceRefused, DeviceUnsupported
from appliance.sky.coordinates import from_vector, separation_arcsec, unit_vector
from appliance.solve.solution import Solution
from hardware.devices import J2000, Mount

SOURCE = "centring"
# A correction that leaves more than this part of the error did not arrive in the mount.
IGNORED = 0.5


class Method(Enum):
    """How the mount is corrected: by telling it where it points, or by aiming beside the target."""

    SYNC = "sync"
    OFFSET = "offset"


@dataclass(frozen=True, slots=True)
class CentreSettings:
    """`attempts` counts looks; `method` is the one to begin with."""

    tolerance_arcsec: float = 30.0
    attempts: int = 5
    method: Method = Method.SYNC


@dataclass(frozen=True, slots=True)
class Attempt:
    """One look: how far off the target it was, and how that is being corrected (None: good enough)."""

    number: int
    error_arcsec: float
    solution: Solution
    correction: Method | None


@dataclass(frozen=True, slots=True)
class Centred:
    """The target is within the tolerance; the last attempt says by how much."""

    target: J2000
    attempts: tuple[Attempt, ...]

    @property
    def error_arcsec(self) -> float:
        """What is left, arcseconds."""
        return self.attempts[-1].error_arcsec

    @property
    def solution(self) -> Solution:
        """Where the telescope points now."""
        return self.attempts[-1].solution


Look = Callable[[], Awaitable[Solution]]
OnAttempt = Callable[[Attempt], Awaitable[None]]


async def _nothing(_: Attempt) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class _Aim:
    """Where the mount is sent, and how it is corrected when that is not where it arrives."""

    position: J2000
    method: Method


async def centre(
    mount: Mount,
    look: Look,
    target: J2000,
    settings: CentreSettings,
    publish: Publish,
    *,
    on_attempt: OnAttempt = _nothing,
) -> Centred:
    """Bring `target` into the middle of the frame.

    `look` exposes and solves. A mount that refuses or ignores sync is corrected by offsets instead.
    Raises CentringFailed after the last attempt, SolveFailed from `look`, DeviceError from the mount;
    the mount is left tracking where it is.
    """
    aim = _Aim(target, settings.method)
    attempts: list[Attempt] = []
    await mount.slew(aim.position)
    for number in range(1, settings.attempts + 1):
        solution = await look()
        error = separation_arcsec(solution.centre, target)
        aim = _reconsidered(aim, error, attempts, settings, publish)
        ends = error <= settings.tolerance_arcsec or number == settings.attempts
        attempts.append(Attempt(number, error, solution, None if ends else aim.method))
        await on_attempt(attempts[-1])
        _say(publish, _progress(attempts[-1], settings))
        if error <= settings.tolerance_arcsec:
            return Centred(target, tuple(attempts))
        if not ends:
            aim = await _correct(mount, aim, solution.centre, target, publish)
    raise CentringFailed(_failure(attempts, settings))


def _reconsidered(
    aim: _Aim, error: float, attempts: list[Attempt], settings: CentreSettings, publish: Publish
) -> _Aim:
    """Offsets from now on, when the last sync did not shrink the error as a sync does."""
    if not attempts or aim.method is Method.OFFSET:
        return aim
    if error > max(settings.tolerance_arcsec, IGNORED * attempts[-1].error_arcsec):
        _say(publish, "Sync does not help with this mount; aiming beside the target instead.")
        return _Aim(aim.position, Method.OFFSET)
    return aim


async def _correct(mount: Mount, aim: _Aim, found: J2000, target: J2000, publish: Publish) -> _Aim:
    """Sync or offset, and slew again; the new aim, by the method that worked."""
    if aim.method is Method.SYNC:
        try:
            await mount.sync(found)
        except (DeviceRefused, DeviceUnsupported) as error:
            _say(publish, f"No sync ({error.sentence}); aiming beside the target instead.")
            aim = _Aim(aim.position, Method.OFFSET)
    if aim.method is Method.OFFSET:
        aim = _Aim(rotated(aim.position, found, target), Method.OFFSET)
    await mount.slew(aim.position)
    return aim


def rotated(aim: J2000, found: J2000, target: J2000) -> J2000:
    """`aim` turned by the rotation that takes `found` to `target` along their great circle.

    Differences in right ascension and declination would diverge near the pole; this converges everywhere.
    """
    start, end = unit_vector(found), unit_vector(target)
    axis = np.cross(start, end)
    # erfa turns the frame, not the vector: hence the sign. sin = |axis|, cos = start . end.
    length = float(np.linalg.norm(axis))
    angle = float(np.arctan2(length, start @ end))
    turn = erfa.rv2m(-axis / length * angle) if length else np.eye(3)
    return from_vector(turn @ unit_vector(aim))


def _progress(attempt: Attempt, settings: CentreSettings) -> str:
    error = _angle(attempt.error_arcsec)
    if attempt.error_arcsec <= settings.tolerance_arcsec:
        return f"Centred: {error} off after {attempt.number} look{'s' if attempt.number > 1 else ''}."
    how = {Method.SYNC: "syncing", Method.OFFSET: "offsetting", None: "giving up"}[attempt.correction]
    return f"Look {attempt.number} of {settings.attempts}: {error} off, {how}."


def _failure(attempts: list[Attempt], settings: CentreSettings) -> str:
    errors = ", ".join(_angle(attempt.error_arcsec) for attempt in attempts)
    return (
        f"Still {_angle(attempts[-1].error_arcsec)} off target after {len(attempts)} looks"
        f" ({errors}); {_angle(settings.tolerance_arcsec)} is allowed."
    )


def _angle(arcsec: float) -> str:
    if arcsec < 120:
        return f'{arcsec:.0f}"'
    return f"{arcsec / 60:.1f}'" if arcsec < 7200 else f"{arcsec / 3600:.1f}°"


def _say(publish: Publish, text: str) -> None:
    publish(Said(source=SOURCE, text=text, routine=True))
