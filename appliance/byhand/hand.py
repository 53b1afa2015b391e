"""The newest frame in a person's hand, and what every work on it needs."""

import math
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from appliance.bus import Said
from appliance.byhand.messages import HandState
from appliance.errors import BadCommand
from appliance.imaging.facts import SubFacts
from appliance.imaging.header import header
from appliance.imaging.stars import StarField
from appliance.sequence.facts import Surroundings, facts_of
from appliance.sequence.night import Night
from appliance.solve.solution import Solution
from hardware.devices import J2000, Frame

SOURCE = "hand"
NEAR_PIXELS = 20.0  # a person who points at a star does not hit its very middle
NO_IMAGE = "Take a preview first, then try again."


@dataclass(slots=True, eq=False)
class Image:
    """One frame as it was taken; `solution` once it has been solved, `path` once it has been saved."""

    frame: Frame
    stars: StarField
    target: str
    around: Surroundings
    solution: Solution | None = None
    path: Path | None = None

    @property
    def near(self) -> J2000:
        """Where the mount believed to point."""
        return self.around.mount.pointing


@dataclass(slots=True, eq=False)
class Presses:
    """Steps of the focuser that were asked for and have not been made yet."""

    steps: int = 0


@dataclass(slots=True, eq=False)
class Hand:
    """One per box. `night` has rig, calculator and solvers; its run is none of the journal's.

    The newest image is kept until the next one, or until `forget`: one frame in memory, never two.
    """

    night: Night
    image: Image | None = None
    presses: Presses = field(default_factory=Presses)
    state: HandState = field(default_factory=lambda: HandState(source=SOURCE))

    def newest(self) -> Image:
        """BadCommand when there is none."""
        if self.image is None:
            raise BadCommand("image", "no frame has been taken yet", advice=NO_IMAGE)
        return self.image

    def forget(self) -> None:
        """Give its memory back."""
        self.image = None

    def show(self, **changes: object) -> None:
        """Publish the state with some fields changed."""
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.night.publish(self.state)

    def say(self, text: str) -> None:
        """One line for the person."""
        self.night.publish(Said(source=SOURCE, text=text))

    def header(self) -> dict[str, str]:
        """The newest frame's, as text; empty without one."""
        if self.image is None:
            return {}
        rows, columns = self.image.frame.pixels.shape
        return {card.keyword: str(card.value) for card in header(self.facts(self.image), columns, rows).cards}

    def facts(self, image: Image) -> SubFacts:
        """What its header can say now."""
        return facts_of(self.night, image.target, image.frame, image.around, image.stars, image.solution)


def star_at(image: Image, x: float, y: float) -> dict[str, float | None]:
    """The measured star nearest to a pixel: its place and half-flux radius, None when there is none near."""
    stars = image.stars
    if stars.count and len(stars.x):
        far = np.where(np.isfinite(stars.hfr), np.hypot(stars.x - x, stars.y - y), np.inf)
        nearest = int(far.argmin())
        if far[nearest] <= NEAR_PIXELS:
            places = {"x": stars.x, "y": stars.y, "hfr": stars.hfr}
            return {name: round(float(values[nearest]), 2) for name, values in places.items()}
    return {"x": None, "y": None, "hfr": None}


def hfr_of(stars: StarField) -> float | None:
    """The median half-flux radius in pixels, None where no star could be measured."""
    return None if math.isnan(stars.hfr_median) else round(stars.hfr_median, 3)
