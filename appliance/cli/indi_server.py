"""`nightbox indi-server`: the profile's indiserver in a process of its own."""

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

from appliance.box.notify import Notifier
from appliance.box.profiles import chosen_profile
from appliance.cli.compose import indi_server, usual_port
from appliance.cli.exits import OK
from appliance.cli.nights import make_folder
from appliance.errors import BadInput
from appliance.profile import load_profile
from hardware.registry import keep_indi_server as keep


def keep_indi_server(profile: Path, socket: str, port: int, home: Path) -> int:
    """Keep it up until SIGTERM; returns the exit code. BadInput for a profile without INDI drivers."""
    profile = chosen_profile(profile)
    rig = load_profile(profile)
    if not rig.indi.drivers:
        raise BadInput("indi.drivers", f"{profile.name} names none to run", advice="List the drivers there.")
    folder = make_folder(home)
    with tempfile.TemporaryDirectory(prefix="nightbox-") as runtime:
        settings = replace(
            indi_server(rig, folder, Path(runtime)),
            socket=socket, port=port or usual_port(rig), home=str(folder.absolute()),
        )  # fmt: skip
        asyncio.run(keep(settings, Notifier.of_environment().ready))
    return OK
