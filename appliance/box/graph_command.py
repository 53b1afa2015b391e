"""The guiding graph: what the guider saw lately, for rigs that have one."""

from contextlib import AsyncExitStack

from pydantic import Field

from appliance.api import Arguments, Command
from appliance.box.box import Box
from appliance.guide.record import GuideRecord
from appliance.sequence.beside import beside
from appliance.wire import plain


class Since(Arguments):
    """`after` is the number of the newest entry that is known already; 0 for all."""

    after: int = Field(0, ge=0)


async def graph_commands(box: Box, stack: AsyncExitStack) -> list[Command]:
    """None for a rig without a guider; what is recorded goes on until the stack closes."""
    if box.profile.guider is None:
        return []
    record = GuideRecord(box.rig, box.observer)
    await stack.enter_async_context(beside(record.run()))

    async def steps(asked: Since) -> dict[str, object]:
        record.look()
        return {
            "newest": record.newest, "unit": "arcsec" if record.on_sky else "px", "profile": record.profile,
            "rms": plain(record.rms()), "entries": [plain(one) for one in record.after(asked.after)],
        }  # fmt: skip

    return [Command("guide_steps", "What the guider saw lately.", Since, steps, asks=True)]
