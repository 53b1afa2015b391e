"""The box's log for every surface: the decision log searched, the log files, a report for whoever helps."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import tomli_w
from pydantic import Field

from appliance.api import Arguments, Command
from appliance.box.box import Box
from appliance.box.house.about import libraries, versions
from appliance.box.house.past import Search, lines, nights
from appliance.box.house.secrets import clean, without_secrets
from appliance.errors import BadProfile
from appliance.plan import written
from appliance.profile.loading import read_toml
from hardware.worker import Worker

MOST_LINES = 1000
TAIL_BYTES = 2_000_000  # of a log file in a report: what came before is of no help
REPORT_LINES = 5000
LOG_FILES = "*.log"


class LinesAsked(Arguments):
    """Lines of `level` and worse that hold `text`, older than the line `before` (0: the newest).

    `night` is the date of a night's evening, "" for all of them.
    """

    night: str = Field("", pattern=r"^(\d{4}-\d{2}-\d{2})?$")
    level: Literal["info", "warning", "error"] = "info"
    text: str = Field("", max_length=200)
    before: int = Field(0, ge=0)
    limit: int = Field(200, ge=1, le=MOST_LINES)


def log_commands(box: Box, file: Path | None, worker: Worker) -> list[Command]:
    """`report_parts` gives the texts of a report, by name: nothing secret is in them."""
    longitude = box.observer.site.longitude_deg

    async def of_nights(_: Arguments) -> list[dict[str, object]]:
        return [asdict(one) for one in await worker.call(nights, box.journal_path, longitude)]

    async def said(asked: LinesAsked) -> list[dict[str, object]]:
        search = Search(longitude, asked.night, asked.level, asked.text, asked.before, asked.limit)
        return [asdict(line) for line in await worker.call(lines, box.journal_path, search)]

    async def files(_: Arguments) -> list[dict[str, object]]:
        return await worker.call(log_files, box.folder)

    async def report(_: Arguments) -> dict[str, str]:
        return await worker.call(report_parts, box, file)

    return [
        Command(
            "log_nights", "The nights of which there is a decision log.", Arguments, of_nights, asks=True
        ),
        Command("log_lines", "Lines of the decision log.", LinesAsked, said, asks=True),
        Command("log_files", "The log files.", Arguments, files, asks=True),
        Command("report_parts", "What a problem report holds.", Arguments, report, asks=True),
    ]


def log_files(folder: Path) -> list[dict[str, object]]:
    """Those beside the journal, the newest first, with their paths."""
    plain = (path for path in folder.glob(LOG_FILES) if path.is_file() and not path.is_symlink())
    found = sorted(((path, path.stat()) for path in plain), key=lambda one: -one[1].st_mtime)
    return [
        {"name": path.name, "path": str(path.absolute()), "bytes": now.st_size, "modified": now.st_mtime}
        for path, now in found
    ]


def report_parts(box: Box, file: Path | None) -> dict[str, str]:
    """The texts of a problem report, by the name of their file."""
    site = box.observer.site
    said = lines(box.journal_path, Search(site.longitude_deg, limit=REPORT_LINES))
    parts = {
        "versions.json": json.dumps(versions(), indent=2, ensure_ascii=False),
        "libraries.txt": "\n".join(f"{one.name} {one.version}" for one in libraries()) + "\n",
        "plan.toml": written(box.written),
        "decisions.jsonl": "".join(f"{json.dumps(asdict(line), ensure_ascii=False)}\n" for line in said),
        "profile.toml": _profile(box, file),
    }
    for one in log_files(box.folder):
        parts[str(one["name"])] = _tail(Path(str(one["path"])))
    return {name: clean(text) for name, text in parts.items()}


def _profile(box: Box, file: Path | None) -> str:
    """As it is in its file, or as the box has it when that cannot be read."""
    if file is not None:
        try:
            return tomli_w.dumps(without_secrets(read_toml(file, BadProfile)))
        except BadProfile as wrong:
            return f"# {wrong.sentence}\n"
    return tomli_w.dumps(without_secrets(box.profile.model_dump(mode="json", exclude_none=True)))


def _tail(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL_BYTES))
        return file.read().decode(errors="replace")
