"""The settings for every surface: how they are filled in, what they are, and changing them."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import Field

from appliance.api import Arguments, Command
from appliance.box.box import Box
from appliance.box.settings.form import profile_form
from appliance.box.settings.saving import Stored, changed, every_problem, save, stored, version_of
from appliance.box.wanted import SEQUENCE
from appliance.wire import plain
from hardware.worker import Worker

MOST = 2000


class Changes(Arguments):
    """`values` by their place in the file, {"focus.step": 120}; null takes a key or a table out.

    A table of which there may be several is given whole. `version` is that of `profile_values`.
    """

    values: dict[str, Any] = Field(max_length=MOST)
    version: str = ""


def settings_commands(box: Box, file: Path, worker: Worker) -> list[Command]:
    """Of the profile that the box was started with; what is changed counts when it starts again."""
    started = version_of(file)

    def shown(now: Stored) -> dict[str, object]:
        return {
            "values": plain(now.values), "version": now.version, "file": str(file),
            "waits": now.version != started, "night": box.jobs.running(SEQUENCE),
        }  # fmt: skip

    async def schema(_: Arguments) -> object:
        return [asdict(table) for table in profile_form()]

    async def values(_: Arguments) -> dict[str, object]:
        return shown(await worker.call(stored, file))

    async def check(changes: Changes) -> list[dict[str, str]]:
        def problems() -> list[dict[str, str]]:
            found = every_problem(changed(stored(file).values, changes.values), file)
            return [{"field": one.field, "problem": one.problem, "advice": one.advice} for one in found]

        return await worker.call(problems)

    async def change(changes: Changes) -> dict[str, object]:
        now = await worker.call(save, file, changes.values, changes.version)
        when = " This night goes on as it began." if box.jobs.running(SEQUENCE) else ""
        names = ", ".join(sorted(changes.values))
        box.say(f"Settings were changed ({names}): they count from the box's next start.{when}")
        return shown(now)

    return [
        Command(
            "profile_schema",
            "What can be set, with its words, units and limits.",
            Arguments,
            schema,
            asks=True,
        ),
        Command(
            "profile_values", "The settings as the profile's file has them.", Arguments, values, asks=True
        ),
        Command(
            "profile_check", "What would be wrong with these changes of settings.", Changes, check, asks=True
        ),
        Command("profile_change", "Change settings, from the next start on.", Changes, change),
    ]
