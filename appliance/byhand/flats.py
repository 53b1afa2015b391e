"""The flat wizard on the rig, outside of any night."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from appliance.byhand.hand import Hand
from appliance.errors import BadCommand
from appliance.flats.light import Aim, Exposed, level
from appliance.flats.panel import Lamp
from appliance.flats.wizard import Found, flat_wizard, proposal
from appliance.journal import FlatLight
from appliance.plan import PanelFlats
from appliance.sequence.calibration import bias_level, step_for
from appliance.sequence.flatting import aim_of, learned_lamp
from appliance.sequence.looking import sub_exposure


@dataclass(slots=True, eq=False)
class HandFlats:
    """Satisfies FlatFrames: one of each is wanted, and nothing is kept."""

    hand: Hand
    item: PanelFlats

    async def missing(self, filter_: str) -> int:
        return int(filter_ in self.item.filters)

    @asynccontextmanager
    async def through(self, filter_: str) -> AsyncIterator[None]:
        wheel = self.hand.night.rig.filter_wheel if filter_ else None
        if wheel is not None:
            await wheel.select(filter_)
        yield

    async def expose(self, filter_: str, seconds: float) -> Exposed:
        night = self.hand.night
        step = step_for(self.item, "flat", filter_, seconds)
        frame = await night.rig.camera.expose(sub_exposure(night.profile.camera, step))
        adu = level(frame.pixels)
        self.hand.say(f"{filter_ or 'No filter'}: {seconds:g} s give {adu:.0f} ADU.")
        return Exposed(adu, frame.exposure.seconds, frame.started)

    async def keep(self, exposed: Exposed) -> None:
        """A wizard's frames are looked at, and no more."""

    async def drop(self, exposed: Exposed) -> None:
        """As `keep`."""

    async def ready(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Proposed:
    """What was found, and the item for a plan ("" when nothing fits)."""

    found: tuple[Found, ...]
    toml: str


async def run_flat_wizard(hand: Hand, item: PanelFlats, *, cover: bool = True) -> Proposed:
    """Close the cover (it stays closed), find each filter's light, remember it for the nights to come.

    `cover` False leaves it alone: for a screen on the wall, or the sky.
    """
    night = hand.night
    if night.rig.filter_wheel is not None and (
        unknown := set(item.filters) - {*night.rig.filter_wheel.filters, ""}
    ):
        known = ", ".join(night.rig.filter_wheel.filters)
        raise BadCommand("filters", f"the wheel has no {min(unknown)!r}", advice=f"It has {known}.")
    if cover and night.rig.cover is not None:
        await night.rig.cover.close()
    panel = night.rig.flat_panel
    aim = aim_of(night, item, await bias_level(night, item))
    middle = None if panel is None else item.brightness or max(1, panel.brightest // 2)
    start = Lamp(aim.fitted(2.0), middle)
    lamps = {name: await learned_lamp(night, item, aim, name) or start for name in item.filters}
    found = await flat_wizard(
        HandFlats(hand, item), panel, item.filters, aim, lamps, fixed=item.brightness is not None
    )
    await _remember(hand, item, aim, found)
    for one in found:
        hand.say(f"Flat wizard: {one.line()}.".replace("..", "."))
    return Proposed(found, proposal(found, aim, item.count))


async def _remember(hand: Hand, item: PanelFlats, aim: Aim, found: tuple[Found, ...]) -> None:
    for one in found:
        if one.lamp is not None:
            await hand.night.journal.add(
                FlatLight(
                    at=hand.night.observer.unix(), filter=one.filter, seconds=one.lamp.seconds,
                    brightness=one.lamp.brightness, light=aim.light_of(one.level), settings=item.label(),
                )
            )  # fmt: skip
