"""A night whose camera is lent: it waits at its next sub, and goes on by itself when the camera is back."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.box.assembly import served
from appliance.box.box import Box
from appliance.errors import BadCommand
from appliance.leases import By, Owner
from appliance.sequence.messages import SequenceState
from tests.appliance.safety.site import WITH_ROOF, Site, profile
from tests.appliance.sequence.night_rig import plan

EKOS = "192.168.1.20"
PLAN = plan(("R", 3))


def on_indi(kind: str) -> dict[str, Any]:
    return {**WITH_ROOF[kind], "driver": "indi"}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    rig = profile(**{kind: on_indi(kind) for kind in ("camera", "mount", "roof", "weather")})
    site = Site(tmp_path, rig)
    yield site
    site.close()


def phase(box: Box) -> str:
    return next(state.phase for state in box.bus.states() if isinstance(state, SequenceState))


def test_the_night_waits_for_a_lent_camera_and_goes_on(site: Site) -> None:
    async def story(site: Site, box: Box) -> None:
        box.leases.came(EKOS)
        box.start()
        await site.until(lambda: phase(box) == "running", 600.0)
        assert box.leases.claim("Camera", EKOS) == Owner("Nightbox's sequence", By.PROCEDURE)
        assert box.leases.owner("Weather") == Owner("the safety watch", By.SAFETY)
        async with served(box) as api:
            answer = await api.call("lease_grant", {"device": "camera"})
            assert answer == f"Camera is lent to {EKOS} when the night has come to its next sub"
            await site.until(lambda: box.leases.claim("Camera", EKOS) is None, 600.0)
            assert phase(box) == "waiting"
            await asyncio.sleep(1800)
            assert phase(box) == "waiting"
            assert await api.call("lease_take_back", {"device": "Camera"}) == "Camera is back"
        assert await box.ended() == "complete"
        assert box.leases.owner("Camera") is None

    site.live(PLAN, story)


def test_a_start_waits_for_what_is_lent_until_its_client_goes(site: Site) -> None:
    async def story(site: Site, box: Box) -> None:
        await site.until(lambda: box.watch.may_run, 600.0)
        box.leases.came(EKOS)
        box.leases.grant("camera")
        assert box.start() == "waiting"
        await asyncio.sleep(600)
        assert site.heard(f"Waiting for what is lent: Camera is lent to {EKOS}.")
        assert not box.jobs.busy()
        box.leases.gone(EKOS)
        assert box.jobs.running("sequence")
        assert await box.ended() == "complete"

    site.live(PLAN, story)


def test_rain_takes_the_mount_from_its_client_and_no_page_can_lend_it(site: Site) -> None:
    async def story(site: Site, box: Box) -> None:
        await site.until(lambda: box.watch.may_run, 600.0)
        box.leases.came(EKOS)
        box.leases.grant("mount")
        assert box.leases.claim("Mount", EKOS) is None
        site.troubles.rain = 1.0
        await site.until(lambda: not box.watch.may_run, 60.0)
        assert box.leases.claim("Mount", EKOS) == Owner("the safety watch", By.SAFETY)
        with pytest.raises(BadCommand, match="the safety watch has it"):
            box.leases.grant("roof")
        assert box.leases.claim("Camera", EKOS) is None, "no rain falls on a camera's settings"

    site.live(PLAN, story)


def test_park_on_the_page_takes_the_mount_back(site: Site) -> None:
    async def story(site: Site, box: Box) -> None:
        await site.until(lambda: box.watch.may_run, 600.0)
        box.leases.came(EKOS)
        box.leases.grant("mount")
        box.leases.grant("camera")
        async with served(box) as api:
            await api.call("park", {})
            await asyncio.sleep(1.0)  # the log is written beside
        assert site.heard("Mount was taken back from 192.168.1.20: Nightbox's park needs it.")
        assert box.leases.lent == f"Camera is lent to {EKOS}"

    site.live(PLAN, story)


def test_what_a_person_does_by_hand_has_its_devices_and_no_others(site: Site) -> None:
    async def story(_: Site, box: Box) -> None:
        box.leases.came(EKOS)
        async with served(box) as api:
            assert box.leases.claim("Camera", EKOS) is None
            await api.call("preview", {"seconds": 60.0, "loop": True})
            # A person's own command ends a lease that nobody had lent.
            assert box.leases.owner("Camera") == Owner("Nightbox's preview", By.PROCEDURE)
            assert box.leases.owner("Mount") is None
            await api.call("camera_stop", {})
            assert box.leases.owner("Camera") is None
            assert await api.call("cooler", {"celsius": 0.0, "wait": False}) == "started"
            assert box.leases.owner("Camera") == Owner("Nightbox's cooling", By.PROCEDURE)

    site.live(PLAN, story)
