"""Running a solver's program: bounded in time, and gone with all its children when we stop waiting."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

NICENESS = 5  # the controller goes first: it may have to close the roof


@dataclass(frozen=True, slots=True)
class Finished:
    """A program's exit code and the end of what it printed."""

    code: int
    output: str


class RunScript(Protocol):
    """Runs a program to its end, as `run_program` does; a rehearsal only pretends to."""

    async def __call__(
        self, command: Sequence[str], folder: Path, within: float, more: Mapping[str, str] | None = None, /
    ) -> Finished: ...


async def run_program(
    command: Sequence[str], folder: Path, within: float, more: Mapping[str, str] | None = None
) -> Finished:
    """Run a program in a folder. TimeoutError after so many seconds; OSError when it cannot be started.

    It finds `more` in its environment beside what we have in ours.

    However this ends, the program and every child it started are dead and reaped first.
    """
    environment = None if more is None else {**os.environ, **more}
    async with program(command, folder, environment=environment) as process, asyncio.timeout(within):
        output, _ = await process.communicate()
        return Finished(process.returncode or 0, output.decode(errors="replace")[-4000:])


@asynccontextmanager
async def program(
    command: Sequence[str],
    folder: Path,
    errors: int = asyncio.subprocess.STDOUT,
    environment: Mapping[str, str] | None = None,
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A program that runs in a folder; on leaving, it and all its children are dead and reaped."""
    starting = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            env=environment,
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
    with suppress(ProcessLookupError):  # it may have ended already
        niceness = max(os.getpriority(os.PRIO_PROCESS, process.pid), NICENESS)
        os.setpriority(os.PRIO_PROCESS, process.pid, niceness)
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
