"""A driver that hangs in the middle of a sub, on INDI's own simulators: it alone is restarted."""

import signal
from pathlib import Path

import psutil
import pytest

from appliance.bus import Message, Said
from appliance.errors import DeviceError
from appliance.profile import Profile
from appliance.rig import Rig
from hardware.devices import Exposure, IndiServer
from hardware.indi.opener import IndiOpener
from tests import indi_rig

pytestmark = [pytest.mark.asyncio, pytest.mark.indi]

PROFILE = {
    "name": "Rig",
    "site": {"latitude_deg": 47.0, "longitude_deg": 8.0},
    "telescope": {"focal_length_mm": 360.0, "aperture_mm": 72.0},
    "camera": {"name": "CCD Simulator", "setup": indi_rig.SMALL},
    "mount": {"name": "Telescope Simulator"},
    "focuser": {"name": "Focuser Simulator"},
    "recovery": {"driver_after_seconds": 1.0, "reconnect_after_seconds": 0.0},
}


def drivers_of(server: IndiServer) -> dict[str, psutil.Process]:
    """The server's own process and its drivers, by name."""
    for process in psutil.Process().children(recursive=True):
        if "indiserver" in process.cmdline() and str(server.port) in process.cmdline():
            return {"": process} | {Path(one.cmdline()[0]).name: one for one in process.children()}
    raise AssertionError("no indiserver of ours")


async def test_a_driver_that_hangs_in_a_sub_is_restarted_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hardware.indi.opener.CONNECT_SECONDS", 2.0)
    monkeypatch.setattr("hardware.indi.camera.READOUT_SECONDS", 2.0)
    monkeypatch.setattr("hardware.indi.camera.ANSWER_SECONDS", 2.0)
    settings, said = indi_rig.settings(tmp_path, "ccd", "telescope", "focus"), list[Message]()
    async with IndiOpener.start(settings, indi_rig.utc_clock()) as opener:
        rig = Rig(Profile.model_validate(PROFILE), opener, said.append)
        await rig.open()
        before = drivers_of(settings)
        camera, focuser, mount = rig.camera, rig.focuser, rig.mount
        before["indi_simulator_ccd"].send_signal(signal.SIGSTOP)
        with pytest.raises(DeviceError):
            await camera.expose(Exposure(1.0))
        await rig.reopen({"camera", "mount", "focuser"}, 60.0)
        assert (await rig.camera.expose(Exposure(0.1))).pixels.any()
        after = drivers_of(settings)
        assert {name for name in before if before[name].pid != after[name].pid} == {"indi_simulator_ccd"}
        assert rig.focuser is focuser
        assert rig.mount is mount
        assert not mount.lost
    codes = [one.code for one in said if isinstance(one, Said) and one.code]
    assert codes == ["recovery.driver", "recovery.back"]
