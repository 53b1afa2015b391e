"""What a wizard tells the bus."""

from dataclasses import dataclass

from appliance.bus import State
from appliance.focus.wizards.proposal import Proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusWizard(State):
    """The newest wizard. `phase`: running, done, stopped or failed; `doing` in a few words.

    `samples` were measured, `kept` of them before it was interrupted; `result` is its outcome, a line each,
    `proposals` what of it is for the profile.
    """

    wizard: str
    phase: str
    doing: str = ""
    samples: int = 0
    kept: int = 0
    result: tuple[str, ...] = ()
    proposals: tuple[Proposal, ...] = ()
