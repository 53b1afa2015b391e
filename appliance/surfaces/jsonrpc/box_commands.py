"""The sequence, log, headers, switches, scripts, and the box itself."""

from typing import Any

from appliance.errors import NightboxError
from appliance.outputs.messages import OutputsState
from appliance.rig import output_place
from appliance.surfaces.jsonrpc.desk import Desk
from appliance.surfaces.jsonrpc.made import command
from appliance.surfaces.jsonrpc.protocol import Method
from appliance.surfaces.jsonrpc.values import OK, failed, flag, number, text

# What CCDciel calls the kinds of devices.
DEVICES = {
    "CAMERA": "camera", "FILTERWHEEL": "filter wheel", "FOCUSER": "focuser", "ROTATOR": "rotator",
    "MOUNT": "mount", "DOME": "roof", "WEATHERSTATION": "weather", "COVERCALIBRATOR": "cover",
}  # fmt: skip


def box_commands(desk: Desk) -> list[Method]:
    """All of them."""
    return [*_sequence(desk), *_keywords(desk), *_switches(desk), *_scripts(desk)]


def _sequence(desk: Desk) -> list[Method]:
    async def start(name: str) -> Any:
        plan = desk.plan()
        if name and name.lower() != plan.lower():
            return failed(f"the plan is “{plan}”")
        return await desk.do("start")

    async def connection(on: bool, device: str = "") -> Any:
        if not on:
            return failed("the box keeps its devices, and brings back what is lost")
        if not device:
            return await desk.do("connect")
        kind = DEVICES.get(device.upper(), device.lower())
        return await desk.do("connect", kind=kind)

    async def shutdown() -> Any:
        if "shutdown" not in desk.api.commands:
            return failed("this box is ended by who runs it")
        desk.later(desk.do("shutdown"))
        return OK

    return [
        command("Sequence_start", start, ("name", text)),
        # The script that asks for it goes on.
        command("Sequence_stop", lambda: desk.do("stop", scripts=False)),
        command("Devices_connection", connection, ("connect", flag), ("device", text), optional=1),
        command("LogMsg", lambda line: desk.do("log", text=line), ("text", text)),
        command("Program_shutdown", shutdown),
    ]


def _keywords(desk: Desk) -> list[Method]:
    async def add(keyword: str, value: str) -> Any:
        told = await desk.do("keyword", keyword=keyword[:8], value=value)
        if told == OK:
            desk.keywords[keyword[:8].upper()] = value
        return told

    async def remove(keyword: str) -> Any:
        # It may never have been there: CCDciel says OK to that as well.
        if desk.keywords.pop(keyword[:8].upper(), None) is None:
            return OK
        return await desk.do("keyword", keyword=keyword[:8])

    async def clear() -> Any:
        desk.keywords.clear()
        return await desk.do("keyword")

    async def tell(keyword: str) -> Any:
        return {"value": desk.keywords.get(keyword[:8].upper(), "")}

    return [
        command("CustomHeader", tell, ("keyword", text)),
        command("CustomHeader_add", add, ("keyword", text), ("value", text)),
        command("CustomHeader_del", remove, ("keyword", text)),
        command("CustomHeader_clear", clear),
    ]


def _switches(desk: Desk) -> list[Method]:
    """The profile's outputs, by name or label; they are all of this box, whatever the switch is called."""

    def dimmable(name: str) -> bool:
        return desk.connected(output_place(name)) and desk.rig.output(name).dimmable

    async def tell(_: str, name: str) -> Any:
        state = desk.state(OutputsState)
        for output in state.outputs if state else ():
            if name in {output.name, output.label} and output.percent is not None:
                on = "1" if output.percent else "0"
                return {"value": f"{output.percent:g}" if dimmable(output.name) else on}
        return {"value": ""}

    async def put(_: str, name: str, told: str) -> Any:
        state = desk.state(OutputsState)
        every = state.outputs if state else ()
        found = next((one for one in every if name in {one.name, one.label}), None)
        if found is not None and dimmable(found.name):
            return await desk.do("output", name=name, percent=number(told))
        return await desk.do("output", name=name, mode="off" if told == "0" else "on")

    switch = (("switch", text), ("name", text))
    return [
        command("Get_switch", tell, *switch),
        command("Set_switch", put, *switch, ("value", text)),
    ]


def _scripts(desk: Desk) -> list[Method]:
    """Those of the box's own scripts, where it runs any."""

    async def run(given: list[Any]) -> object:
        try:
            told = await desk.api.call(
                "script_run", {"name": text(given[0]), "arguments": [text(one) for one in given[1:]]}
            )
        except NightboxError:
            return -1
        return told

    async def running(number_: str) -> Any:
        try:
            return await desk.api.call("script_running", {"id": number_})
        except NightboxError:
            return False

    return [
        Method("Script_run", run, ("name",), many=True),
        command("Script_running", running, ("id", text)),
        command("Script_stop", lambda told: desk.do("script_stop", id=told), ("id", text)),
    ]
