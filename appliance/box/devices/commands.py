"""All device commands of a box."""

from collections.abc import Callable

from appliance.api import Command
from appliance.box.devices.camera import camera_commands
from appliance.box.devices.flats import flat_commands
from appliance.box.devices.focusing import focusing_commands
from appliance.box.devices.guiding import guiding_commands
from appliance.box.devices.mount import mount_commands
from appliance.box.devices.optics import optics_commands
from appliance.box.devices.rest import other_commands
from appliance.box.devices.wizards import wizard_commands
from appliance.box.devices.work import Work
from appliance.box.wanted import Wanted
from appliance.byhand.hand import Hand
from appliance.jobs import Jobs
from appliance.safety.watch import Watch

GROUPS: tuple[Callable[[Work], list[Command]], ...] = (
    mount_commands, optics_commands, camera_commands, focusing_commands, wizard_commands, flat_commands,
    guiding_commands, other_commands,
)  # fmt: skip


def device_commands(hand: Hand, jobs: Jobs, wanted: Wanted, watch: Watch) -> list[Command]:
    """For every surface: docs/guide.md lists them."""
    work = Work(hand, jobs, wanted, watch)
    return [command for group in GROUPS for command in group(work)]
