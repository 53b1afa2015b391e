"""Telling of a change: INDI drivers push, nobody has to ask."""

from hardware.indi.link import Property
from hardware.indi.properties import Remote


class Changing:
    """What was answered last, and waiting until one of those properties is another."""

    def __init__(self, remote: Remote, *names: str) -> None:
        self._remote, self._names = remote, names
        self._answered: dict[str, Property | None] | None = None

    def answered(self) -> None:
        """To be called when an answer is read: `changed` counts from here, so that nothing falls between."""
        self._answered = self._now()

    async def changed(self) -> None:
        """Returns at once when there was a change since the last answer, or the device is lost."""
        with self._remote.watch() as watch:
            # Whoever else is answered meanwhile does not take the news away.
            before = self._answered
            # Drivers repeat what they said before: only another value or state is news.
            while before is not None and not self._remote.lost and self._now() == before:
                await watch.next()

    def _now(self) -> dict[str, Property | None]:
        return {name: self._remote.find(name) for name in self._names}
