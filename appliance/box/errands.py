"""What people ask of the box beside the night: settings, files, logs, network; none touches the rig."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from appliance.api import Command
from appliance.box.box import Box
from appliance.box.files.commands import files_commands
from appliance.box.house.commands import about_commands, network_commands
from appliance.box.house.logs import log_commands
from appliance.box.places import place_commands
from appliance.box.profile_commands import profile_commands
from appliance.box.settings.commands import settings_commands
from hardware.worker import Worker


@contextmanager
def errands(box: Box, file: Path | None) -> Iterator[list[Command]]:
    """Their commands, for as long as the block lasts: a worker of their own reads and writes.

    `file` is the profile's; without one there are no settings to change.
    """
    worker = Worker("errands")
    try:
        yield [
            *(settings_commands(box, file, worker) if file is not None else ()),
            *(profile_commands(box, file, worker) if file is not None else ()),
            *(place_commands(box, file, worker) if file is not None else ()),
            *files_commands(box, worker),
            *log_commands(box, file, worker),
            *network_commands(box, worker),
            *about_commands(worker),
        ]
    finally:
        worker.close()
