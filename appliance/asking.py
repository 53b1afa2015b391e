"""Asking a person something, wherever they are: panel, page and MQTT show the same question."""

import asyncio
from collections.abc import Callable

from appliance.bus import NeedsPerson, Publish
from appliance.errors import BadCommand

YES, NO = "yes", "no"


class Questions:
    """One at a time: who asks while another question is open waits for its turn. `now` is UTC since 1970."""

    def __init__(self, publish: Publish, now: Callable[[], float]) -> None:
        self._publish, self._now = publish, now
        self._turn = asyncio.Lock()
        self._answers: tuple[str, ...] = ()
        self._said: asyncio.Future[str] | None = None

    async def ask(self, source: str, text: str, answers: tuple[str, ...] = (YES, NO)) -> str:
        """Wait for one of the answers, for as long as it takes; cancel it when nobody need say any more."""
        async with self._turn:
            self._answers, self._said = answers, asyncio.get_running_loop().create_future()
            self._publish(NeedsPerson(source=source, text=text, answers=answers, since=self._now()))
            try:
                return await self._said
            finally:
                self._said = None
                self._publish(NeedsPerson(source=source))

    def answer(self, said: str) -> None:
        """BadCommand when nothing is asked, or this is none of the answers."""
        if self._said is None or self._said.done():
            raise BadCommand("answer", "nothing is asked now", advice="Somebody else may have answered.")
        if said not in self._answers:
            known = ", ".join(self._answers)
            raise BadCommand("answer", f"{said!r} is none of the answers", advice=f"Say one of: {known}.")
        self._said.set_result(said)
