"""The library of darks and bias, and what of it the plan's subs miss."""

from typing import TYPE_CHECKING, Any

from pydantic import Field

from appliance.api import Arguments, Command
from appliance.flats.dark_kind import DarkKind
from appliance.flats.needs import needs
from appliance.sequence.darks import library_of

if TYPE_CHECKING:
    from appliance.box.box import Box


class Wanted(Arguments):
    """`count` frames of each kind, as a darks item of a plan has it."""

    count: int = Field(20, ge=1, le=1000)
    bias: bool = True


def library_command(box: "Box") -> Command:
    """For every surface."""

    async def library(asked: Wanted) -> dict[str, Any]:
        there = await library_of(box.hand.night)
        missing = needs(box.plan, box.profile.camera, there, asked.count, bias=asked.bias)
        return {
            "kinds": [
                {**_kind(kind), "singles": singles, "masters": masters}
                for kind, (singles, masters) in there.kinds().items()
            ],
            "needs": [
                {**_kind(need.kind), "count": need.count, "have": min(need.have, need.count),
                 "missing": need.missing}
                for need in missing
            ],
            "unread": len(there.unread),
        }  # fmt: skip

    return Command(
        "darks_library", "Darks and bias that are there, and that the plan needs.", Wanted, library, asks=True
    )


def _kind(kind: DarkKind) -> dict[str, Any]:
    return {"frame": kind.frame, "seconds": kind.seconds, "label": kind.label()}
