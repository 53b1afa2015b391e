"""Values of the devices. A device that the profile does not have is not connected, and does nothing."""

from collections.abc import Callable
from typing import TypeVar

from appliance.rig import Rig
from appliance.surfaces.jsonrpc.desk import Desk
from appliance.surfaces.jsonrpc.made import asked, value
from appliance.surfaces.jsonrpc.protocol import Method
from appliance.surfaces.jsonrpc.values import unavailable
from hardware.devices import CoverState, MountStatus, PierSide, RoofState
from hardware.jnow import jnow

D = TypeVar("D")
PIER = {PierSide.EAST: "pierEast", PierSide.WEST: "pierWest", None: "pierUnknown"}
COVER = {
    CoverState.OPEN: "Open", CoverState.CLOSED: "Closed", CoverState.MOVING: "Moving",
    CoverState.UNKNOWN: "Unknown",
}  # fmt: skip
NOT_PRESENT = "Not present"


def rig_values(desk: Desk) -> list[Method]:
    """Connected, mount, dome, wheel, focuser, rotator, camera, cover and panel."""
    rig = desk.rig

    async def status() -> MountStatus:
        return await rig.mount.status()

    async def mount(of: Callable[[MountStatus], object]) -> object:
        return of(await desk.read(status))

    def place(status: MountStatus) -> tuple[float, float]:
        return jnow(status.pointing, desk.observer.unix())

    async def roof(state: RoofState) -> bool:
        if "roof" not in rig.kinds:
            return False
        return await desk.read(lambda: there(rig.roof).state()) is state

    return [
        value("Devices_connected", lambda: not rig.away(rig.kinds - rig.outputs)),
        *(
            value(f"{name}_connected", lambda kind=kind: desk.connected(kind))  # type: ignore[misc]
            for name, kind in CONNECTED.items()
        ),
        value("Telescope_eqmod", lambda: False),
        value("Telescope_trackingrate", lambda: "SIDEREAL"),
        asked("Telescope_parked", lambda: mount(lambda now: now.parked)),
        asked("Telescope_tracking", lambda: mount(lambda now: now.tracking)),
        asked("Telescope_slewing", lambda: mount(lambda now: now.slewing)),
        asked("Telescope_pierside", lambda: mount(lambda now: PIER[now.pier_side])),
        asked("TelescopeRA", lambda: mount(lambda now: round(place(now)[0], 6))),
        asked("TelescopeDE", lambda: mount(lambda now: round(place(now)[1], 6))),
        asked("Dome_opened", lambda: roof(RoofState.OPEN)),
        asked("Dome_parked", lambda: roof(RoofState.CLOSED)),
        value("Dome_slaved", lambda: False),
        asked("Wheel_getfilter", lambda: _filter(desk)),
        asked("Wheel_getfiltersname", lambda: _filters(desk)),
        asked("FocuserPosition", lambda: desk.read(lambda: there(rig.focuser).position())),
        asked("Rotator_angle", lambda: _angle(desk)),
        asked("CcdTemp", lambda: _cooler(desk, celsius=True)),
        asked("Ccdcooler_power", lambda: _cooler(desk, celsius=False)),
        asked("CoverStatus", lambda: _cover(desk)),
        asked("CalibratorStatus", lambda: _panel(desk)),
        asked("CalibratorBrightness", lambda: _brightness(desk)),
    ]


CONNECTED = {
    "Telescope": "mount", "Camera": "camera", "Focuser": "focuser", "Wheel": "filter wheel",
    "Rotator": "rotator", "Dome": "roof",
}  # fmt: skip


def there(device: D | None) -> D:
    """RpcError when the profile has none."""
    if device is None:
        raise unavailable("the profile has no such device")
    return device


async def _filter(desk: Desk) -> dict[str, str]:
    """The place of the filter, counted from 1."""
    wheel = await _open(desk, lambda rig: there(rig.filter_wheel))
    return {"status": str(wheel.filters.index(await desk.read(wheel.selected)) + 1)}


async def _filters(desk: Desk) -> list[str]:
    return list((await _open(desk, lambda rig: there(rig.filter_wheel))).filters)


async def _angle(desk: Desk) -> float:
    return round(await desk.read(lambda: there(desk.rig.rotator).angle()), 2)


async def _cooler(desk: Desk, *, celsius: bool) -> float:
    cooler = there((await _open(desk, lambda rig: rig.camera)).cooler)
    told = await desk.read(cooler.celsius if celsius else cooler.power_percent)
    return round(there(told), 2)


async def _cover(desk: Desk) -> str:
    if "cover" not in desk.rig.kinds:
        return NOT_PRESENT
    return COVER[await desk.read(lambda: there(desk.rig.cover).state())]


async def _panel(desk: Desk) -> str:
    if "flat panel" not in desk.rig.kinds:
        return NOT_PRESENT
    return "Ready" if await desk.read(lambda: there(desk.rig.flat_panel).level()) else "Off"


async def _brightness(desk: Desk) -> str:
    """Text, as CCDciel has it."""
    if "flat panel" not in desk.rig.kinds:
        return "0"
    return str(await desk.read(lambda: there(desk.rig.flat_panel).level()))


async def _open(desk: Desk, which: Callable[[Rig], D]) -> D:
    """The device as it is open now."""

    async def get() -> D:
        return which(desk.rig)

    return await desk.read(get)
