"""All that a screen for running plans asks."""

from typing import TYPE_CHECKING

from appliance.api import Command
from appliance.box.library_command import library_command
from appliance.box.pictures import BoxPictures
from appliance.box.progress_commands import progress_command
from appliance.box.shelf_commands import shelf_commands
from appliance.box.sub_commands import sub_commands

if TYPE_CHECKING:
    from appliance.box.box import Box


def run_commands(box: "Box", pictures: BoxPictures) -> list[Command]:
    """For every surface: docs/guide.md lists them."""
    return [*shelf_commands(box), progress_command(box), *sub_commands(box, pictures), library_command(box)]
