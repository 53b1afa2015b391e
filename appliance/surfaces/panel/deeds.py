"""What each gesture asks of the box: a surface like the page, over the same commands."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from appliance.api import Api
from appliance.bus import Said
from appliance.errors import BadCommand, NightboxError
from appliance.profile import PanelSection
from appliance.surfaces.panel import patterns
from appliance.surfaces.panel.buttons import Gesture, Hold, Kind
from appliance.surfaces.panel.face import Face

log = logging.getLogger(__name__)

SOURCE = "panel"
ANEW = "Open the page and set a new one; its pairing code stands on the display, or in what the box printed."
PARK_SECONDS = 1.0  # while a night runs: a sleeve must not end it
FORGET_SECONDS = 10.0  # Light: nothing else of the panel is held for so long
TOGETHER = frozenset({"stop", "park"})
LIGHT = frozenset({"light"})
ROOF = {"roof_open", "roof_close"}


class HeldRoof(Protocol):
    """The roof in the hands of a person who looks at it: no rule holds it."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...


# What was moved inside the block stops at its end.
Overriding = Callable[[], AbstractAsyncContextManager[HeldRoof]]


def holds(section: PanelSection) -> tuple[Hold, ...]:
    """What is held, and for how long."""
    shutdown = (Hold(frozenset({"shutdown"}), section.hold_seconds), Hold(TOGETHER, section.hold_seconds))
    return (Hold(frozenset({"park"}), PARK_SECONDS), *shutdown, Hold(LIGHT, FORGET_SECONDS))


class Deeds:
    """Does what is meant, each in a task of its own; the light answers before anything is done."""

    def __init__(self, api: Api, face: Face, overriding: Overriding | None) -> None:
        self._api, self._face, self._overriding = api, face, overriding
        self._tasks: set[asyncio.Task[None]] = set()
        self._override: asyncio.Task[None] | None = None
        self._roof: HeldRoof | None = None
        self._by_hand: set[asyncio.Task[None]] = set()

    def do(self, gesture: Gesture) -> None:
        """Answer it at once, and see to it."""
        (first, *_) = sorted(gesture.buttons)
        if gesture.kind is Kind.UP:
            if first == "override":
                self._release()
            return
        self._face.mute()
        if gesture.kind is Kind.HELD:
            held = {frozenset({"park"}): self._end_and_park, LIGHT: self._forget}
            self._begin(held.get(gesture.buttons, self._shut_down)())
        else:
            self._press(first, twice=gesture.kind is Kind.TWICE)

    def _press(self, button: str, *, twice: bool) -> None:
        self._face.answer(patterns.HEARD)
        if button == "light":
            self._face.next_mode()
        elif button == "override":
            self._release()
            self._override = asyncio.create_task(self._hold_override())
        elif button in ROOF:
            task = self._begin(self._move_roof(button))
            if self._roof is not None:
                self._by_hand.add(task)
                task.add_done_callback(self._by_hand.discard)
        elif (wanted := self._wanted(button, twice=twice)) is not None:
            self._begin(wanted)

    def _wanted(self, button: str, *, twice: bool) -> Coroutine[Any, Any, None] | None:
        """None for a button that must be held."""
        answers = self._face.facts.answers if self._face.facts.question else ()
        if button == "start":
            return self._call("answer", answer=answers[0]) if answers else self._call("toggle")
        if button == "stop":
            # A roof on its way is stopped first, whatever is asked.
            no = len(answers) > 1 and not twice and not self._face.facts.roof_moves
            return self._call("answer", answer=answers[1]) if no else self._call("stop")
        return self._call("park") if button == "park" and not self._face.facts.under_way else None

    async def _call(self, command: str, **arguments: object) -> None:
        await self._api.call(command, arguments)

    async def _end_and_park(self) -> None:
        """Park was held: a night that runs is ended first. One that was not has been parked by the press."""
        if self._face.facts.under_way:
            self._face.answer(patterns.HEARD)
            await self._call("stop")
            await self._call("park")

    async def _shut_down(self) -> None:
        self._face.answer(patterns.HEARD)
        await self._call("shutdown")

    async def _forget(self) -> None:
        """The page's password: the display then shows the code by which a new one is set."""
        if self._api.forget_password is None:
            raise BadCommand("light", "there is no page whose password could be forgotten")
        await self._api.forget_password()
        self._face.answer(patterns.HEARD)
        text = "The page's password is cleared, every phone is logged out: the panel's Light button was held."
        self._api.bus.publish(
            Said(source=SOURCE, text=text, level="warning", code="page.forgotten", advice=ANEW)
        )

    def _begin(self, deed: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(self._answered(deed))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _answered(self, deed: Awaitable[None]) -> None:
        """What is refused shows, and is said where it can be read."""
        try:
            await deed
        except NightboxError as refusal:
            self._refuse(refusal.sentence, refusal.code, refusal.advice)
        except Exception as bug:
            log.error("a press failed", exc_info=bug)
            self._refuse(f"Unexpected: {bug!r}.", "bug", "Please report this with the log file.")

    def _refuse(self, text: str, code: str, advice: str) -> None:
        self._face.answer(patterns.REFUSED)
        self._api.bus.publish(Said(source=SOURCE, text=text, level="warning", code=code, advice=advice))

    async def _hold_override(self) -> None:
        """As long as the button is down: a dead man's switch."""
        try:
            if self._overriding is None:
                raise BadCommand("override", "there is no roof to move")
            async with self._overriding() as roof:
                self._roof = roof
                try:
                    await asyncio.get_running_loop().create_future()
                finally:
                    self._roof = None
                    for movement in self._by_hand:
                        movement.cancel()
        except NightboxError as refusal:
            self._refuse(refusal.sentence, refusal.code, refusal.advice)

    async def _move_roof(self, button: str) -> None:
        """By hand while Override is held; else as everybody, if the interlock allows it."""
        if (roof := self._roof) is None:
            await self._call(button)
        else:
            await (roof.open() if button == "roof_open" else roof.close())

    def _release(self) -> None:
        if self._override is not None:
            self._override.cancel()
            self._override = None

    async def close(self) -> None:
        """The panel ends: nothing is held any more. What has been commanded goes on in the box."""
        self._release()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
