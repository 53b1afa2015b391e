"""The subs that were taken, newest first, and one of them as a picture."""

from typing import TYPE_CHECKING, Any

from pydantic import Field

from appliance.api import Arguments, Command
from appliance.box.overlay import overlay
from appliance.box.pictures import BoxPictures, off_loop
from appliance.errors import BadInput
from appliance.journal import Run, Sub, SubState
from appliance.sky.catalogue import Target, find
from appliance.wire import plain

if TYPE_CHECKING:
    from appliance.box.box import Box

LISTED = (
    "id", "run", "number", "target", "filter", "seconds", "kind", "state", "started", "file", "hfr", "stars",
    "elongation", "background", "error_arcsec", "guide_arcsec", "celsius", "flaws",
)  # fmt: skip


END = 2**63 - 1  # behind every record


class Page(Arguments):
    """Older than the sub `before`; `state`: only such, "" saved and rejected ones."""

    before: int = Field(END, ge=1)
    count: int = Field(30, ge=1, le=200)
    target: str = Field("", max_length=200)
    state: str = Field("", pattern="^(saved|rejected|lost|)$")


class Which(Arguments):
    """By its number in the journal."""

    sub: int = Field(ge=1)


def sub_commands(box: "Box", pictures: BoxPictures) -> list[Command]:
    """For every surface."""

    async def subs(page: Page) -> dict[str, Any]:
        where: dict[str, Any] = {"target": page.target} if page.target else {}
        states = [SubState(page.state)] if page.state else [SubState.SAVED, SubState.REJECTED]
        found: list[Sub] = []
        for state in states:
            found += await box.journal.page(Sub, page.before, page.count, state=state, **where)
        listed = sorted(found, key=lambda sub: -sub.id)[: page.count]
        seen = await off_loop(pictures.seen, listed)
        return {
            "subs": [{**_told(sub), **known} for sub, known in zip(listed, seen, strict=True)],
            "more": len(listed) == page.count,
        }

    async def sub_(asked: Which) -> dict[str, Any]:
        sub = await pictures.sub(asked.sub)
        older = await _neighbour(box, sub, older=True)
        newer = await _neighbour(box, sub, older=False)
        return {**_told(sub), "older": older, "newer": newer, "plan": await _plan_of(box, sub)}

    async def picture(asked: Which) -> dict[str, Any]:
        sub = await pictures.sub(asked.sub)
        made = await pictures.picture(asked.sub)
        told = {name: plain(getattr(made, name)) for name in ("width", "height", "levels", "stars", "hfr")}
        over = {} if made.wcs is None else overlay(made.wcs, made.width, made.height, _target(box, sub))
        return {**told, "solved": made.wcs is not None, **over}

    return [
        Command("subs", "The subs that were taken, newest first.", Page, subs, asks=True),
        Command("sub", "One sub, and which come before and after it.", Which, sub_, asks=True),
        Command("picture", "Make the tiles of a sub's picture, and tell what can be drawn over it.",
                Which, picture, asks=True),
    ]  # fmt: skip


def _told(sub: Sub) -> dict[str, Any]:
    return {name: plain(getattr(sub, name)) for name in LISTED}


async def _neighbour(box: "Box", sub: Sub, *, older: bool) -> int | None:
    """The journal's number of the next one that has a file."""
    if older:
        found = [
            one.id for state in (SubState.SAVED, SubState.REJECTED)
            for one in await box.journal.page(Sub, sub.id, 1, state=state)
        ]  # fmt: skip
        return max(found, default=None)
    newest = await box.journal.page(Sub, END, 400)
    return min((one.id for one in newest if one.id > sub.id and one.file), default=None)


async def _plan_of(box: "Box", sub: Sub) -> str:
    runs = await box.journal.read(Run, id=sub.run)
    return runs[0].plan if runs else ""


def _target(box: "Box", sub: Sub) -> Target | None:
    """Where it was meant to point: by tonight's plan, else by the catalogue."""
    planned = next((one for one in box.targets if one.name == sub.target), None)
    if planned is not None or sub.kind != "light":
        return planned
    try:
        return find(sub.target)
    except BadInput:
        return None
