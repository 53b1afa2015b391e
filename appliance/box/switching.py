"""Switching and dimming outputs, by hand."""

from pydantic import Field

from appliance.api import Arguments, Command
from appliance.errors import BadCommand
from appliance.outputs.outputs import Outputs
from appliance.profile import Mode


class OutputArguments(Arguments):
    """Which output, by its name or label; and a mode, or a percentage, or both."""

    name: str
    mode: Mode | None = None
    percent: float | None = Field(None, ge=0, le=100)


def output_command(outputs: Outputs) -> Command:
    """For every surface."""

    async def run(asked: OutputArguments) -> str:
        if asked.mode is None and asked.percent is None:
            raise BadCommand("output", "give a mode or a percentage")
        return await outputs.set(asked.name, asked.mode, asked.percent)

    return Command("output", "Switch or dim a heater or a 12 V output.", OutputArguments, run)
