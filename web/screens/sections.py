"""The sections of More, in their order: a new one is one file beside this, and one line here."""

from web.screens.access import ACCESS
from web.screens.display import DISPLAY
from web.screens.more import Section

SECTIONS: tuple[Section, ...] = (
    DISPLAY,
    ACCESS,
)  # fmt: skip
