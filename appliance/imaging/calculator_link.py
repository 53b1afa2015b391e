"""The parent's end of one calculator process."""

import asyncio
import itertools
import os
import pickle
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from appliance.errors import ProcedureFailed
from appliance.imaging.calculator_messages import LENGTH, Answer, Request, pack

ROOT = Path(__file__).resolve().parents[2]
GOODBYE_SECONDS = 2.0


class CalculationFailed(ProcedureFailed):
    """A frame could not be measured, saved or shown; the frame itself was not the reason."""

    code = "imaging.calculator"
    default_advice = "Try again; if it happens every time, restart Nightbox and send the log."


class ProcessEnded(Exception):
    """The process ended, or was killed, before it answered."""


class Link:
    """One running process; once `ended` it stays so."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._ids = itertools.count(1)
        self.ended = False
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, slots: Sequence[int]) -> "Link":
        """Start a process that shares these descriptors."""
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
            "OPENBLAS_NUM_THREADS": "1",
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "appliance.imaging.calculator_process"),
            *(str(slot) for slot in slots),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            pass_fds=slots,
            env=environment,
            start_new_session=True,  # Ctrl-C is for the parent: a save under way is finished
        )
        return cls(process)

    @property
    def pid(self) -> int:
        return self._process.pid

    async def ask(
        self, work: str, slot: int, shape: tuple[int, int], arguments: tuple[Any, ...], again: bool
    ) -> Any:
        """The result; raises its error, CalculationFailed for a surprise, ProcessEnded without an answer."""
        if self.ended:
            raise ProcessEnded
        request = Request(next(self._ids), work, slot, shape, arguments, again)
        answer = self._waiting[request.id] = asyncio.get_running_loop().create_future()
        try:
            assert self._process.stdin
            self._process.stdin.write(pack(request))
            reply = await answer
        finally:
            self._waiting.pop(request.id, None)
        if reply.error:
            raise reply.error
        if reply.surprise:
            raise CalculationFailed(f"The frame could not be handled ({work}): {reply.surprise}.")
        return reply.result

    def kill(self) -> None:
        """End it now; whoever waits gets ProcessEnded."""
        with suppress(ProcessLookupError):
            self._process.kill()

    async def close(self) -> None:
        """Let it finish what it does, for a while, and see it gone."""
        assert self._process.stdin
        self._process.stdin.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self._process.wait()
        self.kill()
        await self._process.wait()
        await self._reader

    async def _read(self) -> None:
        try:
            await self._answers()
        finally:
            self.ended = True
            self.kill()
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(ProcessEnded())

    async def _answers(self) -> None:
        assert self._process.stdout
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await self._process.stdout.readexactly(LENGTH.size)
                body = await self._process.stdout.readexactly(LENGTH.unpack(head)[0])
                answer: Answer = pickle.loads(body)  # noqa: S301 - from our own child
                waiting = self._waiting.get(answer.id)
                if waiting and not waiting.done():
                    waiting.set_result(answer)
