"""Frames that no solver recognised are kept: they show what was in the way."""

from pathlib import Path

from appliance.errors import StorageFailed
from appliance.imaging.calculator import Held
from appliance.imaging.naming import free_path
from appliance.imaging.stars import StarField
from appliance.sequence.facts import facts_of, surroundings
from appliance.sequence.night import Night
from hardware.devices import Frame


async def keep_unsolved(night: Night, held: Held, frame: Frame, stars: StarField) -> Path | None:
    """Write the frame beside the subs; returns its path, None (and says why) when it cannot be written."""
    started = night.observer.at(frame.started)
    path = free_path(night.images.parent / "unsolved" / f"{started:%Y-%m-%d_%H-%M-%S}.fits")
    around = await surroundings(night, night.state.filter)
    try:
        await held.save(path, facts_of(night, night.state.target, frame, around, stars, None))
    except StorageFailed as failure:
        night.say(failure.sentence, "warning", failure.code, failure.advice)
        return None
    return path
