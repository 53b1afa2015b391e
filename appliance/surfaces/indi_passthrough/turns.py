"""Long work on the event loop, in short turns."""

import asyncio

TURN_SECONDS = 0.002


class Turns:
    """Ask `over` often: the others have their turn whenever ours has lasted."""

    def __init__(self) -> None:
        self._clock = asyncio.get_running_loop().time
        self._began = self._clock()

    def begin(self) -> None:
        """It begins now: something was waited for."""
        self._began = self._clock()

    async def over(self) -> None:
        """Returns at once while ours lasts."""
        if self._clock() - self._began > TURN_SECONDS:
            await asyncio.sleep(0)
            self._began = self._clock()
