"""The sections of More, in their order: a new one is one file beside this, and one line here."""

from web.screens.access import ACCESS
from web.screens.display import DISPLAY
from web.screens.equipment import EQUIPMENT
from web.screens.files import FILES
from web.screens.guiding import GUIDING
from web.screens.help import HELP, UPDATES
from web.screens.leases import LEASES
from web.screens.logs import LOGS
from web.screens.more import Section
from web.screens.network import NETWORK
from web.screens.outputs import OUTPUTS
from web.screens.place import PLACE
from web.screens.properties import PROPERTIES
from web.screens.safety import SAFETY
from web.screens.settings import SETTINGS

SECTIONS: tuple[Section, ...] = (
    EQUIPMENT,
    PROPERTIES,
    GUIDING,
    SAFETY,
    OUTPUTS,
    LEASES,
    FILES,
    LOGS,
    SETTINGS,
    PLACE,
    DISPLAY,
    NETWORK,
    ACCESS,
    UPDATES,
    HELP,
)  # fmt: skip
