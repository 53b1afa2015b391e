"""What a person at a terminal sees, and what the log file and the journal keep: the same lines."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from appliance.bus import Bus, Event, Said
from appliance.journal import Journal, Line
from appliance.observer import Observer

MARKS = {"info": " ", "warning": "!", "error": "✗"}
DEPTH = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Goodbye(Event):
    """The last message of the box: what was said before it has been written down."""


class Console:
    """Prints every Said to the terminal and appends it to the log file and the journal."""

    def __init__(self, log: Path, observer: Observer, journal: Journal) -> None:
        self._log, self._observer, self._journal = log, observer, journal
        self.run: int | None = None

    @asynccontextmanager
    async def listening(self, bus: Bus) -> AsyncIterator[None]:
        """As long as the block lasts; on leaving, everything said in it has been written."""
        task = asyncio.create_task(self._listen(bus))
        await asyncio.sleep(0)  # subscribed from here on
        try:
            yield
        finally:
            bus.publish(Goodbye(source="box"))
            await task

    async def _listen(self, bus: Bus) -> None:
        with bus.subscribe(Said, Goodbye, depth=DEPTH) as mailbox:
            async for message in mailbox:
                if isinstance(message, Said):
                    await self._write(message)
                else:
                    return

    async def _write(self, said: Said) -> None:
        now = self._observer.now()
        text = "\n".join(lines(said, now))
        print(text, flush=True)
        with self._log.open("a", encoding="utf-8") as log:
            log.write(text + "\n")
        await self._journal.add(
            Line(
                run=self.run, at=now.timestamp(), level=said.level, source=said.source,
                text=said.text, code=said.code, advice=said.advice,
            )
        )  # fmt: skip


def lines(said: Said, now: datetime) -> list[str]:
    """`21:04:05 ! sentence [code]`, and the advice below it."""
    code = f" [{said.code}]" if said.code else ""
    first = f"{now:%H:%M:%S} {MARKS.get(said.level, ' ')} {said.text}{code}"
    return [first, f"           → {said.advice}"] if said.advice else [first]


def complain(code: str, sentence: str, advice: str) -> None:
    """An error that ends the program, on standard error."""
    print(f"✗ {sentence} [{code}]\n  → {advice}", file=sys.stderr, flush=True)
