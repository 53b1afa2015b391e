"""What is known to be true of the rig now, and what must be done again after a doubt."""

import asyncio
import math
from dataclasses import dataclass, field

from appliance.focus.compensation import Compensation
from appliance.focus.marks import Marks
from appliance.focus.triggers import Refocus
from appliance.guide.dither import DitherPattern
from appliance.pointing.pier import Pier
from appliance.sequence.quality import History
from appliance.sky.catalogue import Target
from hardware.devices import PierSide


@dataclass(slots=True)
class Guiding:
    """Has the guider been `calibrated` in this run, and for which `side` of the pier; None: not known.

    `failures` in a row of starts and lost stars; unguided, it is not tried again before `again` (UTC).
    """

    calibrated: bool = False
    side: PierSide | None = None
    failures: int = 0
    again: float = -math.inf


@dataclass(slots=True)
class Established:
    """A fresh one doubts everything. `near`: slewed to and tracking; `centred`: proved by a solved frame.

    `marks` has the focus found in each filter, `compensation` how far the temperature was followed since;
    whoever moves the focuser holds `focuser`, who slews the mount or stops it at its limit `mount`.
    `step` and `star_magnitude` are the present sub's, `was_in` is the filter before any doubt; `begun`:
    targets and steps whose first sub has been prepared.
    `history`: what good subs of this night look like.
    `crossings`: when targets that end at the meridian cross it, by name (UTC seconds).
    `from_park`: the mount did not turn round, and must come from its park position next; `stays`: it did
    not, once in this night.
    `angle_deg` is the position angle the rotator was proved to have turned to, `angle_left` the target whose
    angle could not be had, `rotator_direction` what its turns have taught (docs of `rotate`).
    `clouded` while no frame can be solved; `dawn` (UTC seconds) is when the night is over, whatever is being
    waited for.
    """

    pattern: DitherPattern
    dawn: float = math.inf
    refocus: Refocus = field(default_factory=Refocus)
    pier: Pier = field(default_factory=Pier)
    guiding: Guiding = field(default_factory=Guiding)
    cooled: bool = False
    near: Target | None = None
    centred: Target | None = None
    filter: str | None = None
    was_in: str | None = None
    step: str = ""
    star_magnitude: float | None = None
    begun: set[str] = field(default_factory=set)
    marks: Marks = field(default_factory=lambda: Marks({}))
    compensation: Compensation = field(default_factory=Compensation)
    focuser: asyncio.Lock = field(default_factory=asyncio.Lock)
    mount: asyncio.Lock = field(default_factory=asyncio.Lock)
    subs_since_dither: int = 0
    history: History = field(default_factory=History)
    crossings: dict[str, float] = field(default_factory=dict)
    angle_deg: float | None = None
    angle_left: str = ""
    rotator_direction: int = 0
    from_park: bool = False
    stays: bool = False
    unparked: bool = False
    clouded: bool = False
    troubles: int = 0
    saved_at_trouble: int = -1
    troubles_said: set[str] = field(default_factory=set)

    def trouble(self, saved: int, sentence: str) -> bool:
        """Count one; a sub `saved` since the last one shows that the night still gets on.

        False when the same has been said, and nothing was saved since.
        """
        if saved != self.saved_at_trouble:
            self.troubles, self.troubles_said = 0, set()
        self.troubles, self.saved_at_trouble = self.troubles + 1, saved
        is_new = sentence not in self.troubles_said
        self.troubles_said.add(sentence)
        return is_new

    def doubt(self, *, lost: bool = False) -> None:
        """Everything physical is established again; learned focus positions are kept.

        A mount that was `lost` may come back parked; one that was not has been parked by somebody.
        """
        self.cooled, self.unparked = False, self.unparked and not lost
        self.filter = self.angle_deg = None
        self.angle_left = ""
        self.doubt_pointing()

    def doubt_pointing(self) -> None:
        """The telescope must be slewed and centred before the next sub."""
        self.near = self.centred = None
        self.subs_since_dither = 0
        self.pier.doubt()
