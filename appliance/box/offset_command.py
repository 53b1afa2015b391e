"""What a filter does to focus, told to the box while it lives; the profile's file stays as it is."""

from pydantic import Field

from appliance.api import Arguments, Command
from appliance.box.box import Box
from appliance.errors import BadCommand


class FilterOffset(Arguments):
    """Steps of focus against the reference filter, which has 0."""

    name: str = Field(min_length=1)
    steps: int = Field(ge=-1_000_000, le=1_000_000)


def offset_command(box: Box) -> Command:
    """From the next start of the sequence on, until the box ends."""

    async def run(asked: FilterOffset) -> int:
        if "filter wheel" not in box.rig.kinds:
            raise BadCommand("filter_offset", "the profile has no filter wheel")
        wheel = None if box.rig.away({"filter wheel"}) else box.rig.filter_wheel
        if wheel is not None and asked.name not in wheel.filters:
            known = ", ".join(wheel.filters)
            problem = f"the wheel has no filter {asked.name!r}"
            raise BadCommand("filter_offset.name", problem, advice=f"It has: {known}.")
        old = box.profile.focus
        offsets = {**old.filters.offsets, asked.name: asked.steps}
        filters = old.filters.model_copy(update={"offsets": offsets})
        focus = old.model_copy(update={"filters": filters})
        box.profile = box.profile.model_copy(update={"focus": focus})
        box.say(f"Filter {asked.name}: focus is {asked.steps:+d} steps off; from the next start on.")
        return asked.steps

    return Command("filter_offset", "Tell what a filter does to focus.", FilterOffset, run)
