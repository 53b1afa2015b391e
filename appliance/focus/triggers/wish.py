"""What a person wants of the triggers: a run as soon as possible, or none at all."""

from collections.abc import Callable
from dataclasses import dataclass

from appliance.errors import BadCommand


def _nobody() -> None:
    """Whom it may concern."""


@dataclass(slots=True)
class FocusWish:
    """Outlives the runs of a box. `running`: a focus run is being made now.

    `changed` is called after each change, for whoever shows it.
    """

    asap: bool = False
    paused: bool = False
    running: bool = False
    changed: Callable[[], None] = _nobody

    def soon(self) -> bool:
        """One run after the running sub; False when one is asked for or made already.

        BadCommand while the triggers are paused.
        """
        if self.paused:
            advice = "Let them go on first (focus_resume)."
            raise BadCommand("focus_asap", "the focus triggers are paused", advice=advice)
        if self.asap or self.running:
            return False
        self.asap = True
        self.changed()
        return True

    def pause(self) -> None:
        """No trigger starts a run until `resume`; what they count goes on, a wish is forgotten."""
        self.paused, self.asap = True, False
        self.changed()

    def resume(self) -> None:
        """All triggers as before; what happened meanwhile is not forgotten."""
        self.paused = False
        self.changed()

    def served(self) -> None:
        """A run has ended, whatever called for it: the wish is fulfilled."""
        if self.asap:
            self.asap = False
            self.changed()
