"""Keeping one part of the panel at work: opened, opened again when it fails, said once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol, TypeVar

from appliance.bus import Publish, Said
from appliance.errors import DeviceError, NightboxError
from appliance.surfaces.panel.face import Face
from appliance.surfaces.panel.patterns import BLACK, ROUNDING_SECONDS, Tune
from appliance.surfaces.panel.words import lines
from hardware.devices import Button, Buzzer, DeviceSpec, StatusLight, TextDisplay

log = logging.getLogger(__name__)

SOURCE = "panel"
RETRY_SECONDS = (10.0, 30.0, 60.0, 300.0)
WELL_SECONDS = 60.0  # a part that has worked for so long was really back
LAST_SECONDS = 1.0  # to switch a light off at the end
FRESH_SECONDS = 10.0  # of what the display says of the time

P = TypeVar("P")
Edge = Callable[[str, bool], None]


class PanelOpener(Protocol):
    """What the panel needs of the registry: an open device for a spec, or DeviceError."""

    async def button(self, spec: DeviceSpec) -> Button: ...
    async def status_light(self, spec: DeviceSpec) -> StatusLight: ...
    async def buzzer(self, spec: DeviceSpec) -> Buzzer: ...
    async def text_display(self, spec: DeviceSpec) -> TextDisplay: ...


async def kept(
    spec: DeviceSpec, open_: Callable[[DeviceSpec], Awaitable[P]], use: Callable[[P], Awaitable[None]],
    publish: Publish,
) -> None:  # fmt: skip
    """Open it and use it, for as long as the box lives; `use` does not return by itself."""
    failures, clock = 0, asyncio.get_running_loop().time
    while True:
        began = clock()
        try:
            part = await open_(spec)
            if failures:
                publish(Said(source=SOURCE, text=f"{spec.name} is back."))
            await use(part)
        except DeviceError as away:
            failure: NightboxError = away
        except Exception as bug:
            log.error("the panel's %s failed", spec.name, exc_info=bug)
            failure = DeviceError(
                spec.name, f"unexpected: {bug!r}", advice="Please report this with the log."
            )
        failures = 0 if clock() - began > WELL_SECONDS else failures
        if not failures:
            text = f"{failure.sentence.rstrip('.')}; the night goes on without it."
            publish(Said(source=SOURCE, text=text, level="warning", code=failure.code, advice=failure.advice))
        await asyncio.sleep(RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)])
        failures += 1


async def feel(button: Button, place: str, edge: Edge) -> None:
    """Pass every edge on. One that is down when it is opened has not been pressed: it may be stuck, or wet.

    A button that is lost is let go: nothing may go on because a wire broke.
    """
    try:
        if button.pressed:
            while await button.changed():
                pass
        while True:
            edge(place, await button.changed())
    finally:
        edge(place, False)


async def shine(light: StatusLight, face: Face) -> None:
    """Show the face's colour whenever it changes; dark at the end."""
    try:
        while True:
            seen = face.version
            colour, lasts = face.colour()
            await light.show(*colour)
            await face.news(seen, lasts)
    finally:
        with suppress(DeviceError, TimeoutError):
            async with asyncio.timeout(LAST_SECONDS):
                await light.show(*BLACK)


async def sing(buzzer: Buzzer, face: Face) -> None:
    """Sound what the face wants to; silent at the end."""
    try:
        while True:
            seen = face.version
            if (tune := face.tune) is None:
                await face.news(seen, None)
            elif tune.again:
                await _again(buzzer, face, tune)
            else:
                await _once(buzzer, tune)
                face.sounded(tune)
    finally:
        with suppress(DeviceError, TimeoutError):
            async with asyncio.timeout(LAST_SECONDS):
                await buzzer.off()


async def _once(buzzer: Buzzer, tune: Tune) -> None:
    for hz, seconds in tune.notes:
        await _note(buzzer, hz)
        await asyncio.sleep(seconds)
    await buzzer.off()


async def _again(buzzer: Buzzer, face: Face, tune: Tune) -> None:
    """Once through it, or until something else is to sound."""
    clock = asyncio.get_running_loop().time
    for hz, seconds in tune.notes:
        ends = clock() + seconds
        await _note(buzzer, hz)
        while face.tune is tune and (left := ends - clock()) > ROUNDING_SECONDS:
            await face.news(face.version, left)
        if face.tune is not tune:
            break
    await buzzer.off()


async def _note(buzzer: Buzzer, hz: float) -> None:
    await (buzzer.on(hz) if hz else buzzer.off())


def no_code() -> str:
    """Nobody has to be shown a way in."""
    return ""


async def write(
    display: TextDisplay, face: Face, unix: Callable[[], float], code: Callable[[], str] = no_code
) -> None:
    """Show the night in words, and the page's pairing code, whenever they change; blank at the end."""
    shown: list[str] | None = None
    try:
        while True:
            seen = face.version
            if (now := lines(face.facts, unix(), display.rows, display.columns, code())) != shown:
                await display.show(now)
                shown = now
            await face.news(seen, FRESH_SECONDS)
    finally:
        with suppress(DeviceError, TimeoutError):
            async with asyncio.timeout(LAST_SECONDS):
                await display.show(())
