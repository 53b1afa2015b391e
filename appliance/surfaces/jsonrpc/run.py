"""The surface as a whole: listening for as long as the box lives, and what costs it nothing."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from appliance.bus import Said
from appliance.profile import JsonRpcSection
from appliance.sequence.beside import beside
from appliance.surfaces.jsonrpc.absent import absent
from appliance.surfaces.jsonrpc.box_commands import box_commands
from appliance.surfaces.jsonrpc.box_values import box_values
from appliance.surfaces.jsonrpc.camera_commands import camera_commands
from appliance.surfaces.jsonrpc.client import Content
from appliance.surfaces.jsonrpc.desk import Desk, Table
from appliance.surfaces.jsonrpc.guider import guider_methods
from appliance.surfaces.jsonrpc.mount_commands import mount_commands
from appliance.surfaces.jsonrpc.page import page
from appliance.surfaces.jsonrpc.protocol import Dispatcher, Method
from appliance.surfaces.jsonrpc.rig_values import rig_values
from appliance.surfaces.jsonrpc.server import PortTaken, Server
from appliance.surfaces.jsonrpc.status import status_methods
from appliance.surfaces.jsonrpc.turns import Turns
from appliance.surfaces.jsonrpc.words import said
from hardware.worker import Worker

SOURCE = "jsonrpc"
TABLES: tuple[Table, ...] = (
    status_methods, rig_values, box_values, mount_commands, camera_commands, guider_methods, box_commands,
    absent,
)  # fmt: skip
AGAIN_SECONDS = (5.0, 15.0, 60.0)


def methods(desk: Desk) -> dict[str, Method]:
    """Every method by its name in capitals."""
    return {method.name.upper(): method for table in TABLES for method in table(desk)}


async def run_jsonrpc(
    section: JsonRpcSection, desk: Desk, listens: Callable[[int], None] = lambda _: None
) -> None:
    """For as long as the box lives. A port that is not to be had is said once and tried again; `listens` is
    told the one in use.
    """
    files, failures = Worker("jsonrpc files"), 0
    try:
        content = _content(desk, _token(section, desk), files)
        async with beside(desk.listen()):
            while True:
                try:
                    async with Server(content).listening(section.host, section.port) as server:
                        listens(server.port)
                        await asyncio.Event().wait()
                except PortTaken as taken:
                    if not failures:
                        _complain(desk, taken)
                await asyncio.sleep(AGAIN_SECONDS[min(failures, len(AGAIN_SECONDS) - 1)])
                failures += 1
    finally:
        files.close()
        await desk.close()


def _content(desk: Desk, token: str | None, files: Worker) -> Content:
    turns = Turns()
    dispatcher = Dispatcher(methods(desk), turns)

    async def word(given: str) -> str:
        await turns.mine()
        return said(desk, given)

    async def page_() -> str:
        await turns.mine()
        return await page(desk)

    async def picture() -> bytes | None:
        path = desk.api.latest_preview()
        return None if path is None else await files.call(_read, path)

    return Content(
        answer=dispatcher.answer, word=word, page=page_, picture=picture,
        now=desk.observer.unix, token=token,
    )  # fmt: skip


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None  # it is just being replaced


def _token(section: JsonRpcSection, desk: Desk) -> str | None:
    """What clients from other machines must bring; None when anybody may come in.

    Where it cannot be read nobody gets in: an empty word fits no token.
    """
    if section.token_file is None:
        return None if section.open_to_all else ""
    try:
        return section.token_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as unreadable:
        text = f"The token for JSON-RPC cannot be read: {unreadable}. Only this machine gets in."
        advice = "Check jsonrpc.token_file, and that the box may read it."
        warning = Said(source=SOURCE, level="warning", text=text, code="jsonrpc.token", advice=advice)
        desk.api.bus.publish(warning)
        return ""


def _complain(desk: Desk, taken: PortTaken) -> None:
    text = f"{taken.sentence.rstrip('.')}; trying again."
    desk.api.bus.publish(
        Said(source=SOURCE, level="warning", text=text, code=taken.code, advice=taken.advice)
    )
