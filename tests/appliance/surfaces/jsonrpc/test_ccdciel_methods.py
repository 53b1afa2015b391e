"""CCDciel's methods against a simulated rig in virtual time: shapes, units, frames, failures."""

import asyncio
from pathlib import Path

import pytest

from appliance.sky.coordinates import alt_az, separation_arcsec
from appliance.surfaces.jsonrpc.run import methods
from hardware.devices import J2000, CoverState
from hardware.jnow import j2000, jnow
from tests.appliance.surfaces.jsonrpc.scripts import OK, Script, script

M31_HOURS, M31_DEC = 10.684 / 15, 41.269


def test_before_anything_is_connected(tmp_path: Path) -> None:
    async def story(ask: Script) -> None:
        assert await ask("Devices_connected") is False
        assert await ask("Telescope_connected") is False
        code, message = await ask.error("TelescopeRA")
        assert (code, message) == (-32603, "Internal error: mount: it is not connected")
        assert await ask("DEVICES_CONNECTION", "True", "focuser") == OK
        assert await ask("focuser_connected") is True
        assert await ask("Devices_connection", False) == {
            "status": "Failed! the box keeps its devices, and brings back what is lost"
        }
        assert await ask("Devices_connection", True, "Planetarium") == {
            "status": "Failed! kind: the profile has no 'planetarium'"
        }
        assert await ask("Devices_connection", True) == OK
        assert await ask("Devices_connected") is True

    script(tmp_path, story)


def test_the_mount_in_hours_of_the_apparent_sky(tmp_path: Path) -> None:
    async def story(ask: Script) -> None:
        await ask("Devices_connection", True)
        assert await ask("Telescope_parked") is True
        refused = await ask("Telescope_slew", M31_HOURS, M31_DEC)
        assert refused["status"].startswith("Failed! Mount:")
        assert await ask("Telescope_park", False) == OK
        hours, dec = jnow(J2000(M31_HOURS * 15, M31_DEC), ask.box.box.observer.unix())
        assert await ask("Telescope_slew", str(hours), str(dec)) == OK
        assert await ask("Telescope_tracking") is True
        assert await ask("Telescope_slewing") is False
        assert await ask("Telescope_sync", hours, dec) == OK
        assert await ask("TelescopeRA") == pytest.approx(hours, abs=1e-4)
        assert await ask("TelescopeDE") == pytest.approx(dec, abs=1e-3)
        pointing = (await ask.box.box.rig.mount.status()).pointing
        assert separation_arcsec(pointing, J2000(M31_HOURS * 15, M31_DEC)) < 5
        assert await ask("Telescope_pierside") in {"pierEast", "pierWest"}
        assert await ask("Telescope_trackingrate") == "SIDEREAL"
        assert await ask("Telescope_settrackingrate", "sidereal") == OK
        assert (await ask("Telescope_settrackingrate", "LUNAR"))["status"].startswith("Failed!")
        assert await ask("Telescope_abortmotion") == OK
        assert await ask("Telescope_tracking") is False
        assert await ask("Telescope_track") == OK
        assert await ask("Telescope_eqmod") is False
        assert await ask("Eqmod_stdsync") == {"status": "Failed! not an eqmod mount"}
        assert await ask("Telescope_park", True) == OK
        assert await ask("Telescope_parked") is True

    script(tmp_path, story)


def test_what_is_off_the_sphere_is_out_of_range_as_the_real_server_says_it(tmp_path: Path) -> None:
    async def story(ask: Script) -> None:
        for method in (
            "Telescope_slew",
            "Telescope_sync",
            "Astrometry_goto",
            "Eq2hz",
            "Astrometry_goto_async",
        ):
            assert await ask(method, 25, 0) == {"status": "Failed! out of range"}
            assert await ask(method, 0, "-91") == {"status": "Failed! out of range"}
            assert await ask(method, "x", 0) == {"status": "Failed! 'x' is no number"}
        assert await ask.error("TELESCOPE_SLEW", 1) == (-32602, "Invalid number of parameter: 1, must be: 2")
        assert await ask.error("nothing") == (-32601, "Method not found")

    script(tmp_path, story)


def test_slewing_without_waiting(tmp_path: Path) -> None:
    async def story(ask: Script) -> None:
        await ask("Devices_connection", True)
        await ask("Telescope_park", False)
        assert await ask("Telescope_slewasync", M31_HOURS, M31_DEC) == OK
        await asyncio.sleep(1.0)
        assert await ask("Telescope_slewing") is True
        assert (await ask("Telescope_sync", 1, 1))["status"] == "Failed! sync: slew is still running"
        await asyncio.sleep(120.0)
        assert await ask("Telescope_slewing") is False
        assert await ask("Astrometry_goto_async", M31_HOURS, M31_DEC) == OK
        assert await ask("Astrometry_goto_running") is True
        assert (await ask("Astrometry_goto_async", 1, 1))["status"].startswith("Failed!")
        await asyncio.sleep(300.0)
        assert (await ask("Astrometry_goto_running"), await ask("Astrometry_goto_result")) == (False, True)

    script(tmp_path, story)


def test_coordinates_lead_there_and_back(tmp_path: Path) -> None:
    async def story(ask: Script) -> None:
        now, site = ask.box.box.observer.unix(), ask.box.box.observer.site
        told = await ask("Hz2Eq", 45.0, 35.0)
        assert set(told) == {"ra", "dec"}
        altitude, azimuth = alt_az(j2000(told["ra"], told["dec"], now), site, now, refraction=True)
        assert (azimuth, altitude) == pytest.approx((45.0, 35.0), abs=1e-4)
        back = await ask("Eq2hz", told["ra"], told["dec"])
        assert (back["az"], back["alt"]) == pytest.approx((45.0, 35.0), abs=1e-4)
        date = await ask("J2000_to_apparent", M31_HOURS, M31_DEC)
        assert (date["ra"], date["dec"]) == pytest.approx(jnow(J2000(M31_HOURS * 15, M31_DEC), now))
        again = await ask("Apparent_to_J2000", date["ra"], date["dec"])
        assert (again["ra"], again["dec"]) == pytest.approx((M31_HOURS, M31_DEC), abs=1e-7)
        assert 0 <= await ask("SiderealTime") < 24
        assert await ask("Obs_latitude") == 48.1
        assert await ask("Obs_longitude") == 11.6

    script(tmp_path, story)


def test_a_preview_is_taken_solved_and_measured(tmp_path: Path) -> None:
    async def story(ask: Script) -> None:
        assert await ask("CurrentHeader") == {}
        assert await ask("SetFocusXY", 1, 1) == {"status": "Failed! no frame has been taken yet"}
        assert (await ask("Astrometry_solve"))["status"].startswith("Failed! image: no frame")
        await ask.ready()
        assert await ask("Preview_setexposure", "10") == OK
        assert await ask("Preview_setbinning", "2x2") == OK
        assert (await ask("Preview_getexposure"), await ask("Preview_getbinning")) == (10.0, "2x2")
        assert (await ask("Preview_setbinning", "2x1"))["status"] == "Failed! both sides must be binned alike"
        assert (await ask("Preview_setexposure", -1))["status"] == "Failed! out of range"
        assert await ask("Preview_single") == OK
        assert await ask("Astrometry_solve") == OK
        assert await ask("Astrometry_sync") == OK
        assert await ask("Astrometry_slew_image_center") == OK
        header = await ask("CurrentHeader")
        assert header["XBINNING"] == "2"
        assert header["CTYPE1"] == "RA---TAN"
        image = ask.box.box.hand.image
        assert image is not None
        x, y = float(image.stars.x[5]), float(image.stars.y[5])
        told = await ask("SetFocusXYhfd", round(x), round(int(header["NAXIS2"]) - y))
        assert told["value"] == pytest.approx(2 * image.stars.hfr[5], abs=0.06)
        assert await ask("SetFocusXY", 1, 1) == OK
        assert await ask("SetFocusXYhfd", 0, -500) == {"value": -1.0}
        saved = await ask("Save_fits_file", "/tmp/M31.fits")
        assert saved == OK
        assert await ask("Capture_getlastfilename") == str(ask.box.folder / "images" / "M31.fits")

    script(tmp_path, story)


def test_a_loop_of_previews(tmp_path: Path) -> None:
    async def story(ask: Script) -> None:
        await ask.ready()
        assert await ask("Preview_waitloop") == OK
        assert await ask("Preview_loop") == OK
        await asyncio.sleep(0.5)
        assert (await ask("Preview_running"), await ask("Preview_loop_running")) == (True, True)
        assert (await ask("Preview_single"))["status"] == "Failed! preview: preview is still running"
        waiting = asyncio.create_task(ask("Preview_waitloop"))
        await asyncio.sleep(30.0)
        assert not waiting.done()
        assert await ask("Preview_stop") == OK
        assert await waiting == OK
        assert await ask("Preview_running") is False
        assert await ask("Preview_stop") == {"status": "Failed! no preview is running"}

    script(tmp_path, story)


def test_a_series_as_shipped_scripts_take_it(tmp_path: Path) -> None:
    async def story(ask: Script) -> None:
        await ask.ready()
        for method, told in (
            ("setexposure", 20), ("setbinning", "1x1"), ("setobjectname", "M 31"), ("setcount", "3"),
            ("setframetype", "dark"), ("setdither", 0),
        ):  # fmt: skip
            assert await ask(f"Capture_{method}", told) == OK
        assert await ask("Capture_setframetype", "x") == {
            "status": "Failed! there are: Light, Bias, Dark, Flat"
        }
        got = [await ask(f"Capture_get{one}") for one in ("exposure", "count", "frametype", "objectname")]
        assert got == [20.0, 3, "Dark", "M 31"]
        assert await ask("Camera_setgain", 7) == OK
        assert await ask("Camera_getgain") == 7
        assert await ask("CustomHeader_add", "slit", "23 um") == OK
        assert await ask("CustomHeader", "SLIT") == {"value": "23 um"}
        assert await ask("Capture_running") is False
        assert await ask("Capture_stop") == {"status": "Failed! no capture is running"}
        assert await ask("Capture_start") == OK
        await asyncio.sleep(5.0)
        assert await ask("Capture_running") is True
        now = (await ask("Status", "capture"))["capture"]
        assert (now["running"], now["total"], now["current"], now["exposure"]) == (True, 3, 1, 20.0)
        assert 14 < now["exposureremain"] < 16
        assert await ask("Wheel_setfilter", "2") == OK
        await asyncio.sleep(100.0)
        assert await ask("Capture_running") is False
        last = Path(await ask("Capture_getlastfilename"))
        assert last.parts[-3:-1] == ("M_31", "R")
        text = read(last)
        assert "kind = FrameKind.DARK" in text
        assert "extra = (('SLIT', '23 um'),)" in text
        assert await ask("CustomHeader_del", "slit") == OK
        assert await ask("CustomHeader_del", "never") == OK
        assert await ask("CustomHeader", "SLIT") == {"value": ""}
        assert (await ask("CustomHeader_add", "NAXIS1", "1"))["status"].startswith("Failed!")

    script(tmp_path, story)


def read(path: Path) -> str:
    return path.read_text()


def test_wheel_focuser_rotator_cooler_cover_panel(tmp_path: Path) -> None:
    async def story(ask: Script) -> None:
        await ask("Devices_connection", True)
        rig = ask.box.box.rig
        assert await ask("Wheel_getfiltersname") == ["L", "R"]
        assert await ask("Wheel_getfilter") == {"status": "1"}
        assert await ask("Wheel_setfilter", "2") == OK
        assert await ask("Wheel_getfilter") == {"status": "2"}
        assert await ask("Wheel_setfilter", 3) == {"status": "Failed! out of range"}
        assert (await ask("Wheel_setfilter", "L"))["status"] == "Failed! 'L' is no number"
        assert await ask("Set_filteroffset", "R", "-30") == OK
        assert ask.box.box.profile.focus.filters.offsets == {"R": -30}
        assert (await ask("Set_filteroffset", "X", 10))["status"].startswith("Failed! filter_offset.name:")
        assert await ask("Focuser_setposition", "12100") == OK
        assert await ask("FocuserPosition") == 12_100
        assert await ask("Rotator_goto", -90) == OK
        assert await ask("Rotator_angle") == 270.0
        assert await ask("CCD_settemperature", -5) == OK
        await asyncio.sleep(600.0)
        assert await ask("CcdTemp") == pytest.approx(-5, abs=0.6)
        assert await ask("Ccdcooler_power") > 0
        assert await ask("CoverStatus") == "Open"
        assert await ask("Cover_close") == OK
        assert await ask("CoverStatus") == "Closed"
        assert (await ask("CalibratorStatus"), await ask("CalibratorBrightness")) == ("Off", "0")
        assert await ask("Calibrator_light_on", "100") == OK
        assert (await ask("CalibratorStatus"), await ask("CalibratorBrightness")) == ("Ready", "100")
        assert await ask("Calibrator_light_off") == OK
        assert await ask("Cover_open") == OK
        assert rig.cover is not None
        assert await rig.cover.state() is CoverState.OPEN
        assert await ask("Camera_getframe") == OK | {"X": 0, "Y": 0, "W": 1280, "H": 1024}
        assert await ask("Camera_setframe", 0, 0, 1280, 1024) == OK
        assert (await ask("Camera_setframe", 1, 1, 9, 9))["status"].startswith("Failed!")
        assert await ask("Camera_resetframe") == OK

    script(tmp_path, story)


def test_autofocus_says_what_it_found_and_what_not(tmp_path: Path) -> None:
    async def story(ask: Script) -> None:
        await ask.ready()
        assert await ask("Autofocus_getexposure") == 6.0
        assert await ask("Autofocus_setexposure", 4) == OK
        assert await ask("Autofocus_getexposure") == 4.0
        assert await ask("Autofocus") == OK
        assert await ask("Cover_close") == OK
        for method in ("Autofocus", "AutomaticAutofocus"):
            assert (await ask(method))["status"].startswith("Failed! ")

    script(tmp_path, story)


def test_switches_are_the_outputs(tmp_path: Path) -> None:
    async def story(ask: Script) -> None:
        await asyncio.sleep(60.0)
        assert await ask("Get_switch", "any", "Heater") == {"value": "0"}
        assert await ask("Set_switch", "any", "Heater", 35) == OK
        assert await ask("Get_switch", "any", "Heater") == {"value": "35"}
        assert await ask("Set_switch", "any", "Heater", "0") == OK
        assert await ask("Get_switch", "any", "Heater") == {"value": "0"}
        assert await ask("Get_switch", "any", "other") == {"value": ""}
        assert (await ask("Set_switch", "any", "other", 1))["status"].startswith("Failed!")

    script(tmp_path, story)


def test_the_sequence_is_started_stopped_and_told(tmp_path: Path) -> None:
    async def story(ask: Script) -> None:
        assert (await ask("Sequence_start", "Another"))["status"] == "Failed! the plan is “Andromeda”"
        assert await ask("Sequence_targetinformation") == [" ", " ", 0, 0, 0]
        assert await ask("Sequence_start", "andromeda") == OK
        await ask.box.until(lambda: ask.box.heard("Saved sub 1"))
        await ask.box.until(lambda: ask.desk.sequence.exposing_until is not None)
        now = await ask("Status", "sequence")
        assert set(now) == {"sequence", "capture"}
        assert now["sequence"]["name"] == "Andromeda"
        assert now["sequence"]["sequencecompletion"] == 25
        name, plan, hours, dec, _ = await ask("Sequence_targetinformation")
        assert (name, plan) == ("M 31", "Andromeda")
        assert (hours, dec) == pytest.approx((M31_HOURS, M31_DEC), abs=0.01)
        assert (await ask("Preview_single"))["status"] == "Failed! preview: sequence is still running"
        assert await ask("Capture_running") is True
        assert (await ask("Capture_stop"))["status"] == "Failed! the sequence does: use Sequence_stop"
        directory = Path(await ask("Sequence_getcurrentdirectory"))
        assert Path(await ask("Capture_getlastfilename")).parent == directory
        assert await ask("Sequence_stop") == OK
        assert (await ask("Status", "sequence"))["sequence"] == {"running": False}

    script(tmp_path, story)


def test_status_tells_what_is_asked_for(tmp_path: Path) -> None:
    async def story(ask: Script) -> None:
        await ask.ready()
        await asyncio.sleep(120.0)
        every = await ask("STATUS")
        assert set(every) == {
            "devices", "planetarium", "autoguider", "mount", "camera", "wheel", "rotator", "focuser",
            "sequence", "capture", "log",
        }  # fmt: skip
        assert every["devices"] == {"connected": True}
        assert every["wheel"] == {"connected": True, "filter": "L"}
        assert every["rotator"] == {"connected": True, "position": 0.0}
        assert every["camera"]["binning"] == "1x1"
        assert every["camera"]["frame"] == "0/0/1280/1024"
        mount = every["mount"]
        assert (mount["connected"], mount["park"]) == (True, False)
        assert mount["ra"].startswith("00h44m")
        assert mount["dec"].startswith("+41d")
        assert every["focuser"]["position"] == 12_000
        assert set(await ask("Status", "Mount", "nonsense")) == {"mount"}
        assert await ask("Status", "safety", "dome") == {
            "safety": {"connected": False}, "dome": {"connected": False},
        }  # fmt: skip
        assert await ask.error("Status", "nonsense") == (-32602, "Invalid params")
        devices = await ask("Devices")
        assert devices["camera"] == {"interface": "SIMULATOR", "driver": "Camera"}
        assert "switch1" in devices

    script(tmp_path, story)


def test_words_of_the_box_itself(tmp_path: Path) -> None:
    async def story(ask: Script) -> None:
        assert (await ask("CCDciel_Version"))[0] == "0.9.97"
        assert len(await ask("CCDciel_Version")) == 3
        assert await ask("DirectorySeparator") == "/"
        assert await ask("CaptureDir") == str(ask.box.folder / "images")
        assert [await ask(f"{kind}Dir") for kind in ("Light", "Bias", "Dark", "Flat")] == [
            "Light", "Bias", "Dark", "Flat",
        ]  # fmt: skip
        assert await ask("HostOS") == "linux"
        assert (await ask("TimeNow"))[:11] == "2026-12-20T"
        assert await ask("LogMsg", "Hello\nthere") == OK
        await asyncio.sleep(1.0)
        assert ask.box.heard("Hello there")
        assert (await ask("Status", "log"))["log"][-1].endswith(":Hello there")

    script(tmp_path, story)


def test_what_there_is_not_is_told_and_looking_costs_nothing(tmp_path: Path) -> None:
    async def story(ask: Script) -> None:
        for method in ("Autoguider_connected", "Planetarium_connected", "Internalguider_getspectrofunction"):
            assert await ask(method) is False
        assert await ask("Autoguider_startguiding") == {"status": "Failed! there is no autoguider"}
        assert await ask("Autoguider_shutdown") == OK
        assert (await ask.error("Internalguider_getguideexposure"))[0] == -32603
        assert (await ask.error("Set_filteroffset", "L"))[1] == "Invalid number of parameter: 1, must be: 2"
        assert await ask("Script_run", "nothing.script", "a", 1) == -1
        assert await ask("Script_running", 1) is False
        assert (await ask("Script_stop", 1))["status"].startswith("Failed!")
        assert (await ask("Dome_opened"), await ask("Dome_parked")) == (False, False)
        assert await ask("Dome_shutter", True) == {"status": "Failed! there is no roof"}
        assert await ask("Dome_park", True) == {"status": "Failed! there is no roof"}
        assert await ask("Dome_park", False) == OK

    script(tmp_path, story)


STRANGE: tuple[list[object], ...] = (
    [], [None], [True], ["x"] * 4, [-1] * 4, [0] * 4, [1e308] * 4, ["1e999"] * 4, [[]] * 4, [{"a": 1}] * 4,
    ["9" * 400] * 4, ["\ud800\x00\n"] * 4, ["../../etc/passwd"] * 4, [" 5 "] * 4, [10**400] * 4,
)  # fmt: skip
SPARED = {"PROGRAM_SHUTDOWN", "CAPTURE_START", "PREVIEW_LOOP", "PREVIEW_WAITLOOP", "SEQUENCE_START"}
CODES = {-32600, -32601, -32602, -32603}


def test_every_method_answers_whatever_it_is_given(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A fault of ours is in the log; a refusal is not."""

    async def story(ask: Script) -> None:
        await ask("Devices_connection", True)
        for name in sorted(set(methods(ask.desk)) - SPARED):
            for given in STRANGE:
                told = await ask.answer(name, *given)
                assert "result" in told or told["error"]["code"] in CODES, (name, given, told)

    script(tmp_path, story)
    assert not [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
