"""What a controller that has ended must not leave behind: tasks, threads, child processes, open files."""

import asyncio
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class Held:
    """What this process had at a moment: Python's threads, children and open files by their names."""

    threads: frozenset[int]
    children: frozenset[int]
    files: frozenset[str]

    @classmethod
    def now(cls) -> "Held":
        """At this moment."""
        process = psutil.Process()
        return cls(
            frozenset(sys._current_frames()),  # noqa: SLF001 - every thread that runs Python, also unnamed ones
            frozenset(child.pid for child in process.children(recursive=True)),
            frozenset(file.path for file in process.open_files()),
        )


def leaks(loop: asyncio.AbstractEventLoop, before: Held, folder: Path) -> list[str]:
    """What is there now and was not before: of files those of the night's folder count."""
    now = Held.now()
    tasks = sorted(task.get_name() for task in asyncio.all_tasks(loop))
    files = sorted(name for name in now.files - before.files if Path(name).is_relative_to(folder))
    named: list[tuple[str, list[str]]] = [
        ("still running", tasks),
        ("a thread", [str(one) for one in sorted(now.threads - before.threads)]),
        ("a child process", [str(one) for one in sorted(now.children - before.children)]),
        ("still open", [Path(name).name for name in files]),
    ]
    return [f"{what}: {', '.join(left)}" for what, left in named if left]
