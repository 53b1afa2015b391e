"""Whoever asks gets a turn, and between two turns the loop looks after everything else."""

import asyncio


class Turns:
    """Many clients that ask at the same moment would else be answered in one go, while a camera waits."""

    def __init__(self) -> None:
        self._queue = asyncio.Lock()

    async def mine(self) -> None:
        """Returns when it is this caller's turn, in the order of asking; never at once."""
        async with self._queue:
            await asyncio.sleep(0)
