"""Asking a box's methods as scripts do, in virtual time and without a socket."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from appliance.sequence.beside import beside
from appliance.surfaces.jsonrpc.desk import Desk
from appliance.surfaces.jsonrpc.protocol import Dispatcher
from appliance.surfaces.jsonrpc.run import methods
from tests.appliance.box.open_field import field
from tests.appliance.surfaces.lonely_box import LonelyBox

OK = {"status": "OK!"}


class Script:
    """`box` and `desk` are what is behind it."""

    def __init__(self, box: LonelyBox) -> None:
        real = box.box
        self.box = box
        self.desk = Desk(
            box.api, real.rig, real.profile, real.observer, real.images, lambda: real.targets,
            lambda: real.plan.name,
        )  # fmt: skip
        self._dispatcher = Dispatcher(methods(self.desk))

    async def answer(self, method: str, *params: object) -> Any:
        """The whole answer; without parameters what CCDciel's own helper sends then."""
        asked = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params) or [""]}
        await asyncio.sleep(0.001)  # on its way
        return json.loads(await self._dispatcher.answer(json.dumps(asked)) or "null")

    async def __call__(self, method: str, *params: object) -> Any:
        """The result."""
        told = await self.answer(method, *params)
        assert "result" in told, told
        return told["result"]

    async def error(self, method: str, *params: object) -> tuple[int, str]:
        told = await self.answer(method, *params)
        assert "error" in told, told
        return told["error"]["code"], told["error"]["message"]

    async def ready(self) -> None:
        """Connected, and pointing at M31."""
        assert await self("Devices_connection", True) == OK
        assert await self("Telescope_park", False) == OK
        assert await self("Astrometry_goto", 10.684 / 15, 41.269) == OK


def script(folder: Path, story: Callable[[Script], Coroutine[Any, Any, None]], **changes: Any) -> LonelyBox:
    """Live a story on a telescope in the open, by night."""
    box = field(folder, **changes)

    async def live(one: LonelyBox) -> None:
        asking = Script(one)
        async with beside(asking.desk.listen()):
            await asyncio.sleep(0.1)
            await story(asking)
        await asking.desk.close()

    box.live(live)
    return box
