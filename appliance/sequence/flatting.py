"""Flats in their place of the plan's list: sky flats at dusk and dawn, panel flats."""

import asyncio
from collections.abc import Mapping

from appliance.errors import DeviceRefused, ParkedByHand
from appliance.flats.factors import in_order
from appliance.flats.light import Aim
from appliance.flats.panel import Lamp, PanelSet, panel_flats
from appliance.flats.point import SunRange, flat_point, shifted, sky_rate, tonights_twilight
from appliance.flats.sky import SkySet, Twilight, sky_flats
from appliance.journal import FlatLight
from appliance.plan import PanelFlats, SkyFlats
from appliance.profile import Profile
from appliance.sequence.calibration import bias_level
from appliance.sequence.covering import covered
from appliance.sequence.establish import cooled, go_near
from appliance.sequence.flat_frames import NightFlats, day_of, select
from appliance.sequence.known import Established
from appliance.sequence.meridian import rest
from appliance.sequence.night import Night
from appliance.sequence.saving import saving
from appliance.sequence.twilight import wait_for_twilight
from appliance.sky.catalogue import Target
from appliance.sky.coordinates import from_alt_az
from appliance.sky.windows import Window

POINT, SHIFT = "flat point", "flat shift"
AGAIN_SECONDS = 30.0
DARKEST_SUN_DEG = -11.0  # not even a clear filter has enough light then
# A roof must be open before, and parked and closed before the Sun reaches the limit at dawn.
DUSK_MARGIN_DEG, DAWN_MARGIN_DEG = 0.1, 0.833


async def take_sky_flats(night: Night, known: Established, item: SkyFlats, key: str) -> None:
    """Wait for the twilight, then every filter's flats that are missing tonight and that its light allows.

    What is left over is said. DeviceError and StorageFailed leave as everywhere, with all that is saved
    saved; the telescope stands still afterwards.
    """
    if not await _any_missing(night, known, item, key):
        return
    window = twilight_of(night, known, item)
    if window is None:
        night.say(f"It is too late for flats at {item.twilight}: none are taken.", "warning")
        return
    await wait_for_twilight(night, known, item.twilight, window)
    known.dawn = max(known.dawn, window.ends)
    await cooled(night, known)
    factors = await learned_factors(night)
    await select(night, known, in_order(item.filters, factors, dusk=item.twilight == "dusk")[0])
    aim = aim_of(night, item, await bias_level(night, item))
    if not await _reach_point(night, known, item, window):
        return
    await _take_sky(night, known, item, key, aim, window, factors)
    await rest(night, known)


def twilight_of(night: Night, known: Established, item: SkyFlats) -> Window | None:
    """When this item's flats are tried in this night (UTC seconds), None when that is over."""
    now, sun = night.observer.unix(), sun_range(night.profile, item.twilight)
    return tonights_twilight(night.observer.site, now, known.dawn, item.twilight, sun)


def sun_range(profile: Profile, twilight: Twilight) -> SunRange:
    """Where the Sun may stand for flats of this rig."""
    highest = profile.flats.max_sun_altitude_deg
    if profile.roof is not None or profile.cover is not None:
        margin = DUSK_MARGIN_DEG if twilight == "dusk" else DAWN_MARGIN_DEG
        highest = min(highest, profile.safety.max_sun_altitude_deg - margin)
    return SunRange(DARKEST_SUN_DEG, highest)


async def _take_sky(
    night: Night, known: Established, item: SkyFlats, key: str, aim: Aim, window: Window,
    factors: Mapping[str, float],
) -> None:  # fmt: skip
    moves = 0

    async def move() -> None:
        nonlocal moves
        if item.shift_arcsec:
            moves += 1
            await _shift(night, item, moves)

    async def done(one: SkySet) -> None:
        _say_set(night, item, one.filter, one.kept, one.missing, one.why)

    rate = sky_rate(night.observer.site, night.observer.unix())
    async with saving() as saver:
        frames = NightFlats(night, known, item, key, saver, day_of(night), window.ends, move)
        result = await sky_flats(frames, item.filters, aim, item.twilight, rate, factors, done)
    for name, factor in result.factors.items():
        now = night.observer.unix()
        await night.journal.add(FlatLight(run=night.run, at=now, filter=name, factor=round(factor, 3)))


async def _reach_point(night: Night, known: Established, item: SkyFlats, window: Window) -> bool:
    """What refuses now (a roof that does not answer) is asked again while there is light."""
    while True:
        try:
            await _point(night, known, item, 0)
        except ParkedByHand:
            raise
        except DeviceRefused as refused:
            night.goes_down(POINT, refused, then="trying again while the twilight lasts")
            await asyncio.sleep(AGAIN_SECONDS)
            if night.observer.unix() >= window.ends:
                night.say(f"No flats at {item.twilight}: the twilight is over.", "warning")
                return False
        else:
            night.comes_back(POINT, "The telescope is at the flat point.")
            return True


async def _point(night: Night, known: Established, item: SkyFlats, number: int) -> None:
    site, now = night.observer.site, night.observer.unix()
    point = flat_point(site, now, night.profile.flats.sky_altitude_deg)
    await go_near(night, known, Target("the flat point", shifted(point, number, item.shift_arcsec)))
    if not item.shift_arcsec:
        await night.rig.mount.track(False)  # stars trail, and are elsewhere in the next frame


async def _shift(night: Night, item: SkyFlats, number: int) -> None:
    """The point stays where it is over the site: no meridian is crossed, and the sky drifts through it."""
    point = flat_point(night.observer.site, night.observer.unix(), night.profile.flats.sky_altitude_deg)
    try:
        await night.rig.mount.slew(shifted(point, number, item.shift_arcsec))
    except DeviceRefused as refused:  # flats of the same stars are better than none
        night.goes_down(SHIFT, refused, then="going on without a shift")
    else:
        night.comes_back(SHIFT, "Flats are shifted again.")


async def take_panel_flats(night: Night, known: Established, item: PanelFlats, key: str) -> None:
    """Behind the closed cover, or before a lit wall: every filter's flats that are missing tonight.

    The panel is off afterwards; a cover that was open is open again after a failure or Stop.
    """
    if not await _any_missing(night, known, item, key):
        return
    await cooled(night, known)
    await _to_the_panel(night, known)
    async with covered(night):
        await select(night, known, item.filters[0])
        aim = aim_of(night, item, await bias_level(night, item))
        await _take_panel(night, known, item, key, aim)


async def _take_panel(night: Night, known: Established, item: PanelFlats, key: str, aim: Aim) -> None:
    panel = night.rig.flat_panel

    async def done(one: PanelSet) -> None:
        _say_set(night, item, one.filter, one.kept, one.missing, one.why)
        if one.lamp is not None:
            await night.journal.add(
                FlatLight(
                    run=night.run, at=night.observer.unix(), filter=one.filter, seconds=one.lamp.seconds,
                    brightness=one.lamp.brightness, light=aim.light, settings=item.label(),
                )
            )  # fmt: skip

    brightness = item.brightness or (None if panel is None else max(1, panel.brightest // 2))
    start = Lamp(aim.fitted(2.0), brightness if panel is not None else None)
    lamps = {name: await learned_lamp(night, item, aim, name) or start for name in item.filters}
    async with saving() as saver:
        frames = NightFlats(night, known, item, key, saver, day_of(night))
        fixed = item.brightness is not None
        await panel_flats(frames, panel, item.filters, aim, lamps, fixed=fixed, done=done)


async def _to_the_panel(night: Night, known: Established) -> None:
    """Before the wall where the profile says so, else the telescope stands still where it is."""
    section = night.profile.flats
    if section.panel_azimuth_deg is not None and section.panel_altitude_deg is not None:
        site, now = night.observer.site, night.observer.unix()
        place = from_alt_az(section.panel_altitude_deg, section.panel_azimuth_deg, site, now)
        await go_near(night, known, Target("the flat panel", place))
    await rest(night, known)


async def _any_missing(night: Night, known: Established, item: SkyFlats | PanelFlats, key: str) -> bool:
    async with saving() as saver:
        frames = NightFlats(night, known, item, key, saver, day_of(night))
        return any([await frames.missing(name) for name in item.filters])


def aim_of(night: Night, item: SkyFlats | PanelFlats, bias: float) -> Aim:
    """What its flats shall be; `bias` is the level without light."""
    return Aim(
        item.target_adu, item.tolerance_percent / 100, item.shortest_seconds, item.longest_seconds, bias,
        float(night.profile.camera.full_well_adu),
    )  # fmt: skip


def _say_set(night: Night, item: SkyFlats | PanelFlats, name: str, kept: int, missing: int, why: str) -> None:
    told = f"{item.do.capitalize()} in {name or 'no filter'}: {kept} of {missing}"
    if kept == missing:
        night.say(f"{told}.")
    else:
        night.say(f"{told}; the rest is left, {why or 'it was ended'}".rstrip(".") + ".", "warning")


async def learned_factors(night: Night) -> dict[str, float]:
    """The profile's exposure factors, and for other filters the newest that flats have taught."""
    taught = await night.journal.read(FlatLight)
    learned = {one.filter: one.factor for one in taught if one.factor is not None}
    return {**learned, **night.profile.flats.factors}


async def learned_lamp(night: Night, item: PanelFlats, aim: Aim, name: str) -> Lamp | None:
    """What fitted last time with the same camera settings, brought to this aim."""
    taught = [
        one for one in await night.journal.read(FlatLight, filter=name, settings=item.label())
        if one.seconds is not None and one.light
        and (item.brightness is None or one.brightness == item.brightness)
    ]  # fmt: skip
    if not taught or taught[-1].seconds is None or not taught[-1].light:
        return None
    return Lamp(aim.fitted(taught[-1].seconds * aim.light / taught[-1].light), taught[-1].brightness)
