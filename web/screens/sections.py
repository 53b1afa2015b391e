"""The sections of More, in their order: a new one is one file beside this, and one line here."""

from web.screens.access import ACCESS
from web.screens.display import DISPLAY
from web.screens.more import Section
from web.screens.place import PLACE

SECTIONS: tuple[Section, ...] = (
    PLACE,
    DISPLAY,
    ACCESS,
)  # fmt: skip
