"""Changing how the box focuses while it lives, and writing it into the profile where the box can."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from appliance.api import Api
from appliance.box.box import Box
from appliance.errors import BadCommand
from appliance.profile import FocusSection

CHANGE = "profile_change"


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """The profile's [focus] as the box uses it, and its file."""

    box: Box
    api: Api

    async def make(self, command: str, values: Mapping[str, object]) -> bool:
        """Take values by their place in the profile, {"focus.step": 90}, and write them into its file.

        Those of [focus] count at once, those of a device from the box's next start on. True when they are in
        the file. BadCommand for what cannot be.
        """
        focus = {place: value for place, value in values.items() if place.startswith("focus.")}
        section = changed(command, self.box.profile.focus, focus)
        self._use(section)
        if CHANGE not in self.api.commands:
            return False
        await self.api.call(CHANGE, {"values": dict(values)})
        return True

    def _use(self, section: FocusSection) -> None:
        box = self.box
        box.profile = box.profile.model_copy(update={"focus": section})
        for night in (box.hand.night, box.night):
            if night is not None:
                night.profile = night.profile.model_copy(update={"focus": section})


def changed(command: str, section: FocusSection, values: Mapping[str, object]) -> FocusSection:
    """The section with some values by their place, checked whole; BadCommand names the one that is wrong."""
    plain: dict[str, Any] = section.model_dump()
    for place, value in values.items():
        *tables, key = place.split(".")[1:]
        table = plain
        for name in tables:
            table = table[name]
        table[key] = value
    try:
        return FocusSection.model_validate(plain)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        field = ".".join(["focus", *map(str, first["loc"])])
        raise BadCommand(command, f"{field}: {first['msg']}") from wrong
