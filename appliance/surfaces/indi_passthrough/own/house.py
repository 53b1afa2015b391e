"""Which devices of our own there are, and what each shows of the box's states.

A roof, cover or flat panel that is an INDI device already is not shown a second time.
"""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from appliance.bus import State
from appliance.leases import LeasesState
from appliance.outputs.messages import OutputNow, OutputsState
from appliance.profile import DeviceSection, Profile
from appliance.safety.messages import ConditionsState, SafetyState
from appliance.sequence.guide_watch import GuidingNow
from appliance.sequence.messages import SequenceState
from appliance.sequence.vitals import DiskState, RoofNow
from appliance.surfaces.indi_passthrough.own.measured import Measured
from appliance.surfaces.indi_passthrough.own.vector import Item, Vector, driver_info, figure, switches
from hardware.devices import CoverState, RoofState

S = TypeVar("S", bound=State)

ROOF, SAFETY, OUTPUTS, POWER = "Nightbox Roof", "Nightbox Safety", "Nightbox Outputs", "Nightbox Power"
ENVIRONMENT, SEQUENCE = "Nightbox Environment", "Nightbox Sequence"
COVER, PANEL = "Nightbox Cover", "Nightbox Flat Panel"
# INDI's own numbers of what a device is (DRIVER_INTERFACE).
DOME, WEATHER, DUST_CAP, LIGHT_BOX, AUXILIARY = 1 << 5, 1 << 7, 1 << 9, 1 << 10, 1 << 15
MODES = {"off": "OFF", "on": "ON", "fixed": "FIXED", "dew": "DEW"}
GUIDING = {"guiding": "Ok", "star lost": "Alert", "calibrating": "Busy", "settling": "Busy", "paused": "Busy"}
FLAT_PERCENT = (0.0, 100.0)


def own_vectors(profile: Profile, measured: Measured, states: Iterable[State]) -> Iterator[Vector]:
    """All of them as they are now."""
    told = list(states)
    if is_ours(profile.roof):
        yield from _roof(_last(told, RoofNow))
    if is_ours(profile.cover):
        yield from _cover(measured.cover)
    if is_ours(profile.flat_panel):
        yield from _panel(measured)
    yield from _safety(_last(told, SafetyState), _last(told, ConditionsState), measured)
    if profile.output:
        yield from _outputs(_last(told, OutputsState))
    yield from _power(measured, _last(told, DiskState))
    yield from _environment(measured)
    yield from _sequence(_last(told, SequenceState), _last(told, LeasesState))
    if profile.guider is not None:
        yield from _guiding(_last(told, GuidingNow))


def is_ours(section: DeviceSection | None) -> bool:
    """Is there one that INDI does not show already?"""
    return section is not None and section.driver != "indi"


def _last(states: list[State], kind: type[S]) -> S | None:
    return next((state for state in states if isinstance(state, kind)), None)


def _roof(now: RoofNow | None) -> Iterator[Vector]:
    yield from driver_info(ROOF, DOME)
    is_ = now.roof if now else RoofState.UNKNOWN
    state = {RoofState.UNKNOWN: "Alert", RoofState.MOVING: "Busy"}.get(is_, "Ok")
    shutter = {RoofState.OPEN: "SHUTTER_OPEN", RoofState.CLOSED: "SHUTTER_CLOSE"}.get(is_, "")
    park = {RoofState.OPEN: "UNPARK", RoofState.CLOSED: "PARK"}.get(is_, "")
    yield Vector(
        ROOF, "DOME_SHUTTER", "Roof", "Switch",
        switches(shutter, SHUTTER_OPEN="Open", SHUTTER_CLOSE="Close"), state, writable=True, rule="AtMostOne",
    )  # fmt: skip
    yield Vector(
        ROOF, "DOME_PARK", "Parking", "Switch", switches(park, PARK="Park (closed)", UNPARK="UnPark (open)"),
        state, writable=True, rule="AtMostOne",
    )  # fmt: skip
    yield Vector(
        ROOF, "DOME_ABORT_MOTION", "Stop", "Switch", switches("", ABORT="Stop"), "Idle", writable=True,
        rule="AtMostOne",
    )  # fmt: skip


def _cover(is_: CoverState | None) -> Iterator[Vector]:
    yield from driver_info(COVER, DUST_CAP)
    state = {CoverState.OPEN: "Ok", CoverState.CLOSED: "Ok", CoverState.MOVING: "Busy"}
    park = {CoverState.OPEN: "UNPARK", CoverState.CLOSED: "PARK"}
    yield Vector(
        COVER, "CAP_PARK", "Cover", "Switch",
        switches(park.get(is_, "") if is_ else "", PARK="Close", UNPARK="Open"),
        state.get(is_, "Alert") if is_ else "Alert", writable=True, rule="AtMostOne",
    )  # fmt: skip


def _panel(measured: Measured) -> Iterator[Vector]:
    yield from driver_info(PANEL, LIGHT_BOX)
    level, state = measured.light, "Alert" if measured.light is None else "Ok"
    lit = "" if level is None else "FLAT_LIGHT_ON" if level else "FLAT_LIGHT_OFF"
    yield Vector(
        PANEL, "FLAT_LIGHT_CONTROL", "Light", "Switch",
        switches(lit, FLAT_LIGHT_ON="On", FLAT_LIGHT_OFF="Off"), state, writable=True,
    )  # fmt: skip
    level_item = Item(
        "FLAT_LIGHT_INTENSITY_VALUE", "Level", f"{level or 0}", 0.0, float(measured.brightest), "%.0f"
    )
    yield Vector(PANEL, "FLAT_LIGHT_INTENSITY", "Brightness", "Number", (level_item,), state, writable=True)


def _safety(safety: SafetyState | None, sky: ConditionsState | None, measured: Measured) -> Iterator[Vector]:
    """INDI's weather interface: the state of the vector is the verdict, and closes roofs of other drivers."""
    yield from driver_info(SAFETY, WEATHER)
    is_safe, good = safety.safe if safety else None, sky.good if sky else None
    verdict = {True: "Ok", False: "Alert", None: "Idle"}[is_safe]
    lights = (
        Item("SAFETY", "Safety", verdict),
        Item("CONDITIONS", "Conditions", {True: "Ok", False: "Busy", None: "Idle"}[good]),
    )
    yield Vector(SAFETY, "WEATHER_STATUS", "Status", "Light", lights, verdict)
    yield Vector(
        SAFETY, "WEATHER_PARAMETERS", "Parameters", "Number", tuple(_air(measured)), group="Parameters"
    )
    reasons = Item("REASONS", "Why not", "; ".join(safety.reasons) if safety else "")
    wishes = Item("CONDITIONS", "Why it waits", "; ".join(sky.reasons) if sky else "")
    yield Vector(SAFETY, "SAFETY_REASONS", "Reasons", "Text", (reasons, wishes), verdict)


def _air(measured: Measured) -> Iterator[Item]:
    air = measured.air
    yield figure("WEATHER_TEMPERATURE", "Temperature (C)", air.celsius)
    yield figure("WEATHER_HUMIDITY", "Humidity (%)", air.humidity_percent)
    yield figure("WEATHER_WIND_SPEED", "Wind (m/s)", air.wind_m_s)
    yield figure("WEATHER_WIND_GUST", "Gusts (m/s)", air.gust_m_s)
    yield figure("WEATHER_RAIN_HOUR", "Rain (mm/h)", air.rain_mm_h)
    yield figure("WEATHER_CLOUD_COVER", "Clouds (%)", air.cloud_percent)
    yield figure("WEATHER_SKY_QUALITY", "Sky (mag/arcsec2)", air.sky_quality)


def _outputs(now: OutputsState | None) -> Iterator[Vector]:
    yield from driver_info(OUTPUTS, AUXILIARY)
    for number, output in enumerate(now.outputs if now else (), 1):
        yield from _output(number, output)


def _output(number: int, output: OutputNow) -> Iterator[Vector]:
    state = "Alert" if output.percent is None else "Ok"
    modes = switches(MODES.get(output.mode, ""), OFF="Off", ON="On", FIXED="Fixed", DEW="Dew")
    yield Vector(OUTPUTS, f"OUTPUT_{number}", output.label, "Switch", modes, state, writable=True)
    percent = Item("PERCENT", "Percent", f"{output.percent or 0:.0f}", *FLAT_PERCENT, form="%.0f")
    yield Vector(
        OUTPUTS, f"OUTPUT_{number}_PERCENT", f"{output.label} %", "Number", (percent,), state, writable=True
    )


def _power(measured: Measured, disk: DiskState | None) -> Iterator[Vector]:
    yield from driver_info(POWER, AUXILIARY)
    power, board = measured.power, measured.board
    battery = figure("BATTERY_PERCENT", "Battery (%)", power.battery_percent, "%.0f")
    yield Vector(POWER, "POWER", "Power", "Number", (battery,))
    mains = power.mains
    low = board.undervoltage if board else None
    lights = (
        Item("MAINS", "Mains", {True: "Ok", False: "Busy", None: "Idle"}[mains]),
        Item("UNDERVOLTAGE", "5 V", {True: "Alert", False: "Ok", None: "Idle"}[low]),
    )
    yield Vector(POWER, "POWER_STATUS", "Status", "Light", lights)
    computer = (
        figure("BOARD_CELSIUS", "Computer (C)", board.celsius if board else None, "%.1f"),
        figure("DISK_FREE_GB", "Free disk (GB)", disk.free_bytes / 1e9 if disk else None, "%.1f"),
    )
    yield Vector(POWER, "COMPUTER", "Computer", "Number", computer)


def _environment(measured: Measured) -> Iterator[Vector]:
    yield from driver_info(ENVIRONMENT, AUXILIARY)
    yield Vector(ENVIRONMENT, "ENVIRONMENT", "Environment", "Number", tuple(_air(measured)))


def _sequence(now: SequenceState | None, leases: LeasesState | None) -> Iterator[Vector]:
    yield from driver_info(SEQUENCE, AUXILIARY)
    phase = now.phase if now else "idle"
    state = {"running": "Busy", "starting": "Busy", "waiting": "Busy", "failed": "Alert"}.get(phase, "Ok")
    texts = (
        Item("PHASE", "Phase", phase), Item("PLAN", "Plan", now.plan if now else ""),
        Item("TARGET", "Target", now.target if now else ""),
        Item("FILTER", "Filter", now.filter if now else ""),
        Item("DOING", "Doing", now.doing if now else ""),
    )  # fmt: skip
    yield Vector(SEQUENCE, "SEQUENCE_STATE", "Sequence", "Text", texts, state)
    counts = (
        figure("DONE", "Subs saved", now.done if now else 0, "%.0f"),
        figure("TOTAL", "Subs in all", now.total if now else 0, "%.0f"),
    )
    yield Vector(SEQUENCE, "SEQUENCE_PROGRESS", "Progress", "Number", counts, state)
    control = switches("", START="Start", PAUSE="Pause", STOP="Stop")
    yield Vector(
        SEQUENCE, "SEQUENCE_CONTROL", "Control", "Switch", control, "Idle", writable=True, rule="AtMostOne"
    )
    owners = "; ".join(f"{one.device}: {one.owner}" for one in leases.devices) if leases else ""
    yield Vector(SEQUENCE, "LEASES", "Who has what", "Text", (Item("LEASES", "Owners", owners),))


def _guiding(now: GuidingNow | None) -> Iterator[Vector]:
    state = GUIDING.get(now.doing, "Idle") if now else "Idle"
    doing = Item("DOING", "Guiding", now.doing if now else "")
    yield Vector(SEQUENCE, "GUIDING_STATE", "Guiding", "Text", (doing,), state)
    rms = (
        figure("RMS_ARCSEC", "Error (arcsec)", now.rms_arcsec if now else None, "%.2f"),
        figure("RMS_PX", "Error (px)", now.rms_px if now else None, "%.2f"),
    )
    yield Vector(SEQUENCE, "GUIDING_RMS", "Guiding error", "Number", rms, state)
