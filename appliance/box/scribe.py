"""Everything said is kept, in the log file and in the journal, and shown to whoever sits at a terminal."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from appliance.bus import Bus, Event, Said
from appliance.errors import StorageFailed
from appliance.imaging.atomic import translated
from appliance.journal import Journal, Line
from appliance.observer import Observer
from hardware.worker import Worker

MARKS = {"info": " ", "warning": "!", "error": "✗"}
DEPTH = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Goodbye(Event):
    """The last message of the box: what was said before it has been written down."""


# A Said with its lines of text, and then, once, why nothing said is kept.
Show = Callable[[Said, str], None]


class Scribe:
    """Shows every Said, and keeps it in log file and journal; where that fails it says so once."""

    def __init__(self, log: Path, observer: Observer, journal: Journal, show: Show) -> None:
        self._log, self._observer, self._journal, self._show = log, observer, journal, show
        self._worker = Worker("log")
        self._kept = True
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
            self._worker.close()

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
        self._show(said, text)
        try:
            await self._worker.call(self._append, text)
            await self._remember(said, now)
        except StorageFailed as failure:
            if self._kept:
                self._complain(failure, now)
            self._kept = False
        else:
            self._kept = True

    def _complain(self, failure: StorageFailed, now: datetime) -> None:
        lost = Said(
            source="box", level="error", text=f"What is said is not kept: {failure.sentence}",
            code=failure.code, advice=failure.advice,
        )  # fmt: skip
        self._show(lost, "\n".join(lines(lost, now)))

    def _append(self, text: str) -> None:
        with translated(self._log), self._log.open("a", encoding="utf-8") as log:
            log.write(text + "\n")

    async def _remember(self, said: Said, now: datetime) -> None:
        await self._journal.add(
            Line(
                run=self.run, at=now.timestamp(), level=said.level, source=said.source,
                text=said.text, code=said.code, advice=said.advice, routine=said.routine,
            )
        )  # fmt: skip


def lines(said: Said, now: datetime) -> list[str]:
    """`21:04:05 ! sentence [code]`, and the advice below it."""
    code = f" [{said.code}]" if said.code else ""
    first = f"{now:%H:%M:%S} {MARKS.get(said.level, ' ')} {said.text}{code}"
    return [first, f"           → {said.advice}"] if said.advice else [first]
