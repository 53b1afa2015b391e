import asyncio

import numpy as np
import pytest

from appliance.bus import Message, Said
from appliance.errors import DeviceError
from appliance.pointing.park import park, unpark
from tests.appliance.pointing.fake_mount import FakeMount

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]


def texts(said: list[Message]) -> list[str]:
    return [m.text for m in said if isinstance(m, Said)]


async def test_parks_says_so_and_unparks() -> None:
    mount, said = FakeMount(np.eye(3)), list[Message]()
    await park(mount, said.append)
    assert (await mount.status()).parked
    await park(mount, said.append)
    await unpark(mount, said.append)
    await unpark(mount, said.append)
    assert not (await mount.status()).parked
    assert texts(said) == ["Parking.", "Parked.", "Unparked."]


async def test_a_mount_that_only_says_it_parks_is_not_believed() -> None:
    mount, said = FakeMount(np.eye(3), park_lies=True), list[Message]()
    with pytest.raises(DeviceError, match="told to be parked but says that it is not") as failed:
        await park(mount, said.append)
    assert "by hand" in failed.value.advice
    assert "Parked." not in texts(said)


async def test_a_mount_that_does_not_unpark_is_reported() -> None:
    mount = FakeMount(np.eye(3), park_lies=True, parked=True)
    with pytest.raises(DeviceError, match="unparked"):
        await unpark(mount, lambda _: None)


async def test_a_mount_that_never_arrives_is_given_up() -> None:
    mount = FakeMount(np.eye(3), park_seconds=1e6)
    began = asyncio.get_running_loop().time()
    with pytest.raises(DeviceError, match="within 300 s"):
        await park(mount, lambda _: None)
    assert asyncio.get_running_loop().time() - began == pytest.approx(300)
