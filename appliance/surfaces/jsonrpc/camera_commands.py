"""Camera, wheel, focuser, rotator, cooler, cover and panel."""

from typing import Any

from appliance.byhand.messages import HandState
from appliance.surfaces.jsonrpc.desk import Desk
from appliance.surfaces.jsonrpc.made import command, setting
from appliance.surfaces.jsonrpc.protocol import Method, RpcError
from appliance.surfaces.jsonrpc.rig_values import there
from appliance.surfaces.jsonrpc.values import OK, Unfit, binning, failed, number, text, whole, within
from hardware.devices import Sensor

KINDS = ("Light", "Bias", "Dark", "Flat")


def camera_commands(desk: Desk) -> list[Method]:
    """All of them."""
    return [*_preview(desk), *_capture(desk), *_frame(desk), *_optics(desk), *_focus(desk)]


def seconds(told: Any) -> float:
    """An exposure."""
    return within(number(told), 1e-6, 7200)


def kind(told: Any) -> str:
    """One of KINDS, in any case."""
    named = next((one for one in KINDS if one.lower() == text(told).lower()), None)
    if named is None:
        raise Unfit(f"there are: {', '.join(KINDS)}")
    return named


def count(told: Any) -> int:
    """How many frames."""
    return int(within(whole(told), 1, 100_000))


def level(told: Any) -> int:
    """Gain, offset: a setting of the camera."""
    return int(within(whole(told), 0, 1_000_000))


def _preview(desk: Desk) -> list[Method]:
    now = desk.settings

    def shot() -> dict[str, object]:
        return {
            "seconds": now.preview_seconds, "binning": now.preview_binning, "gain": now.gain,
            "offset": now.offset,
        }  # fmt: skip

    async def wait() -> Any:
        with desk.api.bus.subscribe(HandState) as mailbox:
            if desk.hand.doing != "preview":
                return OK
            async for state in mailbox:
                if isinstance(state, HandState) and state.doing != "preview":
                    break
        return OK

    async def stop() -> Any:
        if desk.hand.doing != "preview":
            return failed("no preview is running")
        return await desk.do("camera_stop", what="preview")

    return [
        command("Preview_single", lambda: desk.do("preview", **shot())),
        command("Preview_loop", lambda: desk.do("preview", **shot(), loop=True)),
        command("Preview_waitloop", wait),
        command("Preview_stop", stop),
        _kept(desk, "Preview_setexposure", "preview_seconds", "seconds", seconds),
        _kept(desk, "Preview_setbinning", "preview_binning", "binning", binning),
    ]


def _capture(desk: Desk) -> list[Method]:
    now = desk.settings

    async def start() -> Any:
        return await desk.do(
            "capture", seconds=now.capture_seconds, binning=now.capture_binning, gain=now.gain,
            offset=now.offset, kind=now.capture_kind.lower(), target=now.capture_target,
            count=now.capture_count, dither_every=now.capture_dither, wait=False,
        )  # fmt: skip

    async def stop() -> Any:
        if desk.hand.doing != "capture":
            return failed("the sequence does: use Sequence_stop" if desk.runs else "no capture is running")
        return await desk.do("camera_stop", what="capture")

    return [
        command("Capture_start", start),
        command("Capture_stop", stop),
        _kept(desk, "Capture_setexposure", "capture_seconds", "seconds", seconds),
        _kept(desk, "Capture_setbinning", "capture_binning", "binning", binning),
        _kept(desk, "Capture_setobjectname", "capture_target", "name", lambda told: text(told)[:100]),
        _kept(desk, "Capture_setcount", "capture_count", "count", count),
        _kept(desk, "Capture_setframetype", "capture_kind", "type", kind),
        _kept(desk, "Capture_setdither", "capture_dither", "every", lambda told: max(0, whole(told))),
        _kept(desk, "Camera_setgain", "gain", "gain", level),
        _kept(desk, "Camera_setoffset", "offset", "offset", level),
    ]


def _frame(desk: Desk) -> list[Method]:
    async def sensor() -> Sensor:
        return desk.rig.camera.sensor

    async def get() -> Any:
        try:
            whole_frame = await desk.read(sensor)
        except RpcError as away:
            return failed(away.message.removeprefix("Internal error: "))
        return OK | {"X": 0, "Y": 0, "W": whole_frame.width, "H": whole_frame.height}

    async def put(x: int, y: int, width: int, height: int) -> Any:
        now = await get()
        if now["status"] != OK["status"] or now == OK | {"X": x, "Y": y, "W": width, "H": height}:
            return {"status": now["status"]}
        return failed("this box takes whole frames alone")

    async def reset() -> Any:
        return OK

    sides = tuple((side, whole) for side in ("x", "y", "w", "h"))
    return [
        command("Camera_getframe", get),
        command("Camera_setframe", put, *sides),
        command("Camera_resetframe", reset),
        command("Save_fits_file", lambda name: desk.do("save", name=name), ("name", text)),
    ]


def _optics(desk: Desk) -> list[Method]:
    async def set_filter(place: int) -> Any:
        async def names() -> tuple[str, ...]:
            return there(desk.rig.filter_wheel).filters

        filters = await desk.read(names)
        return await desk.do("filter", name=filters[int(within(place, 1, len(filters))) - 1])

    async def cover(*, is_open: bool) -> Any:
        return await desk.do("cover", open=is_open)

    return [
        command("Wheel_setfilter", set_filter, ("filter", whole)),
        command(
            "Set_filteroffset",
            lambda name, steps: desk.do("filter_offset", name=name, steps=steps),
            ("filter", text),
            ("offset", whole),
        ),
        command("Focuser_setposition", lambda to: desk.do("focuser", position=to), ("position", whole)),
        command("Rotator_goto", lambda to: desk.do("rotator", degrees=to % 360), ("angle", number)),
        command(
            "CCD_settemperature", lambda to: desk.do("cooler", celsius=to, wait=False), ("celsius", number)
        ),
        command("Cover_open", lambda: cover(is_open=True)),
        command("Cover_close", lambda: cover(is_open=False)),
        command("Calibrator_light_on", lambda to: desk.do("light", level=to), ("brightness", whole)),
        command("Calibrator_light_off", lambda: desk.do("light", level=0)),
    ]


def _focus(desk: Desk) -> list[Method]:
    async def focus() -> Any:
        return await desk.do("autofocus", seconds=desk.settings.focus_seconds)

    async def pixel(x: int, y: int) -> tuple[float, float] | None:
        """CCDciel counts rows from the bottom, the frame from the top."""
        try:
            height = int((await desk.api.call("header", {}))["NAXIS2"])  # type: ignore[index]
        except KeyError:
            return None
        return max(0.0, float(x)), max(0.0, float(height - y))

    async def look(x: int, y: int) -> Any:
        at = await pixel(x, y)
        return OK if at is not None else failed("no frame has been taken yet")

    async def measure(x: int, y: int) -> Any:
        if (at := await pixel(x, y)) is None:
            return {"value": -1.0}
        told: Any = await desk.api.call("star", {"x": at[0], "y": at[1]})
        # Half-flux diameter here, as CCDciel has it.
        return {"value": -1.0 if told["hfr"] is None else round(2 * told["hfr"], 1)}

    place = (("x", whole), ("y", whole))
    return [
        command("Autofocus", focus),
        command("AutomaticAutofocus", focus),
        _kept(desk, "Autofocus_setexposure", "focus_seconds", "seconds", seconds),
        command("SetFocusXY", look, *place),
        command("SetFocusXYhfd", measure, *place),
    ]


def _kept(desk: Desk, name: str, attribute: str, parameter: str, read: Any) -> Method:
    """One of the desk's settings."""
    return setting(name, parameter, lambda told: setattr(desk.settings, attribute, read(told)))
