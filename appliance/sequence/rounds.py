"""The list of the plan, gone through once or again: whose turn it is, and what comes of it."""

import math
from dataclasses import dataclass, field

from appliance.errors import (
    DeviceError,
    DeviceLost,
    DeviceMissing,
    DeviceUnsupported,
    DiskFull,
    NightboxError,
    ParkedByHand,
    ProcedureFailed,
)
from appliance.plan.keys import item_key
from appliance.sequence.agenda import agenda, items_of
from appliance.sequence.asking import go_on_after
from appliance.sequence.away import needed, wait_for_rig
from appliance.sequence.choosing import Choice
from appliance.sequence.ending import TargetOver
from appliance.sequence.items import carry_out
from appliance.sequence.known import Established
from appliance.sequence.marks import is_marked, mark
from appliance.sequence.night import Night
from appliance.sequence.progress import Work, opens_after, turns, unfinished_works
from appliance.sequence.taking import Turn, take
from appliance.sequence.tonight import Tonight, tonight
from appliance.sequence.waiting import (
    wait_for_conditions,
    wait_for_dusk,
    wait_for_edit,
    wait_for_repeat,
    wait_for_rise,
    wait_for_room,
    wait_to_retry,
)

IDLE_SECONDS = 1.0  # a turn of an endless list that takes no longer does nothing, and would not end


async def go_through(night: Night, known: Established, sky: Tonight) -> None:
    """Every turn of the list, until nothing of it can be done any more tonight."""
    for turn in turns(night.plan):
        began = night.observer.unix()
        if night.plan.repeat != 1 and turn > 1:
            night.say(f"The list begins again, for the {turn}. time.")
        went_on = await _Round(night, known, turn, sky).go()
        now = night.observer.unix()
        if not went_on or now - began < IDLE_SECONDS or now >= sky.dark.ends:
            return


@dataclass(slots=True)
class _Round:
    """One turn of the list."""

    night: Night
    known: Established
    turn: int
    sky: Tonight
    choice: Choice = field(init=False)
    done: set[int] = field(default_factory=set)
    edition: int = field(init=False)

    def __post_init__(self) -> None:
        self.choice, self.edition = Choice(self.sky), self.night.edition

    async def go(self) -> bool:
        """False when nothing was to be done."""
        await self._remember_items()
        await self._say_who_stays_low()
        went_on = False
        while await self._next():
            went_on = True
        return went_on

    async def _remember_items(self) -> None:
        night = self.night
        for place in items_of(night.plan):
            if await is_marked(night, self._name(place), self.sky.night.begins):
                self.done.add(place)
        for work in await unfinished_works(night, self.turn):
            if await is_marked(night, _over(work), self.sky.night.begins):
                self.choice.not_before(work, math.inf)

    def _name(self, place: int) -> str:
        return f"{item_key(self.night.plan, place)} | round {self.turn}"

    async def _say_who_stays_low(self) -> None:
        for work in await unfinished_works(self.night, self.turn):
            if not self.sky.up[work.index]:
                name = work.target.name
                self.night.say(f"{name} cannot be taken any more tonight: left as it is.", "warning")

    async def _next(self) -> bool:
        """Do whatever is due now, or wait for it; False when there is nothing any more."""
        night, known = self.night, self.known
        await self._take_over_edits()
        if night.gate.held and night.observer.unix() >= self.sky.dark.begins:
            await wait_for_conditions(night, known)
        left, now = await unfinished_works(night, self.turn), night.observer.unix()
        due = agenda(night.plan, left, self.done, self.choice, now)
        if due.item is not None:
            await self._item(due.item)
        elif not due.works:
            return False
        elif turn := self.choice.turn(list(due.works), now):
            if night.rig.away(needed(night)):
                await wait_for_rig(night, known)
            else:
                await self._one_turn(turn)
        else:
            await self._wait_for(list(due.works), now)
        return True

    async def _take_over_edits(self) -> None:
        """A plan that was changed is looked at anew; what has been done of it stays done."""
        night = self.night
        await wait_for_edit(night)
        if night.edition == self.edition:
            return
        self.edition = night.edition
        self.sky = tonight(
            night.plan, night.targets, night.observer.site, night.observer.unix(), night.horizon
        )
        self.choice, self.done = Choice(self.sky), set()
        self.known.dawn = self.sky.dark.ends
        await self._remember_items()

    async def _item(self, place: int) -> None:
        night, known = self.night, self.known
        if await carry_out(night, known, self.sky, place):
            await mark(night, self._name(place))
            self.done.add(place)

    async def _wait_for(self, works: list[Work], now: float) -> None:
        night, known = self.night, self.known
        if now < self.sky.dark.begins:
            await wait_for_dusk(night, known, self.sky.dark.begins)
            return
        opens, work = self.choice.next(works, now)
        if self.choice.repeating(work, now):
            await wait_for_repeat(night, known, work, opens)
        elif self.choice.rests(work):
            await wait_to_retry(night, known, work, opens)
        else:
            await wait_for_rise(night, known, work, opens)

    async def _one_turn(self, turn: Turn) -> None:
        """Work on a target; what went wrong decides when there is use in trying it again."""
        night, known = self.night, self.known
        moment = await opens_after(night, turn.work, self.turn)
        if moment > night.observer.unix():
            self.choice.repeats(turn.work, moment)
            return
        try:
            is_over = await take(night, known, turn)
        except (DeviceUnsupported, ParkedByHand) as failure:  # asking again unchanged is no use
            known.doubt()
            night.say(failure.sentence, "error", failure.code, failure.advice)
            night.say(f"{turn.work.target.name} is left as it is.", "warning")
            self.choice.not_before(turn.work, math.inf)
        except TargetOver as over:
            night.say(f"{over}.")
            await mark(night, _over(turn.work))
            self.choice.not_before(turn.work, math.inf)
        except DiskFull as full:
            await wait_for_room(night, known, full)
        except (ProcedureFailed, DeviceError) as failure:
            await self._leave(turn.work, failure)
        else:
            if is_over:
                await self._turn_over(turn)

    async def _leave(self, work: Work, failure: NightboxError) -> None:
        """For some minutes; said once for as long as no sub of it is saved."""
        night, name = self.night, work.target.name
        self.known.doubt(lost=isinstance(failure, DeviceLost | DeviceMissing))
        saved = sum(map(len, (await night.journal.saved(night.run)).values()))
        minutes, is_first = self.choice.leave(work, saved, night.observer.unix())
        if not is_first:
            return
        night.say(failure.sentence, "error", failure.code, failure.advice)
        night.say(f"{name} is left for {minutes:.0f} minutes, then tried again.", "warning")
        await go_on_after(night, failure)

    async def _turn_over(self, turn: Turn) -> None:
        night, name, now = self.night, turn.work.target.name, self.night.observer.unix()
        if night.skipped == name:
            night.skipped = ""
            night.say(f"{name} is left for tonight, as somebody wished.")
            self.choice.not_before(turn.work, math.inf)
            return
        if now >= turn.yields:
            night.say(f"{name} waits: a target that comes before it in the plan is up.")
            self.choice.not_before(turn.work, now)
            return
        if not turn.work.missing(await night.journal.saved(night.run)):
            return  # complete, and perhaps it is repeated
        night.say(f"{name}: no time for another sub tonight.")
        self.choice.not_before(turn.work, turn.ends)


def _over(work: Work) -> str:
    return f"{work.planned.name} ends for the night"
