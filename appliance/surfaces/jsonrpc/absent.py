"""What CCDciel has and this box does not: asked for it tells so, and a script that only looks goes on."""

from collections.abc import Iterator

from appliance.surfaces.jsonrpc.desk import Desk
from appliance.surfaces.jsonrpc.made import command, never, value
from appliance.surfaces.jsonrpc.protocol import Method
from appliance.surfaces.jsonrpc.values import OK, unavailable

LOCK, INTERNAL = "the guider chooses its star by itself", "there is no internal guider"
FINDER, SCREEN, PLANETARIUM = "there is no finder camera", "there is no screen", "there is no planetarium"
BRIGHT = "bright stars are not avoided"
# Commands, why not, and their parameters.
NEVER: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    *((f"Autoguider_{name}", LOCK, ()) for name in (
        "getlockposition", "setlockposition", "storelockposition",
    )),
    *((f"Internalguider_{name}", INTERNAL, ()) for name in (
        "clearspectrotargetradec", "clearspectroguidestarradec",
    )),
    *((f"Internalguider_set{name}", INTERNAL, parameters) for name, parameters in (
        ("guideexposure", ("seconds",)), ("exposuredelay", ("seconds",)),
        ("agressivityra", ("gain", "hysteresis")), ("agressivitydec", ("gain", "hysteresis")),
        ("spectrofunction", ("on",)), ("spectrostrategy", ("strategy",)),
        ("spectroastrometryexposure", ("seconds",)), ("spectroslitname", ("slit",)),
        ("spectrotargetradec", ("ra", "dec")), ("spectroguidestaroffset", ("x", "y")),
        ("spectroguidestarradec", ("ra", "dec")), ("spectromultistaroffset", ("x", "y")),
        ("spectrorotateparallactic", ("on",)),
    )),
    ("Internalguider_snapshot", INTERNAL, ("seconds", "name")),
    ("Internalguider_save_fits_file", INTERNAL, ("name",)),
    ("Spectro_rotate_parallactic", INTERNAL, ()),
    ("Set_findertargetxy", FINDER, ("x", "y")),
    ("Finder_saveimages", FINDER, ("on",)),
    ("Finder_startloop", FINDER, ("seconds",)),
    ("Finder_snapshot", FINDER, ("seconds", "name")),
    ("Astrometry_plot_dso", SCREEN, ()),
    ("Astrometry_plot_hyperleda", SCREEN, ()),
    ("Open_fits_file", SCREEN, ("name",)),
    ("Planetarium_connect", PLANETARIUM, ()),
    ("Planetarium_showimage", PLANETARIUM, ()),
    ("Planetarium_showimage_fov", PLANETARIUM, ("fov",)),
    ("Rotator_sync", "this box counts the rotator's own degrees", ("angle",)),
    ("Slewing_setavoidbrightstar", BRIGHT, ("on",)),
    ("Slewing_setbrightstarmagnitude", BRIGHT, ("magnitude",)),
    ("Slewing_setbrightstaroffset", BRIGHT, ("offset",)),
)  # fmt: skip
# To end or close what there is not is done already.
DONE = ("Planetarium_shutdown", "Finder_stoploop")
FALSE = (
    "Planetarium_connected", "Internalguider_busy", "Internalguider_getspectrofunction",
    "Internalguider_getspectrorotateparallactic", "Slewing_getavoidbrightstar",
)  # fmt: skip
ZERO = ("Slewing_getbrightstarmagnitude", "Slewing_getbrightstaroffset")
UNKNOWN = (
    "getguideexposure", "getexposuredelay", "getagressivityra", "getagressivitydec", "getspectrostrategy",
    "getspectroastrometryexposure", "getspectroslitname", "getspectroguidestaroffset",
    "getspectromultistaroffset",
)  # fmt: skip


def absent(_: Desk) -> list[Method]:
    """All of them."""
    return list(_every())


def _every() -> Iterator[Method]:
    for name, why, parameters in NEVER:
        yield never(name, why, *parameters)
    for name in DONE:
        yield command(name, _done)
    for name in FALSE:
        yield value(name, lambda: False)
    for name in ZERO:
        yield value(name, lambda: 0)
    for name in UNKNOWN:
        yield value(f"Internalguider_{name}", _unknown)


async def _done() -> object:
    return OK


def _unknown() -> object:
    raise unavailable(INTERNAL)
