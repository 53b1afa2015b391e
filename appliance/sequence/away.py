"""Devices that are away: what the night needs is waited for until dawn; without the others it goes on."""

import asyncio

from appliance.bus import Alarm, NeedsPerson
from appliance.errors import DeviceError, DeviceLost, DeviceMissing, NightboxError
from appliance.pointing.park import park
from appliance.sequence.known import Established
from appliance.sequence.night import Night
from appliance.sequence.roofing import close_roof

TRY_SECONDS = 10.0
SPARE_SECONDS = 30.0  # nothing waits for these
# No sub needs them; a silent source of safety is judged there.
SAFETYS = ("weather", "safety monitor ", "power", "output ", "board")
SPARES = ("rotator", "GNSS", "cover", "flat panel")
SOURCE, GIVEN_UP = "recovery", "recovery.given_up"
CHECK = "Check its plug and cable, its power and its driver."
ADVICE = (
    "Check its plug and cable, its power, and that its driver is the right one; the night goes on by itself"
    " when it is back."
)


def needed(night: Night) -> frozenset[str]:
    """The kinds of device without which no sub of this plan can be taken."""
    kinds = {kind for kind in night.rig.kinds if not kind.startswith(SAFETYS)}
    if not night.plan.filters:
        kinds -= {"filter wheel"}
    return frozenset(kinds - set(spares(night)))


def spares(night: Night) -> tuple[str, ...]:
    """The kinds that no sub needs, and that are opened again when they can."""
    guider = night.profile.guider
    return (*SPARES, "guider") if guider is not None and guider.without == "go on" else SPARES


async def wait_for_rig(night: Night, known: Established) -> bool:
    """Until everything the night needs is open; False at dawn.

    What stays away longer than `recovery.give_up_seconds` is said once, and a person called; the rig is left
    meanwhile as `recovery.given_up` says: the mount stands still, or is parked, or the roof is closed as
    well. What of that cannot be done is an alarm, and is tried on.
    """
    kinds, still_away, patience = needed(night), False, night.profile.recovery.give_up_seconds
    resting = Resting(night, known)
    try:
        while (left := known.dawn - night.observer.unix()) > 0:
            night.show(doing="Waiting for lost devices", waiting=True)
            try:
                await night.rig.reopen(kinds, 0.0 if still_away else min(left, patience))
                return True
            except DeviceError as away:
                device = away.device
            await resting.try_()
            if not still_away:
                _say_still_away(night, device, resting)
            still_away = True
            await asyncio.sleep(min(TRY_SECONDS, max(0.0, known.dawn - night.observer.unix())))
    finally:
        _nobody_is_needed(night)
    night.say(f"It dawns, and {_names(night)} did not come back.", "warning")
    return False


def _say_still_away(night: Night, device: str, resting: "Resting") -> None:
    minutes = f"{night.profile.recovery.give_up_seconds / 60:.0f} minutes"
    who = _names(night) or device
    text = f"{who} is away for {minutes} now; {resting.words}, trying on until dawn."
    night.say(text, "error", GIVEN_UP, ADVICE)
    night.publish(NeedsPerson(source=SOURCE, text=f"{who} stays away. {CHECK}", since=night.observer.unix()))


def _nobody_is_needed(night: Night) -> None:
    night.publish(NeedsPerson(source=SOURCE))
    night.publish(Alarm(source=SOURCE))


def _names(night: Night) -> str:
    return ", ".join(night.rig.away(needed(night)))


class Resting:
    """Bringing the rig to rest for a wait, each device as soon as it answers; once.

    `words` say what has come of it, `left` what is not as the profile wants it, "" when all is.
    """

    def __init__(self, night: Night, known: Established) -> None:
        self._night, self._known = night, known
        wanted = night.profile.recovery.given_up
        # Who leaves parking out of the plan may have no place to park.
        self._parks = night.plan.park_at_end and wanted != "wait"
        self._closes = wanted == "close" and night.profile.roof is not None
        self._rests = self._closed = False
        self._mount, self._roof = "", ""

    @property
    def words(self) -> str:
        if not self._closes:
            return self._mount
        return f"{self._mount} and {self._roof}"

    @property
    def left(self) -> str:
        every = ("" if self._rests else self._mount, "" if self._closed or not self._closes else self._roof)
        return " and ".join(filter(None, every))

    async def try_(self) -> None:
        """What is not done yet; an alarm as long as there is any of it."""
        if not self._rests:
            await self._rest()
        if self._closes and not self._closed:
            await self._close()
        self._night.publish(Alarm(source=SOURCE, text=f"{self.left}. {CHECK}" if self.left else ""))

    async def _rest(self) -> None:
        night, known = self._night, self._known
        try:
            if not self._parks or not await self._park():
                await self._stand_still()
            self._rests = True
        except DeviceError:
            known.doubt_pointing()
            self._mount = f"nobody knows what {night.profile.mount.name} does (it does not answer)"

    async def _park(self) -> bool:
        """False for one that cannot, and can be left standing; DeviceLost when it is away."""
        night = self._night
        self._known.doubt(lost=True)  # it is we who park it
        try:
            await park(night.rig.mount, night.publish)
        except (DeviceLost, DeviceMissing):
            raise
        except DeviceError as failure:
            night.say(failure.sentence, "warning", failure.code, failure.advice)
            return False
        self._mount = "the mount is parked"
        return True

    async def _stand_still(self) -> None:
        mount = self._night.rig.mount
        self._known.doubt_pointing()
        status = await mount.status()
        if status.tracking and not status.parked:
            await mount.track(False)
        self._mount = "the mount stands still"

    async def _close(self) -> None:
        """Tried until it is done. The interlock looks at the telescope: a mount that does not answer may be
        seen parked by its switch.
        """
        night = self._night
        try:
            if self._rests:
                await close_roof(night)
            else:
                await night.actions.close_roof(park=False)
        except NightboxError as failure:
            night.goes_down("closing", failure, then="the roof stays as it is")
            self._roof = f"the roof is not closed ({failure.sentence.rstrip('.')})"
        else:
            self._closed, self._roof = True, "the roof is closed"
            night.down.discard("closing")


async def look_after_spares(night: Night) -> None:
    """For as long as the run lasts: open again what no sub needs; each loss and return is said once."""
    while True:
        for kind in spares(night):
            names = night.rig.away({kind})
            try:
                await night.rig.bring(kind, spare=True)
            except DeviceError as away:
                night.goes_down(kind, away, then="the night goes on without it")
            else:
                night.comes_back(kind, f"{', '.join(names) or kind} is back.")
        await asyncio.sleep(SPARE_SECONDS)
