"""Values of place, time, files, and of what runs."""

import os
import sys
import tempfile
from pathlib import Path

from appliance import __version__
from appliance.sky.coordinates import sidereal_hours
from appliance.surfaces.jsonrpc.desk import Desk
from appliance.surfaces.jsonrpc.made import asked, value
from appliance.surfaces.jsonrpc.protocol import Method

FOLLOWS = "0.9.97"  # whose methods these are: scripts ask for it to know what there is
ROOT = Path(__file__).parents[3]
NO_TARGET: list[object] = [" ", " ", 0, 0, 0]


def box_values(desk: Desk) -> list[Method]:
    """In the order of CCDciel's manual."""
    site, settings = desk.observer.site, desk.settings
    return [
        value("CCDciel_Version", lambda: [FOLLOWS, f"nightbox-{__version__}", f"Nightbox {__version__}"]),
        value("Obs_latitude", lambda: round(site.latitude_deg, 6)),
        value("Obs_longitude", lambda: round(site.longitude_deg, 6)),
        value("Obs_elevation", lambda: round(site.elevation_m, 1)),
        value("SiderealTime", lambda: round(sidereal_hours(site, desk.observer.unix()), 6)),
        value("TimeNow", lambda: local_time(desk)),
        value("DirectorySeparator", lambda: os.sep),
        value("AppDir", lambda: str(ROOT)),
        value("TmpDir", tempfile.gettempdir),
        value("CaptureDir", lambda: str(desk.images)),
        *(value(f"{kind}Dir", lambda kind=kind: kind) for kind in ("Light", "Bias", "Dark", "Flat")),  # type: ignore[misc]
        value("HostOS", lambda: sys.platform),
        value("Preview_getexposure", lambda: settings.preview_seconds),
        value("Preview_getbinning", lambda: f"{settings.preview_binning}x{settings.preview_binning}"),
        value("Preview_running", lambda: desk.hand.doing == "preview"),
        value("Preview_loop_running", lambda: desk.hand.doing == "preview" and desk.hand.loop),
        value("Camera_getgain", lambda: _or_profile(settings.gain, desk.profile.camera.gain)),
        value("Camera_getoffset", lambda: _or_profile(settings.offset, desk.profile.camera.offset)),
        value("Capture_getexposure", lambda: settings.capture_seconds),
        value("Capture_getbinning", lambda: f"{settings.capture_binning}x{settings.capture_binning}"),
        value("Capture_getobjectname", lambda: settings.capture_target),
        value("Capture_getcount", lambda: settings.capture_count),
        value("Capture_getframetype", lambda: settings.capture_kind),
        value("Capture_getdither", lambda: settings.capture_dither),
        value("Capture_running", lambda: captures(desk)),
        value("Capture_getlastfilename", lambda: desk.last_file),
        value("Sequence_getcurrentdirectory", lambda: _directory(desk)),
        value("Sequence_targetinformation", lambda: _target(desk)),
        value("Autofocus_getexposure", lambda: settings.focus_seconds or desk.profile.focus.seconds),
        value("Astrometry_goto_running", lambda: desk.goto.running),
        value("Astrometry_goto_result", lambda: desk.goto.arrived),
        asked("CurrentHeader", lambda: desk.api.call("header", {})),
    ]


def captures(desk: Desk) -> bool:
    """Are frames to keep being taken, by hand or by the sequence?"""
    return desk.hand.doing == "capture" or desk.sequence.exposing_until is not None


def local_time(desk: Desk) -> str:
    """In the box's time zone, to the millisecond."""
    return desk.observer.now().astimezone().replace(tzinfo=None).isoformat(timespec="milliseconds")


def _or_profile(told: int | None, profile: int | None) -> int:
    """What a script has set, else the profile's; 0 where the camera keeps its own."""
    return told if told is not None else profile or 0


def _directory(desk: Desk) -> str:
    return str(Path(desk.last_file).parent if desk.last_file and desk.runs else desk.images)


def _target(desk: Desk) -> list[object]:
    """Name, plan, J2000 right ascension in hours, declination in degrees, magnitude."""
    now = desk.sequence
    found = next((target for target in desk.targets() if target.name == now.target), None)
    if found is None or not desk.runs:
        return NO_TARGET
    at = found.position
    return [found.name, now.plan, round(at.ra_deg / 15, 7), round(at.dec_deg, 7), found.magnitude or 0]
