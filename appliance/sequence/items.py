"""Carrying out what stands in the list and is no target."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from appliance.errors import DeviceLost, DeviceMissing, DeviceStuck, DiskFull, NightboxError
from appliance.plan import DarkFrames, Item, PanelFlats, Script, SkyFlats, Wait
from appliance.plan.keys import item_key
from appliance.sequence.asking import GO_ON, ask
from appliance.sequence.away import wait_for_rig
from appliance.sequence.darks import take_darks
from appliance.sequence.flatting import take_panel_flats, take_sky_flats
from appliance.sequence.known import Established
from appliance.sequence.meridian import REST_SECONDS, rest
from appliance.sequence.moments import moment_of
from appliance.sequence.night import Night
from appliance.sequence.scripts import run_script
from appliance.sequence.tonight import Tonight
from appliance.sequence.waiting import sleep_until, wait_for_room

TRIES = 3


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """An item to carry out: in which night, with what is known of the rig, under which sky."""

    night: Night
    known: Established
    sky: Tonight
    key: str


async def carry_out(night: Night, known: Established, sky: Tonight, place: int) -> bool:
    """True when there is no more to be done for it; False when there is use in trying it again.

    What fails is said, and the night goes on. NightOver when a script or a person ends it.
    """
    item, key = night.plan.target[place], item_key(night.plan, place)
    task = Task(night, known, sky, key)
    async with night.span(_words(item)):
        try:
            await _way(item)(task, item)
        except DiskFull as full:
            await wait_for_room(night, known, full)
            return False
        except (DeviceLost, DeviceMissing, DeviceStuck) as away:
            is_new = known.trouble(night.state.done, away.sentence)
            known.doubt(lost=True)
            if is_new:
                night.say(away.sentence, "warning", away.code, away.advice)
            return known.troubles >= TRIES or not await wait_for_rig(night, known)
        except NightboxError as failure:
            night.say(failure.sentence, "error", failure.code, failure.advice)
    return True


def _words(item: Item) -> str:
    named = getattr(item, "name", "")
    return f"{item.do.capitalize()}{f' {named}' if named else ''}"


Way = Callable[[Task, Item], Awaitable[None]]


def _way(item: Item) -> Way:
    return WAYS[type(item)]


async def _wait(task: Task, item: Item) -> None:
    assert isinstance(item, Wait)
    night = task.night
    if item.ask:
        await ask(night, item.ask, (GO_ON,), GO_ON)
        return
    now = night.observer.unix()
    moment = moment_of(item.until, task.sky.night) if item.until else now + item.seconds
    if moment - now > REST_SECONDS:
        await rest(night, task.known)
    night.show(doing=_words(item), waiting=True, until=moment)
    await sleep_until(night, moment)


async def _script(task: Task, item: Item) -> None:
    assert isinstance(item, Script)
    if item.begin:
        await sleep_until(task.night, moment_of(item.begin, task.sky.night))
    await run_script(task.night, item)


async def _sky_flats(task: Task, item: Item) -> None:
    assert isinstance(item, SkyFlats)
    await take_sky_flats(task.night, task.known, item, task.key)


async def _panel_flats(task: Task, item: Item) -> None:
    assert isinstance(item, PanelFlats)
    await take_panel_flats(task.night, task.known, item, task.key)


async def _darks(task: Task, item: Item) -> None:
    assert isinstance(item, DarkFrames)
    await take_darks(task.night, task.known, item, task.key)


WAYS: dict[type[Item], Way] = {
    Wait: _wait, Script: _script, SkyFlats: _sky_flats, PanelFlats: _panel_flats, DarkFrames: _darks,
}  # fmt: skip
