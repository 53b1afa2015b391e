"""INDI's properties for a person: which devices there are, what they say, and setting one."""

from pydantic import Field

from appliance.api import Arguments, Command
from appliance.box.box import Box
from appliance.box.passing import used_by
from appliance.errors import BadCommand, DeviceMissing
from appliance.surfaces.indi_browser.browser import Browser
from appliance.surfaces.indi_browser.tree import Shown, Tree
from appliance.surfaces.indi_browser.wishes import Wish, wished
from appliance.wire import plain

WORST = ("Alert", "Busy", "Ok", "Idle")
NO_SERVER = "None of this rig's devices is an INDI device: there are no driver properties to show."
SILENT = "INDI's server does not answer; Nightbox is trying to reach it."


class Looking(Arguments):
    """`since`: the revision that was told last; 0 for everything."""

    device: str
    since: int = Field(0, ge=0)


class Setting(Arguments):
    """The items of a property by their names: a number (12.5 or "12:30:00"), true or false, a text."""

    device: str
    property: str
    values: dict[str, bool | float | str]


def indi_commands(box: Box, browser: Browser | None) -> list[Command]:
    """`browser` is None for a rig without INDI."""
    used = used_by(box.profile).kinds

    async def devices(_: Arguments) -> dict[str, object]:
        if browser is None:
            return {"available": False, "why": NO_SERVER, "devices": []}
        await browser.look()
        names = browser.tree.devices
        every = [_device(box, browser.tree, name, used.get(name, frozenset())) for name in names]
        return {"available": True, "why": "" if every else SILENT, "devices": every}

    async def properties(asked: Looking) -> dict[str, object]:
        tree = (await _looked(browser, asked.device)).tree
        whole, changed, gone = tree.changed(asked.device, asked.since)
        return {
            "revision": tree.revision, "whole": whole, "gone": list(gone),
            "properties": [_property(one) for one in changed], "lines": list(tree.lines(asked.device)),
        }  # fmt: skip

    async def set_(asked: Setting) -> dict[str, object]:
        tree = (there := await _looked(browser, asked.device)).tree
        shown = tree.find(asked.device, asked.property)
        if shown is None:
            advice = "Drivers define some properties only once their device is connected."
            problem = f"{asked.device} has no property {asked.property!r} now"
            raise BadCommand("property", problem, advice=advice)
        values: dict[str, Wish] = {**asked.values}
        answer = await there.set(wished(shown, values))
        return {
            "state": "" if answer is None else answer.state,
            "said": "" if answer is None else answer.said,
        }

    return [
        Command("indi_devices", "The devices of the INDI server.", Arguments, devices, asks=True),
        Command("indi_properties", "What an INDI device says of itself.", Looking, properties, asks=True),
        Command("indi_set", "Set a property of an INDI device.", Setting, set_),
    ]


async def _looked(browser: Browser | None, device: str) -> Browser:
    if browser is None:
        raise BadCommand("device", NO_SERVER)
    await browser.look()
    names = browser.tree.devices
    if not names:
        raise DeviceMissing("INDI", SILENT)
    if device not in names:
        raise BadCommand("device", f"INDI has no {device!r} now", advice=f"It has: {', '.join(names)}.")
    return browser


def _device(box: Box, tree: Tree, name: str, kinds: frozenset[str]) -> dict[str, object]:
    states = {one.state for one in tree.of(name)}
    owner = box.leases.owner(name)
    connection = tree.find(name, "CONNECTION")
    on = connection is None or (item := connection.items.get("CONNECT")) is None or item.text == "On"
    return {
        "name": name, "kinds": sorted(kinds), "owner": "" if owner is None else owner.name,
        "connected": on, "state": next((state for state in WORST if state in states), "Idle"),
        "properties": len(tree.of(name)),
    }  # fmt: skip


def _property(one: Shown) -> object:
    return {**_head(one), "items": [plain(item) for item in one.items.values()]}


def _head(one: Shown) -> dict[str, object]:
    """All of it but its items."""
    names = ("name", "label", "group", "kind", "state", "perm", "rule", "said", "revision")
    return {name: getattr(one, name) for name in names}
