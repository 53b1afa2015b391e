"""The triggers of focus runs by hand: one as soon as possible, or none for a while."""

from dataclasses import replace

from appliance.api import Arguments, Command
from appliance.box.wanted import SEQUENCE
from appliance.bus import Bus, Said
from appliance.errors import BadCommand
from appliance.focus.triggers import FocusTriggers, FocusWish
from appliance.jobs import Jobs


def shown_wish(bus: Bus) -> FocusWish:
    """One that the bus hears of, also while no night runs."""
    wish = FocusWish()

    def show() -> None:
        blank = FocusTriggers(source="focus")
        last = next((state for state in bus.states() if isinstance(state, FocusTriggers)), blank)
        bus.publish(replace(last, asap=wish.asap, paused=wish.paused))

    wish.changed = show
    return wish


def trigger_commands(wish: FocusWish, jobs: Jobs, bus: Bus, has_focuser: bool) -> list[Command]:
    """None on a rig without a focuser."""

    def say(text: str) -> None:
        bus.publish(Said(source="focus", text=text))

    async def asap(_: Arguments) -> str:
        if not jobs.running(SEQUENCE):
            advice = "Press Start: a night focuses by its plan."
            raise BadCommand("focus_asap", "no night runs now", advice=advice)
        if not wish.soon():
            say("A focus run was asked for: one is due or being made already, it serves.")
            return "requested already"
        say("A focus run was asked for: after the running sub.")
        return "requested"

    async def pause(_: Arguments) -> str:
        wish.pause()
        say("The focus triggers are paused: no focus run begins by itself.")
        return "paused"

    async def resume(_: Arguments) -> str:
        wish.resume()
        say("The focus triggers work again.")
        return "working"

    if not has_focuser:
        return []
    return [
        Command("focus_asap", "Focus once, after the running sub.", Arguments, asap),
        Command("focus_pause", "No focus runs until focus_resume; nothing is forgotten.", Arguments, pause),
        Command("focus_resume", "Let the focus triggers work again.", Arguments, resume),
    ]
