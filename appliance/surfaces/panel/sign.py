"""The panel as a sign only: its light and display tell something while there is no box to command."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from appliance.bus import Message, State
from appliance.profile import PanelSection
from appliance.sequence.beside import beside
from appliance.surfaces.panel.face import Face
from appliance.surfaces.panel.parts import PanelOpener, kept, shine, write


@asynccontextmanager
async def sign(
    section: PanelSection, opener: PanelOpener, unix: Callable[[], float], *states: State
) -> AsyncIterator[None]:
    """What would be shown if these were true, for as long as the block lasts; no button does anything."""
    face = Face(lambda: section.brightness, lambda: True)
    face.hear(states)
    async with AsyncExitStack() as stack:
        if (light := section.spec("status_light")) is not None:
            work = kept(light, opener.status_light, partial(shine, face=face), _nobody)
            await stack.enter_async_context(beside(work))
        if (display := section.spec("display")) is not None:
            words = partial(write, face=face, unix=unix)
            await stack.enter_async_context(beside(kept(display, opener.text_display, words, _nobody)))
        yield


def _nobody(_: Message) -> None:
    """A part that fails is said by the box, once it runs."""
