"""Making the rig safe, one attempt: park, then close the roof, and believe neither without a look."""

from collections.abc import Callable
from dataclasses import dataclass

from appliance.guardian.clock import Clock
from appliance.guardian.problems import Silent, Trouble
from appliance.guardian.rig import Rig

SWITCH_SECONDS = 10.0  # the park sensor may follow the mount's word a moment later
LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Result:
    """What is not safe yet, "" when all is; `silent` when nobody answered."""

    danger: str = ""
    silent: bool = False


def make_safe(rig: Rig, say: Callable[[str], None], clock: Clock, park_seconds: float) -> Result:
    """One attempt at everything; never raises Trouble.

    The roof moves only over a telescope seen parked (by its sensor, without one by the mount's word), unless
    it never touches the telescope: then it closes first. Under a closed roof a mount that cannot be
    parked is still tried again.
    """
    steps = [_Step("the mount is not parked", lambda: _park(rig, say, clock, park_seconds))]
    closing = _Step("the roof is not closed", lambda: _close(rig, say, clock, park_seconds))
    steps.insert(0 if rig.clears_telescope else 1, closing)
    failed = [result for step in steps if (result := step.tried()).danger]
    missing = [Result(what) for what in rig.unreachable]
    return Result(
        "; ".join(dict.fromkeys(result.danger for result in [*failed, *missing])),
        any(result.silent for result in failed),
    )


@dataclass(frozen=True, slots=True)
class _Step:
    what: str
    work: Callable[[], None]

    def tried(self) -> Result:
        try:
            self.work()
        except Trouble as trouble:
            return Result(f"{self.what}: {trouble}", isinstance(trouble, Silent))
        return Result()


def _park(rig: Rig, say: Callable[[str], None], clock: Clock, within: float) -> None:
    if rig.mount is None:
        return
    if not rig.mount.parked():
        say(f"Parking {rig.mount.name}.")
        rig.mount.park(within)
        say(f"{rig.mount.name} is parked.")
    if rig.park_sensor is not None and not _seen_parked(rig, clock, SWITCH_SECONDS):
        raise Trouble("its park sensor does not see it parked")


def _close(rig: Rig, say: Callable[[str], None], clock: Clock, within: float) -> None:
    roof = rig.roof
    if roof is None or roof.closed():
        return
    if not rig.clears_telescope and not _seen_parked(rig, clock, 0.0):
        raise Trouble("it must not move over a telescope that is not seen parked")
    say(f"Closing {roof.name}.")
    roof.close(within, lambda: rig.clears_telescope or _still_parked(rig))
    if not roof.closed():
        raise Trouble("it was told to close and is not seen closed")
    say(f"{roof.name} is closed.")


def _seen_parked(rig: Rig, clock: Clock, within: float) -> bool:
    ends = clock.now() + within
    while not _parked(rig):
        if clock.now() >= ends:
            return False
        clock.sleep(LOOK_SECONDS)
    return True


def _parked(rig: Rig) -> bool:
    if rig.park_sensor is not None:
        return rig.park_sensor.parked()
    return rig.mount is not None and rig.mount.parked()


def _still_parked(rig: Rig) -> bool:
    """While the roof moves only the switch is asked: a driver may be busy with other things."""
    return rig.park_sensor is None or rig.park_sensor.parked()
