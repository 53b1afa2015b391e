"""The rig's devices on the page: how they stand, and what a person can do for one."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.box.assembly import served
from appliance.box.box import Box
from appliance.errors import BadCommand
from appliance.safety.interlock import Verdict
from hardware.devices import DeviceSpec
from hardware.recovering import Remedy
from tests.appliance.safety.site import WITH_ROOF, Site, TroubledOpener, profile
from tests.appliance.sequence.night_rig import plan

PLAN = plan(("R", 1))


def remedies(_: object, spec: DeviceSpec) -> dict[Remedy, frozenset[str]]:
    return {Remedy.RECONNECT: frozenset(), Remedy.RESTART_DRIVER: frozenset()}


async def apply(_: object, spec: DeviceSpec, remedy: Remedy) -> None:
    await asyncio.sleep(3.0)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(TroubledOpener, "remedies", remedies, raising=False)
    monkeypatch.setattr(TroubledOpener, "apply", apply, raising=False)
    site = Site(tmp_path, profile(camera={**WITH_ROOF["camera"], "driver": "indi"}))
    yield site
    site.close()


def device(answer: Any, kind: str) -> dict[str, Any]:
    return next(one for one in answer["devices"] if one["kind"] == kind)


def test_devices_are_listed_and_one_is_restarted(site: Site) -> None:
    async def story(site: Site, box: Box) -> None:
        async with served(box) as api:
            before = device(await api.call("equipment", {}), "camera")
            assert (before["state"], before["driver"]) == ("not connected", "indi")
            await api.call("connect", {})
            camera = device(await api.call("equipment", {}), "camera")
            assert camera["state"] == "open"
            how = [one["how"] for one in camera["able"]]
            assert how == ["reconnect", "driver"]
            answer = await api.call("device_recover", {"device": "Camera", "how": "driver"})
            assert answer == "Camera is connected"
            box.leases.came("Ekos")
            assert box.leases.claim("Camera", "Ekos") is None
            await api.call("device_recover", {"device": "camera", "how": "reconnect"})
            assert box.leases.owner("Camera") is None
            box.leases.grant("camera", "Ekos")
            with pytest.raises(BadCommand, match="Camera is lent to Ekos"):
                await api.call("device_recover", {"device": "camera", "how": "reconnect"})
            with pytest.raises(BadCommand, match="the profile has no 'Kamera'") as unknown:
                await api.call("device_recover", {"device": "Kamera", "how": "driver"})
            assert "Camera" in unknown.value.advice

    site.live(PLAN, story)


def test_nobody_restarts_a_device_that_somebody_has(site: Site) -> None:
    async def story(site: Site, box: Box) -> None:
        async with served(box) as api:
            await api.call("connect", {})
            box.jobs.start("long", asyncio.sleep(60), {"camera"})
            with pytest.raises(BadCommand, match="long is still running"):
                await api.call("device_recover", {"device": "camera", "how": "driver"})
            await site.until(lambda: box.watch.verdict is Verdict.SAFE, 600.0)
            site.troubles.rain = 5.0
            await site.until(lambda: box.watch.verdict is Verdict.UNSAFE, 600.0)
            with pytest.raises(BadCommand, match="safety has the telescope"):
                await api.call("device_recover", {"device": "mount", "how": "driver"})

    site.live(PLAN, story)
