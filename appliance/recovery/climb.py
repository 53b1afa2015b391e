"""Climbing the ladder for one device: whoever tries to open it takes the rung that is due first."""

import asyncio

from appliance.bus import Publish, Said
from appliance.errors import DeviceError, DeviceLost, DeviceRefused, DeviceUnsupported
from appliance.profile import DeviceSection
from appliance.recovery.ladder import Ladder, Rung, Taken
from appliance.recovery.means import Means
from appliance.recovery.standing import Outage

SOURCE = "rig"
DOING = {
    Rung.RECONNECT: "Connecting it anew",
    Rung.DRIVER: "Restarting its driver",
    Rung.POWER: "Switching its power off and on",
    Rung.SERVER: "Restarting the server of all drivers",
}
DONE = {
    Rung.RECONNECT: "it was connected anew",
    Rung.DRIVER: "its driver was restarted",
    Rung.POWER: "its power was switched off and on",
    Rung.SERVER: "the server was restarted",
}
CHANCES = 3  # so often a device may come back by itself before its losses are no chance any more
WAIT = "Wait until it has ended, then try again."
NO_SUCH = "Connect it, or look at its cable and power."
ORDINALS = ("first", "second", "third", "fourth")


class Climb:
    """One device's outages, and what has been tried against them."""

    def __init__(self, section: DeviceSection, ladder: Ladder, means: Means, publish: Publish) -> None:
        self._section, self._ladder, self._means, self._publish = section, ladder, means, publish
        self._since: float | None = None  # the first loss that belongs to this climb
        self._lost, self._losses = 0.0, 0
        self._back: float | None = None
        self._taken: tuple[Taken, ...] = ()
        self._silent = self._seen = self._idle = False
        self._held = ""

    async def step(self, *, spare: bool, eager: bool) -> None:
        """Take the rung that is due, if one is: `eager` without holding off, for a `spare` only what disturbs
        no other device.

        A rung that did not work is said, and counts as tried: opening the device shows how it is.
        """
        now = asyncio.get_running_loop().time()
        self._note_loss(now)
        able = self._able()
        if spare:
            able = {rung: others for rung, others in able.items() if not others}
        assert self._since is not None
        hurry = eager or (self._idle and not self._tried)
        due = self._ladder.due(self._since, self._taken, able, eager=hurry)
        only_now_lost = self._since == now and not self._idle  # it may come back by itself
        if due is None or due.at > now or only_now_lost:
            return
        if not able[due.rung] and due.rung is not Rung.POWER:  # whose output must stay in reach
            await self._take(due.rung, frozenset())
            return
        async with self._means.one_at_a_time:
            await self._disturbing(due.rung, able[due.rung])

    def failed(self, failure: DeviceError) -> None:
        """It could not be opened."""
        self._silent = isinstance(failure, DeviceLost)

    def opened(self) -> None:
        """It is back; said when something was done for it."""
        now = asyncio.get_running_loop().time()
        if self._tried:
            done = DONE[self._taken[-1].rung]
            self._say(f"{self._section.name} is back after {now - self._lost:.0f} s: {done}.", "info", "back")
        if not self._seen:
            self._losses = 0
        self._back, self._held = now, ""
        self._seen, self._silent, self._idle = True, False, False

    def suspect(self) -> None:
        """It answers, and yet does not do its work: to open it again is not enough."""
        now = asyncio.get_running_loop().time()
        self._note_loss(now)
        self._idle = True

    def outage(self) -> Outage:
        """How it stands, for a person."""
        able, since = self._able(), self._since
        if since is None or self._back is not None:
            return Outage(taken=self._taken, able=able)
        return Outage(self._lost, self._taken, self._ladder.due(since, self._taken, able), able)

    async def by_hand(self, rung: Rung) -> None:
        """A person wants this one now; the ladder goes on from there.

        DeviceUnsupported when there is none, DeviceRefused while one of those that it reaches is in the
        middle of something, DeviceError when it did not work.
        """
        name, others = self._section.name, self._able().get(rung)
        if others is None:
            raise DeviceUnsupported(name, f"{DOING[rung].lower()} is not possible now", advice=NO_SUCH)
        async with self._means.one_at_a_time:
            if busy := self._means.use.of(others | {name}):
                raise DeviceRefused(name, f"{DOING[rung].lower()} must wait, {busy}", advice=WAIT)
            disturbs = f" It disturbs {', '.join(sorted(others))}." if others else ""
            self._say(f"{name}: {DOING[rung]}, as a person asked.{disturbs}", "info", rung.value)
            try:
                await self._means.take(rung, self._section, others)
            finally:
                if self._since is not None and self._back is None:
                    self._taken = (*self._taken, Taken(rung, asyncio.get_running_loop().time()))

    def _able(self) -> dict[Rung, frozenset[str]]:
        return self._means.able(self._section, seen=self._seen, silent=self._silent)

    @property
    def _tried(self) -> bool:
        """Has a rung been taken since it was lost?"""
        return bool(self._taken) and self._taken[-1].at >= self._lost

    def _note_loss(self, now: float) -> None:
        """One that is lost again soon goes on where it was: what brought it back did not last."""
        if self._since is not None and self._back is None:
            return  # it still is
        if self._back is None or now - self._back >= self._ladder.again:
            self._taken, self._losses = (), 0
        self._losses += 1
        if self._since is None or (not self._taken and self._losses < CHANCES):
            self._since = now
        self._lost, self._back = now, None

    async def _disturbing(self, rung: Rung, others: frozenset[str]) -> None:
        """Not while one of the others is in the middle of something; not again when it was done just now."""
        name, base = self._section.name, self._taken[-1].at if self._taken else self._lost
        if (done := self._means.covered(rung, name)) > base:
            self._taken = (*self._taken, Taken(rung, done))
        elif busy := self._means.use.of(others):
            if self._held != rung.value:
                self._held = rung.value
                self._say(f"{name} is away: {DOING[rung].lower()} must wait, {busy}.", "info", "held")
        else:
            await self._take(rung, others)

    async def _take(self, rung: Rung, others: frozenset[str]) -> None:
        loop, self._held = asyncio.get_running_loop(), ""
        self._say_taking(rung, others, loop.time())
        tried, self._taken = self._taken, (*self._taken, Taken(rung, loop.time()))
        try:
            await self._means.take(rung, self._section, others)
        except DeviceError as failure:
            self._say(f"That did not work: {failure.sentence}", "info", rung.value)
        finally:
            self._taken = (*tried, Taken(rung, loop.time()))

    def _say_taking(self, rung: Rung, others: frozenset[str], now: float) -> None:
        seconds = now - self._lost
        away = f"no answer for {seconds:.0f} s" if seconds >= 1 else "lost again"
        if self._idle:
            away = "it answers and does not do its work"
        nth = ORDINALS[len(self._taken)] if len(self._taken) < len(ORDINALS) else "another"
        disturbs = f" It disturbs {', '.join(sorted(others))}." if others else ""
        text = f"{self._section.name}: {away}. {DOING[rung]} ({nth} attempt).{disturbs}"
        self._say(text, "warning", rung.value)

    def _say(self, text: str, level: str, code: str) -> None:
        self._publish(Said(source=SOURCE, text=text, level=level, code=f"recovery.{code}"))
