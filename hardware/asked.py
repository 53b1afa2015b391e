"""Devices that do not tell of themselves when something changes: they must be asked."""

import asyncio


class Asked:
    """The `changed` of such a device: it never returns."""

    async def changed(self) -> None:
        await asyncio.get_running_loop().create_future()
