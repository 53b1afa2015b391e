"""What was said before a phone came: the decision log in pages, newest first, from the journal."""

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from appliance.api import Arguments, Command
from appliance.journal import Line

if TYPE_CHECKING:
    from appliance.box.box import Box

NEWEST = 2**62
CHUNK, MOST_CHUNKS = 400, 25
Show = Literal["all", "decisions", "warnings"]


class Page(Arguments):
    """`before`: the id of the oldest line that is shown already, 0 for none; `show` what of them."""

    before: int = Field(0, ge=0)
    count: int = Field(50, ge=1, le=200)
    show: Show = "all"


def is_shown(line: Line, show: Show) -> bool:
    """Warnings and errors are decisions, too: somebody must decide because of them."""
    if line.level != "info":
        return True
    return show == "all" or (show == "decisions" and not line.routine)


async def log_page(box: "Box", page: Page) -> dict[str, Any]:
    """`lines`, newest first, and `before` for the next page, 0 when there is none.

    A page may be shorter than was asked for though more follows: where little of much is to be shown.
    """
    found, before = list[Line](), page.before or NEWEST
    for _ in range(MOST_CHUNKS):
        chunk = await box.journal.page(Line, before, CHUNK)
        for line in chunk:
            before = line.id
            if is_shown(line, page.show):
                found.append(line)
                if len(found) == page.count:
                    return _answer(found, before)
        if len(chunk) < CHUNK:
            return _answer(found, 0)
    return _answer(found, before)


def _answer(lines: list[Line], before: int) -> dict[str, Any]:
    told = [
        {
            "id": one.id, "at": one.at, "level": one.level, "source": one.source, "text": one.text,
            "code": one.code, "advice": one.advice, "routine": one.routine,
        }
        for one in lines
    ]  # fmt: skip
    return {"lines": told, "before": before}


def log_commands(box: "Box") -> list[Command]:
    """For the page."""

    async def log(page: Page) -> dict[str, Any]:
        return await log_page(box, page)

    return [Command("night_log", "What was said before, newest first.", Page, log, asks=True)]
