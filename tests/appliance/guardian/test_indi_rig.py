"""The guardian's own INDI against INDI's simulators: park, close, a park contact, a server that is gone."""

import asyncio
from pathlib import Path

import pytest

from appliance.guardian.clock import Clock
from appliance.guardian.indi import Indi
from appliance.guardian.indi_rig import IndiMount, IndiRoof, IndiSensor, _says_yes
from appliance.guardian.problems import Silent, Trouble
from appliance.guardian.rig import Rig
from appliance.guardian.saving import make_safe
from hardware.indi.server import OwnedServer
from hardware.worker import Worker
from tests.indi_rig import settings


@pytest.mark.indi
async def test_park_and_close_are_done_and_seen(tmp_path: Path) -> None:
    server = settings(tmp_path, "telescope", "dome")
    worker = Worker("guardian")
    async with OwnedServer(server).running():
        await asyncio.sleep(1.0)
        said = await worker.call(_save, server.socket, server.port)
    assert said == [
        "Parking Telescope Simulator.", "Telescope Simulator is parked.",
        "Closing Dome Simulator.", "Dome Simulator is closed.",
    ]  # fmt: skip


def _save(socket: str, port: int) -> list[str]:
    """It connects the devices itself: their drivers may have been started again."""
    clock, said = Clock(lambda: None), list[str]()
    indi = Indi(socket, port, clock)
    mount, roof = IndiMount(indi, "Telescope Simulator"), IndiRoof(indi, "Dome Simulator")
    contact = IndiSensor(indi, "Contact", {"device": mount.name, "element": "TELESCOPE_PARK.PARK"})
    assert not contact.parked()
    assert roof.closed()  # as the simulator begins
    indi.send(roof.name, "DOME_SHUTTER", "SHUTTER_OPEN")
    indi.wait(roof.name, "DOME_SHUTTER", lambda now: now.is_on("SHUTTER_OPEN") and now.state == "Ok", 20.0)
    assert not roof.closed()
    assert not make_safe(Rig(mount, roof, contact, False), said.append, clock, 90.0).danger
    assert contact.parked()
    with pytest.raises(Trouble, match="offers no TELESCOPE_PARK"):
        IndiSensor(indi, mount.name, {"element": "TELESCOPE_PARK.WHAT"}).parked()
    indi.close()
    return said


def test_without_a_server_it_says_so() -> None:
    with pytest.raises(Silent, match="no INDI server answers"):
        IndiMount(Indi("/nobody/listens", 1, Clock(lambda: None)), "Mount").parked()


@pytest.mark.parametrize(
    ("kind", "value", "means", "parked"),
    [
        ("switch", "On", None, True), ("switch", "Off", None, False), ("switch", "Off", False, True),
        ("light", "Ok", None, True), ("light", "Alert", None, False), ("light", "Busy", "busy", True),
        ("number", "1", None, True), ("number", "0.2", None, False), ("number", "7", 8, False),
        ("text", "Parked", "parked", True), ("text", "no", None, False), ("text", "yes", None, True),
    ],
)  # fmt: skip
def test_what_means_parked(kind: str, value: str, means: object, parked: bool) -> None:
    assert _says_yes(kind, value, means) is parked
