"""What the engine answers: a run is due, one is held back, or nothing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Trigger:
    """Why a focus run is due: `reason` for the journal (a rule's name), `because` for the person."""

    reason: str
    because: str


@dataclass(frozen=True, slots=True)
class Suppression:
    """A trigger that fired and starts no run: `guard` is what holds it back, `why` that in words."""

    trigger: Trigger
    guard: str
    why: str

    @property
    def sentence(self) -> str:
        """For the decision log."""
        said = self.trigger.because
        return f"{said[0].upper()}{said[1:]}; no focus run: {self.why}."


@dataclass(frozen=True, slots=True)
class Decision:
    """The run that is due, if one is; and what was held back and has not been said since the last run."""

    trigger: Trigger | None = None
    news: tuple[Suppression, ...] = ()
