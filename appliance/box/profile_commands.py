"""Choosing another of the box's profiles, for its next start."""

from pathlib import Path

from appliance.api import Arguments, Command
from appliance.box.box import Box
from appliance.box.profiles import choose, given_profile, kept_profiles
from appliance.wire import plain
from hardware.worker import Worker


class File(Arguments):
    """A profile by the name of its file, as `profiles` lists it."""

    file: str


def profile_commands(box: Box, used: Path, worker: Worker) -> list[Command]:
    """`used` is the profile's file that the box runs with."""

    async def profiles(_: Arguments) -> dict[str, object]:
        kept = await worker.call(lambda: kept_profiles(used, given_profile(used)))
        return {"profiles": [plain(one) for one in kept], "folder": str(used.parent)}

    async def profile_choose(asked: File) -> str:
        name = await worker.call(lambda: choose(given_profile(used), asked.file))
        text = f"From the next start on the box uses the profile “{name}” ({asked.file})."
        box.say(text)
        return text

    return [
        Command("profiles", "The profiles on the box.", Arguments, profiles, asks=True),
        Command("profile_choose", "Choose the profile for the next start.", File, profile_choose),
    ]
