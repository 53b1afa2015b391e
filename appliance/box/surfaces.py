"""The ways in and out that the profile names beside the page: the panel, MQTT, JSON-RPC, INDI's port."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

from appliance.api import Api
from appliance.box.box import Box
from appliance.box.indi_commands import indi_commands
from appliance.box.passing import passing
from appliance.profile import JsonRpcSection, MqttSection
from appliance.sequence.beside import beside
from appliance.sky.twilight import Twilight, sun_altitude_deg
from appliance.surfaces.indi_browser.browser import Browser
from appliance.surfaces.indi_passthrough.run import run_passthrough
from appliance.surfaces.jsonrpc.desk import Desk
from appliance.surfaces.jsonrpc.run import run_jsonrpc
from appliance.surfaces.mqtt import run_mqtt
from appliance.surfaces.mqtt_broker import broker
from appliance.surfaces.mqtt_home import Home
from appliance.surfaces.mqtt_local import run_local_broker, up
from appliance.surfaces.panel.panel import Wiring, run_panel
from appliance.surfaces.panel.parts import PanelOpener

OVERRIDE = "The panel's override button"


@asynccontextmanager
async def surfaced(
    box: Box, api: Api, opener: PanelOpener, indi_port: int | None = None
) -> AsyncIterator[None]:
    """All of them at work for as long as the block lasts; what fails in them reaches no night.

    `indi_port` is the local indiserver's, None for a rig without one.
    """
    panel, mqtt = box.profile.panel, box.profile.mqtt
    async with AsyncExitStack() as stack:
        if panel is not None:
            overriding = None if box.profile.roof is None else partial(box.interlock.overriding, OVERRIDE)
            wiring = Wiring(panel, opener, api, lambda: _dark(box), overriding)
            await stack.enter_async_context(beside(run_panel(wiring)))
        if mqtt is not None:
            await stack.enter_async_context(beside(_mqtt(box, mqtt, api)))
        if box.profile.jsonrpc is not None:
            await stack.enter_async_context(beside(_jsonrpc(box, box.profile.jsonrpc, api)))
        browser = None if indi_port is None else Browser()
        for command in indi_commands(box, browser):
            api.register(command)
        if box.profile.passthrough.enabled or browser is not None:
            wired = passing(box, api, indi_port, browser)
            await stack.enter_async_context(beside(run_passthrough(wired)))
        yield


async def _mqtt(box: Box, section: MqttSection, api: Api) -> None:
    """With a broker of our own where the profile wants one."""
    name, has = box.profile.name, box.rig.kinds
    home = Home(section.discovery, name, has, api.commands.keys()) if section.discovery else None
    async with AsyncExitStack() as stack:
        if section.start_broker:
            await stack.enter_async_context(beside(run_local_broker(section, box.folder, box.bus.publish)))
            await up(section)
        await run_mqtt(section, api, broker, home)


async def _jsonrpc(box: Box, section: JsonRpcSection, api: Api) -> None:
    desk = Desk(
        api, box.rig, box.profile, box.observer, box.images, lambda: box.targets, lambda: box.plan.name
    )
    await run_jsonrpc(section, desk, partial(setattr, box, "jsonrpc_port"))


def _dark(box: Box) -> bool:
    """Between civil dusk and dawn a light blinds, and a beep wakes."""
    return bool(sun_altitude_deg(box.observer.site, box.observer.unix()) < Twilight.CIVIL.value)
