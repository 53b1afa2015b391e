"""The nights that the journal knows, and the report of each, written when somebody asks for it."""

from typing import TYPE_CHECKING, Any

from pydantic import Field

from appliance.api import Arguments, Command
from appliance.errors import BadCommand
from appliance.journal import Run, Sub, SubState
from appliance.surfaces.report import write_report

if TYPE_CHECKING:
    from appliance.box.box import Box

NEWEST = 2**62
FOLDER = "reports"


class Nights(Arguments):
    """`before` is the id of the oldest night that is shown already, 0 for none."""

    before: int = Field(0, ge=0)
    count: int = Field(10, ge=1, le=50)


class Which(Arguments):
    """`run` is a night's id."""

    run: int = Field(ge=1)


def report_commands(box: "Box") -> list[Command]:
    """For the page."""

    async def nights(asked: Nights) -> dict[str, Any]:
        runs = await box.journal.page(Run, asked.before or NEWEST, asked.count)
        more = runs[-1].id if len(runs) == asked.count else 0
        return {"nights": [await _told(box, run) for run in runs], "before": more}

    async def report(asked: Which) -> str:
        if not await box.journal.read(Run, id=asked.run):
            raise BadCommand("night_report.run", f"the journal has no night {asked.run}")
        path = box.folder / FOLDER / f"night-{asked.run}.html"
        return str(await write_report(box.journal, asked.run, path))

    return [
        Command("nights", "The nights that the journal knows, newest first.", Nights, nights, asks=True),
        Command("night_report", "Write the report of a night, and tell its file.", Which, report, asks=True),
    ]


async def _told(box: "Box", run: Run) -> dict[str, Any]:
    subs = await box.journal.read(Sub, run=run.id, state=SubState.SAVED, kind="light")
    return {
        "run": run.id, "plan": run.plan, "started": run.started, "ended": run.ended,
        "outcome": run.outcome if run.ended else "", "subs": len(subs),
        "seconds": sum(sub.seconds for sub in subs),
        "targets": list(dict.fromkeys(sub.target for sub in subs)),
    }  # fmt: skip
