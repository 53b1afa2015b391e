"""The Align screen's commands on the simulated rig, in virtual time: solving, the slew pad, the angle."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from appliance.byhand.messages import PadState, PointingFound
from appliance.errors import BadCommand, BadInput, DeviceLost, DeviceRefused
from appliance.sky.bodies import body_position
from appliance.sky.coordinates import from_alt_az, separation_arcsec, separation_deg
from hardware.devices import J2000
from hardware.simulator.mount import SimulatedMotion, SimulatedMount
from tests.appliance.box.open_field import M31, NIGHT, field
from tests.appliance.rehearsal.long_night import SITE
from tests.appliance.surfaces.lonely_box import LonelyBox

Story = Callable[[LonelyBox], Coroutine[Any, Any, None]]
FASTEST = 3


def at_night(folder: Path, story: Story, **changes: Any) -> None:
    field(folder, **changes).live(story)


async def pointed(box: LonelyBox) -> None:
    await box.api.call("unpark", {})
    await box.api.call("slew", {**M31})


def press(name: str = "a", direction: str = "north", rate: int = FASTEST) -> dict[str, object]:
    return {"press": name, "direction": direction, "rate": rate}


def pad_shown(box: LonelyBox) -> PadState:
    idle = PadState(source="slew pad")
    return next((state for state in box.box.bus.states() if isinstance(state, PadState)), idle)


async def held(box: LonelyBox, asked: dict[str, object], seconds: float) -> None:
    """A finger that stays for so long."""
    for _ in range(round(seconds / 0.4)):
        await box.api.call("pad", asked)
        await asyncio.sleep(0.4)


def moving(box: LonelyBox) -> bool:
    return box.sky.axes.slewing


def truth(box: LonelyBox) -> J2000:
    return box.sky.axes.truth()


def test_where_am_i_tells_how_far_off_the_mount_is(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await pointed(box)
        told: Any = await box.api.call("where_am_i", {})
        there, believed = J2000(told["ra_deg"], told["dec_deg"]), (await box.box.rig.mount.status()).pointing
        assert separation_arcsec(there, truth(box)) < 30
        assert told["off_arcsec"] == pytest.approx(separation_arcsec(believed, there), abs=15)
        assert told["off_arcsec"] > 120  # the simulated mount's own error
        assert told["off_east_arcsec"] ** 2 + told["off_north_arcsec"] ** 2 == pytest.approx(
            told["off_arcsec"] ** 2
        )
        assert told["off_north_arcsec"] < 0  # dec_error_arcmin is -4
        assert told["alt_deg"] > 20
        assert told["scale_arcsec"] > 0
        assert not told["synced"]
        (shown,) = (state for state in box.box.bus.states() if isinstance(state, PointingFound))
        assert shown.ra_deg == told["ra_deg"]
        assert separation_arcsec((await box.box.rig.mount.status()).pointing, believed) < 15  # not synced

    at_night(tmp_path, story)


def test_solve_and_sync_tells_the_mount(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await pointed(box)
        told: Any = await box.api.call("solve_sync", {"seconds": 5.0})
        assert told["synced"]
        assert separation_arcsec((await box.box.rig.mount.status()).pointing, truth(box)) < 60

    at_night(tmp_path, story)


def test_solve_and_centre_puts_it_in_the_middle(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await box.api.call("unpark", {})
        told: Any = await box.api.call("solve_centre", {"name": "Andromeda"})
        assert told["centred"]
        assert not told["synced"]
        assert told["off_arcsec"] < 60
        assert separation_arcsec(truth(box), J2000(**M31)) < 90

    at_night(tmp_path, story)


def test_stop_ends_a_look(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await pointed(box)
        looking = asyncio.create_task(box.api.call("where_am_i", {"seconds": 100.0}))
        await asyncio.sleep(5.0)
        assert await box.api.call("stop", {}) == "stopped"
        with pytest.raises(BadCommand, match="stopped on its way"):
            await looking

    at_night(tmp_path, story)


def test_while_the_sequence_has_the_gear_nothing_is_aligned(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await box.api.call("start", {})
        await asyncio.sleep(30.0)
        asked: dict[str, dict[str, object]] = {
            "where_am_i": {}, "solve_sync": {}, "solve_centre": {**M31}, "pad": press(),
            "rotate": {"position_angle_deg": 10.0},
        }  # fmt: skip
        for name, arguments in asked.items():
            with pytest.raises(BadCommand, match="sequence is still running"):
                await box.api.call(name, arguments)

    at_night(tmp_path, story)


def test_the_pad_moves_while_it_is_pressed_and_stops_when_it_is_let_go(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await pointed(box)
        began = truth(box)
        await held(box, press(), 2.4)
        assert pad_shown(box).direction == "north"
        assert pad_shown(box).rate == "Max"
        assert await box.api.call("pad_stop", {"press": "a"}) == "stopped"
        assert pad_shown(box).direction == ""
        assert box.box.jobs.busy() == []
        here = truth(box)
        assert here.dec_deg - began.dec_deg == pytest.approx(2.4 * 3.0, abs=0.5)
        await asyncio.sleep(5.0)
        assert separation_deg(truth(box), here) < 0.01
        assert (await box.box.rig.mount.status()).tracking

    at_night(tmp_path, story)


def test_a_phone_that_is_heard_no_more_stops_the_mount_within_a_second(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await pointed(box)
        await box.api.call("pad", press())
        await asyncio.sleep(0.9)
        await box.api.call("pad", press())
        await asyncio.sleep(0.99)
        assert moving(box)
        await asyncio.sleep(0.03)
        assert not moving(box)
        here = truth(box)
        await asyncio.sleep(3.0)
        assert separation_deg(truth(box), here) < 0.01
        assert box.heard("was not heard for a second")
        # What was held up on the way comes too late: this press is over for good.
        with pytest.raises(BadCommand, match="over: it was not heard"):
            await box.api.call("pad", press())
        assert not moving(box)
        assert await box.api.call("pad", press("b", "south")) == "moving"
        await box.api.call("pad_stop", {"press": "b"})

    at_night(tmp_path, story)


def test_a_word_that_comes_after_its_finger_has_left_moves_nothing(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await pointed(box)
        assert await box.api.call("pad_stop", {"press": "late"}) == "it did not move"
        with pytest.raises(BadCommand, match="it was let go"):
            await box.api.call("pad", press("late"))
        assert not moving(box)

    at_night(tmp_path, story)


def test_a_second_finger_waits_and_stop_stops_the_first(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await pointed(box)
        await box.api.call("pad", press("one", "east"))
        with pytest.raises(BadCommand, match="moved already"):
            await box.api.call("pad", press("two", "west"))
        assert await box.api.call("stop", {}) == "stopped"
        assert not moving(box)
        with pytest.raises(BadCommand, match="it was stopped"):
            await box.api.call("pad", press("one", "east"))

    at_night(tmp_path, story)


def test_a_parked_mount_and_a_rate_that_is_not_there_are_refused_with_the_reason(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await box.api.call("connect", {})
        for name, wrong, why in (("p", {}, "parked"), ("r", {"rate": 17}, "no rate 17")):
            await box.api.call("pad", {**press(name), **wrong})
            await asyncio.sleep(0.3)
            with pytest.raises(BadCommand, match=why):
                await box.api.call("pad", {**press(name), **wrong})
        assert truth(box).dec_deg > 89

    at_night(tmp_path, story)


def test_a_mount_that_cannot_be_moved_by_hand_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = SimulatedMount.__init__

    def without(mount: SimulatedMount, *how: Any) -> None:
        made(mount, *how)
        mount.motion = None  # type: ignore[assignment]

    monkeypatch.setattr(SimulatedMount, "__init__", without)

    async def story(box: LonelyBox) -> None:
        await pointed(box)
        facts: Any = await box.api.call("align_facts", {})
        assert facts["rates"] == []
        await box.api.call("pad", press())
        await asyncio.sleep(0.3)
        with pytest.raises(BadCommand, match="cannot move it by hand"):
            await box.api.call("pad", press())

    at_night(tmp_path, story)


def test_a_lost_mount_ends_the_press(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def lost(*_: object) -> None:
        await asyncio.sleep(1.0)
        raise DeviceLost("Mount", "the connection broke")

    monkeypatch.setattr(SimulatedMotion, "move", lost)

    async def story(box: LonelyBox) -> None:
        await pointed(box)
        with pytest.raises(BadCommand, match="press is over: Mount: the connection broke"):
            await held(box, press(), 4.0)
        assert pad_shown(box).direction == ""

    at_night(tmp_path, story)


def test_the_camera_is_turned_to_an_angle(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await pointed(box)
        told: Any = await box.api.call("rotate", {"position_angle_deg": 75.0})
        assert (told["position_angle_deg"] - 75 + 90) % 180 - 90 == pytest.approx(0, abs=1)

    at_night(tmp_path, story)


def test_no_rotator_no_angle(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        with pytest.raises(BadCommand, match="the profile has none"):
            await box.api.call("rotate", {"position_angle_deg": 75.0})

    at_night(tmp_path, story, rotator=None)


def test_the_facts_of_a_rig_before_and_after_it_is_connected(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        before: Any = await box.api.call("align_facts", {})
        assert before["field"] is None
        assert before["rates"] is None
        await box.api.call("connect", {})
        after: Any = await box.api.call("align_facts", {})
        assert after["rates"] == ["Guide", "Centre", "Find", "Max"]
        sensor = box.box.rig.camera.sensor
        assert after["field"]["width_px"] == sensor.width
        assert after["field"]["width_deg"] == pytest.approx(
            sensor.width * after["field"]["scale_arcsec"] / 3600
        )
        assert after["rotator"]

    at_night(tmp_path, story)


@pytest.mark.parametrize("command", ["slew", "solve_centre", "centre"])
def test_nothing_is_sent_to_the_sun(tmp_path: Path, command: str) -> None:
    box = field(tmp_path)
    box.begins = NIGHT - 8 * 3600  # noon
    near = body_position("sun", SITE, box.begins)

    async def story(box: LonelyBox) -> None:
        await box.api.call("unpark", {})
        for place in ({"name": "Sun"}, {"ra_deg": near.ra_deg, "dec_deg": near.dec_deg + 5}):
            with pytest.raises(BadCommand, match="from the Sun"):
                await box.api.call(command, {**place})
        assert not moving(box)

    box.live(story)


def test_the_pad_does_not_come_near_the_sun_and_leads_away_from_it(tmp_path: Path) -> None:
    box = field(tmp_path)
    box.begins = NIGHT - 8 * 3600

    async def story(box: LonelyBox) -> None:
        sun = body_position("sun", SITE, box.utc(None))
        await box.api.call("unpark", {})
        await box.api.call("slew", {"ra_deg": sun.ra_deg, "dec_deg": sun.dec_deg + 20})
        with pytest.raises(BadCommand, match="of the Sun"):
            await held(box, press("down", "south"), 10.0)
        assert 5 < separation_deg(truth(box), body_position("sun", SITE, box.utc(None))) < 10.5
        await held(box, press("up", "north"), 3.0)
        await box.api.call("pad_stop", {"press": "up"})
        assert separation_deg(truth(box), body_position("sun", SITE, box.utc(None))) > 12

    box.live(story)


def test_planets_and_the_moon_are_places(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await box.api.call("unpark", {})
        await box.api.call("slew", {"name": "saturn"})
        assert separation_deg(truth(box), body_position("Saturn", SITE, box.utc(None))) < 0.5
        with pytest.raises(BadInput, match="Pluto"):
            await box.api.call("slew", {"name": "Pluto"})

    at_night(tmp_path, story)


def test_what_is_below_the_horizon_is_refused(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        await box.api.call("unpark", {})
        low = from_alt_az(-20.0, 180.0, SITE, box.utc(None))
        with pytest.raises(DeviceRefused, match="horizon"):
            await box.api.call("slew", {"ra_deg": low.ra_deg, "dec_deg": low.dec_deg})

    at_night(tmp_path, story)
