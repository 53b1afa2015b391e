"""Which way round the camera was, kept in the journal: after a crash it still tells the side of the pier."""

from appliance.journal import CameraAngle
from appliance.pointing.pier import Pier, turned
from appliance.sequence.night import Night
from hardware.devices import PierSide


async def recalled(night: Night) -> Pier:
    """What an earlier life of this run has proved; no more than that is known of the mount now."""
    kept = await night.journal.read(CameraAngle, run=night.run)
    newest = kept[-1] if kept else None
    return Pier(proof=(newest.position_angle_deg, PierSide(newest.pier_side)) if newest else None)


async def solved(night: Night, pier: Pier, position_angle_deg: float) -> None:
    """A frame was solved: the pier's side follows, and what is new about the camera is kept."""
    before = pier.proof
    pier.solved(position_angle_deg)
    await keep(night, pier, before)


async def keep(night: Night, pier: Pier, before: tuple[float, PierSide] | None) -> None:
    """Write the newest proof down unless it says what the one before said."""
    if pier.proof is None or (
        before and before[1] is pier.proof[1] and turned(before[0], pier.proof[0]) is False
    ):
        return
    angle, side = pier.proof
    await night.journal.add(
        CameraAngle(
            run=night.run, at=night.observer.unix(), pier_side=side.value, position_angle_deg=round(angle, 2)
        )
    )
