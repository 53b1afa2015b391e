"""Running a solver's program: bounded in time, and gone with all its children when we stop waiting."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Finished:
    """A program's exit code and the end of what it printed."""

    code: int
    output: str


async def run_program(command: Sequence[str], folder: Path, within: float) -> Finished:
    """Run a program in a folder. TimeoutError after so many seconds; OSError when it cannot be started.

    However this ends, the program and every child it started are dead and reaped first.
    """
    async with _process(command, folder) as process, asyncio.timeout(within):
        output, _ = await process.communicate()
        return Finished(process.returncode or 0, output.decode(errors="replace")[-4000:])


@asynccontextmanager
async def _process(command: Sequence[str], folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            # Its own process group: solve-field starts children that would outlive it.
            start_new_session=True,
        )
    )
    try:
        # Shielded, because a Stop in the middle of starting would lose the process but not end it.
        process = await asyncio.shield(starting)
    except asyncio.CancelledError:
        await _end(await starting)
        raise
    try:
        yield process
    finally:
        await _end(process)


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
    # The pipe closes one turn of the loop later; until then the transport would complain.
    await asyncio.sleep(0)
