"""What the light and the buzzer do: told apart by rhythm as well as by colour, also by colour-blind eyes."""

from dataclasses import dataclass

Colour = tuple[float, float, float]

BLACK: Colour = (0.0, 0.0, 0.0)
WHITE: Colour = (1.0, 1.0, 1.0)
RED: Colour = (1.0, 0.0, 0.0)
AMBER: Colour = (1.0, 0.45, 0.0)
GREEN: Colour = (0.0, 1.0, 0.0)
BLUE: Colour = (0.0, 0.2, 1.0)
VIOLET: Colour = (0.8, 0.0, 1.0)

ROUNDING_SECONDS = 0.001  # who waits for a step to end must find it ended


@dataclass(frozen=True, slots=True)
class Pattern:
    """A colour and its rhythm: seconds on, off, on, off, ..., again and again."""

    name: str
    colour: Colour
    rhythm: tuple[float, ...]

    def at(self, seconds: float) -> Colour:
        """What it shows so long after its beginning."""
        return self.colour if self._step(seconds)[0] % 2 == 0 else BLACK

    def lasts(self, seconds: float) -> float:
        """How long it goes on showing that."""
        return self._step(seconds)[1]

    def _step(self, seconds: float) -> tuple[int, float]:
        """Which step of the rhythm, and what is left of it."""
        left = (seconds + ROUNDING_SECONDS) % sum(self.rhythm)
        for number, step in enumerate(self.rhythm):
            if left < step:
                return number, step - left + ROUNDING_SECONDS
            left -= step
        return 0, self.rhythm[0]  # rounding, at the very end


IDLE = Pattern("idle", GREEN, (0.1, 4.9))
WAITING = Pattern("waiting", BLUE, (1.5, 1.5))
RUNNING = Pattern("running", GREEN, (9.7, 0.3))  # the wink shows that the box lives
NEEDS_YOU = Pattern("needs you", VIOLET, (0.25, 0.25, 0.25, 1.25))
UNSAFE = Pattern("unsafe", AMBER, (0.12, 0.13) * 4 + (0.12, 1.88))
FAULT = Pattern("fault", RED, (0.12, 0.13))
SHUTTING_DOWN = Pattern("shutting down", WHITE, (0.5, 0.5))
EVERY = (IDLE, WAITING, RUNNING, NEEDS_YOU, UNSAFE, FAULT, SHUTTING_DOWN)

RED_LAMP = Pattern("red lamp", RED, (3600.0,))
DARK = Pattern("dark", BLACK, (3600.0,))
# The answers to a press: once, then the pattern begins anew.
HEARD = Pattern("heard", WHITE, (0.15, 0.1))
REFUSED = Pattern("refused", RED, (0.1, 0.1, 0.1, 0.1, 0.1, 0.3))


@dataclass(frozen=True, slots=True)
class Tune:
    """Hertz (0: silence) and seconds, one after the other; `again` begins it anew, else it sounds once."""

    name: str
    notes: tuple[tuple[float, float], ...]
    again: bool = False


ALARM = Tune("alarm", ((2300.0, 0.4), (1700.0, 0.4)), again=True)
CALL = Tune("needs you", ((1500.0, 0.15), (0.0, 0.1), (2000.0, 0.25), (0.0, 29.5)), again=True)
DONE = Tune("done", ((1000.0, 0.15), (1500.0, 0.15), (2000.0, 0.3)))
CLICK = Tune("click", ((2000.0, 0.03),))
NO = Tune("no", ((400.0, 0.3),))
