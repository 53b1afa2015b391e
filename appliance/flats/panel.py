"""Flats of a light that stays as it is: exposure and brightness found once for each filter."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from appliance.cleanup import on_failure
from appliance.errors import FlatsFailed
from appliance.flats.light import Aim, Exposed, FlatFrames
from hardware.devices import FlatPanel

COMFORTABLE_SECONDS = 2.0  # long enough for any shutter, short enough for many
FOUND = 0.01  # a step smaller than this share is none
TRIES = 12
MISSES = 4  # in a row, once the light was found


@dataclass(frozen=True, slots=True)
class Lamp:
    """How to expose: seconds, and the panel's brightness (None: it is not ours to set)."""

    seconds: float
    brightness: int | None = None


@dataclass(frozen=True, slots=True)
class PanelSet:
    """What came of one filter: `lamp` None and `why` when no light fitted."""

    filter: str
    kept: int
    missing: int
    lamp: Lamp | None
    why: str


def next_lamp(lamp: Lamp, light: float, aim: Aim, brightest: int | None) -> Lamp | None:
    """A better one, after a frame of so much light (ADU over the bias); None where none can be had.

    The exposure follows the ratio; the brightness only where no exposure within the limits would do, and
    never when `brightest` is None.
    """
    wanted = lamp.seconds * aim.light / light
    if aim.shortest <= wanted <= aim.longest:
        return Lamp(aim.fitted(wanted), lamp.brightness)
    if lamp.brightness is not None and brightest is not None:
        seconds = aim.fitted(COMFORTABLE_SECONDS)
        level = min(max(round(lamp.brightness * wanted / seconds), 1), brightest)
        if level != lamp.brightness:
            return Lamp(aim.fitted(wanted * lamp.brightness / level), level)
    seconds = aim.fitted(wanted)
    return None if seconds == aim.fitted(lamp.seconds) else Lamp(seconds, lamp.brightness)


async def find_lamp(
    frames: FlatFrames, panel: FlatPanel | None, filter_: str, aim: Aim, start: Lamp, *, fixed: bool = False
) -> tuple[Lamp, Exposed]:
    """Ratio steps until one changes less than 1 %, or comes back from the other side on target.

    The panel shines as found on return, and the frame of it (on target) waits for its verdict. `fixed`
    leaves the brightness alone. FlatsFailed when no exposure within the limits fits.
    """
    lamp, before = Lamp(aim.fitted(start.seconds), start.brightness), 0.0
    brightest = None if panel is None or fixed else panel.brightest
    for _ in range(TRIES):
        await shine(panel, lamp)
        exposed = await frames.expose(filter_, lamp.seconds)
        better = next_lamp(lamp, aim.light_of(exposed.level), aim, brightest)
        if better is None and not aim.hits(exposed.level):
            await frames.drop(exposed)
            raise out_of_reach(filter_, lamp, exposed, aim)
        change = 0.0 if better is None else _change(lamp, better)
        if aim.hits(exposed.level) and (abs(change) < FOUND or change * before < 0):
            return lamp, exposed
        await frames.drop(exposed)
        lamp, before = better or lamp, change
    raise FlatsFailed(f"The light in {filter_ or 'no filter'} does not stay the same: no exposure fits.")


def _change(lamp: Lamp, better: Lamp) -> float:
    if lamp.brightness != better.brightness:
        return 1.0  # nothing is known of the new one yet
    return better.seconds / lamp.seconds - 1


def out_of_reach(filter_: str, lamp: Lamp, exposed: Exposed, aim: Aim) -> FlatsFailed:
    """In plain words: too much, or too little."""
    dark = exposed.level < aim.adu
    at = "" if lamp.brightness is None else f" at brightness {lamp.brightness}"
    how = "faint" if dark else "bright"
    return FlatsFailed(
        f"The light in {filter_ or 'no filter'} is too {how}: {lamp.seconds:g} s{at}"
        f" give {exposed.level:.0f} ADU, {aim.adu:.0f} are wanted."
    )


async def shine(panel: FlatPanel | None, lamp: Lamp) -> None:
    """Set the panel, if it is ours to set and not so already."""
    if panel is None or lamp.brightness is None:
        return
    if await panel.level() != lamp.brightness:
        await panel.light(lamp.brightness)


async def panel_flats(
    frames: FlatFrames, panel: FlatPanel | None, filters: Sequence[str], aim: Aim,
    lamps: Mapping[str, Lamp], *, fixed: bool = False,
    done: Callable[[PanelSet], Awaitable[None]] | None = None,
) -> tuple[PanelSet, ...]:  # fmt: skip
    """Take what is missing in each filter; the panel is dark afterwards, whatever happens.

    `lamps` is where to begin in each filter (it must have one for every filter); a filter whose light is
    out of reach is told in its set, and the others are taken.
    """
    sets = []
    async with panel_off(panel):
        for name in dict.fromkeys(filters):
            if missing := await frames.missing(name):
                sets.append(await _one_filter(frames, panel, name, aim, lamps[name], missing, fixed=fixed))
                if done is not None:
                    await done(sets[-1])
    return tuple(sets)


async def _one_filter(
    frames: FlatFrames,
    panel: FlatPanel | None,
    name: str,
    aim: Aim,
    start: Lamp,
    missing: int,
    *,
    fixed: bool,
) -> PanelSet:
    lamp, why = None, ""
    async with frames.through(name):
        try:
            if await frames.ready():
                lamp, first = await find_lamp(frames, panel, name, aim, start, fixed=fixed)
                await frames.keep(first)
                lamp = await _the_rest(frames, name, aim, lamp)
        except FlatsFailed as failure:
            why = failure.sentence
    left = await frames.missing(name)
    return PanelSet(name, missing - left, missing, lamp, why)


async def _the_rest(frames: FlatFrames, name: str, aim: Aim, lamp: Lamp) -> Lamp:
    """At the exposure found, nudged along when the panel warms up; FlatsFailed when it wanders off."""
    misses = 0
    while await frames.missing(name) and await frames.ready():
        exposed = await frames.expose(name, lamp.seconds)
        if aim.hits(exposed.level):
            misses = 0
            await frames.keep(exposed)
            continue
        misses += 1
        await frames.drop(exposed)
        better = next_lamp(lamp, aim.light_of(exposed.level), aim, None)
        if misses >= MISSES or better is None:
            raise out_of_reach(name, lamp, exposed, aim)
        lamp = better
    return lamp


@asynccontextmanager
async def panel_off(panel: FlatPanel | None) -> AsyncIterator[None]:
    """The panel is dark after the block, also after a failure or Stop."""

    async def dark() -> None:
        if panel is not None:
            await panel.light(0)

    async with on_failure(dark):
        yield
    await dark()
