"""What the panel shows at a moment: the newest facts, the light's mode, the answer to the last press."""

import asyncio
from collections.abc import Callable, Iterable
from enum import Enum

from appliance.bus import State
from appliance.surfaces.panel import patterns
from appliance.surfaces.panel.facts import Facts, facts, pattern, tune
from appliance.surfaces.panel.patterns import BLACK, Colour, Pattern, Tune


class Mode(Enum):
    """What the light is for; Light goes from one to the next."""

    NORMAL = "normal"
    DARK = "dark"
    RED_LAMP = "red lamp"


# These are shown whatever the mode: a person who does not know of them loses the night, or the gear.
URGENT = (patterns.FAULT, patterns.NEEDS_YOU, patterns.UNSAFE, patterns.SHUTTING_DOWN)
LOUD_AT_NIGHT = (patterns.ALARM, patterns.CALL)


class Face:
    """Moments are of the loop's clock. `quiet` is asked before routine sounds."""

    def __init__(self, brightness: Callable[[], float], quiet: Callable[[], bool]) -> None:
        self._brightness, self._quiet = brightness, quiet
        self.facts, self.mode = Facts(), Mode.NORMAL
        self._pattern, self._began = pattern(self.facts), _now()
        self._answer: tuple[Pattern, float] | None = None
        self._muted: Tune | None = None
        self._once: Tune | None = None
        self.version = 0
        self._news = asyncio.Event()

    def hear(self, states: Iterable[State]) -> None:
        """Take what is true now; a night that ends well is sounded."""
        before, self.facts = self.facts, facts(states)
        if before == self.facts:
            return
        if before.under_way and self.facts.phase == "ended" and self.facts.doing == "complete":
            self.sound(patterns.DONE)
        if _calls(self.facts) != _calls(before):
            self._muted = None
        self._refresh()

    def answer(self, shown: Pattern) -> None:
        """Something was pressed: it was heard, or refused. The light shows it first of all."""
        self._answer = shown, _now()
        self.sound(patterns.CLICK if shown is patterns.HEARD else patterns.NO)
        self._refresh()

    def mute(self) -> None:
        """Somebody is there: what calls for a person is silent until there is something new."""
        self._muted = tune(self.facts)
        self._tell()

    def sound(self, once: Tune) -> None:
        """Once; not at night, when it is routine."""
        if once in LOUD_AT_NIGHT or not self._quiet():
            self._once = once
            self._tell()

    def next_mode(self) -> None:
        """For the Light button."""
        modes = list(Mode)
        self.mode = modes[(modes.index(self.mode) + 1) % len(modes)]
        self._refresh()

    def colour(self) -> tuple[Colour, float]:
        """What the light shows now, and for how many seconds if there is no news."""
        now = _now()
        if self._answer is not None:
            shown, since = self._answer
            if now - since < sum(shown.rhythm):
                return self._bright(shown.at(now - since)), shown.lasts(now - since)
            self._answer, self._began = None, now
        if self._pattern is patterns.RED_LAMP:
            return self._pattern.colour, self._pattern.lasts(now - self._began)
        return self._bright(self._pattern.at(now - self._began)), self._pattern.lasts(now - self._began)

    @property
    def light(self) -> str:
        """The name of the pattern that the light shows, answers to presses left out."""
        return self._pattern.name

    @property
    def tune(self) -> Tune | None:
        """What shall sound now; one that sounds once stays until `sounded`."""
        called = tune(self.facts)
        return self._once or (None if called is self._muted else called)

    def sounded(self, once: Tune) -> None:
        """It has been heard to its end."""
        if self._once is once:
            self._once = None

    async def news(self, seen: int, within: float | None) -> None:
        """Returns when something has changed since `version` was `seen`, or after so many seconds."""
        if self.version != seen:
            return
        news = self._news
        try:
            async with asyncio.timeout(within):
                await news.wait()
        except TimeoutError:
            return

    def _refresh(self) -> None:
        chosen = pattern(self.facts)
        if chosen not in URGENT and self.mode is not Mode.NORMAL:
            chosen = patterns.DARK if self.mode is Mode.DARK else patterns.RED_LAMP
        if chosen is not self._pattern:
            self._pattern, self._began = chosen, _now()
        self._tell()

    def _tell(self) -> None:
        self.version += 1
        self._news.set()
        self._news = asyncio.Event()

    def _bright(self, colour: Colour) -> Colour:
        if colour == BLACK:
            return BLACK
        level = self._brightness()
        return colour[0] * level, colour[1] * level, colour[2] * level


def _calls(facts: Facts) -> tuple[object, ...]:
    """What calls for a person: a press silences this, and nothing else that may follow."""
    return tune(facts), facts.alarm, facts.question, facts.phase == "failed"


def _now() -> float:
    return asyncio.get_running_loop().time()
