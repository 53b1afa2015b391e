"""A rig that rests while a device is away: what is said of it is so."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from appliance.bus import Alarm, Message
from appliance.errors import DeviceMissing, DeviceRefused, Interlocked
from appliance.sequence.away import Resting
from appliance.sequence.known import Established
from appliance.sequence.night import Night
from hardware.devices import RoofState

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]


class Rig:
    """A roof that closes if the interlock lets it; a mount only if there is one."""

    def __init__(self, mount: Any) -> None:
        self._mount = mount
        self.roof = SimpleNamespace(name="Roof", state=self._state)
        self.closed, self.refused, self.asked = False, False, 0

    @property
    def mount(self) -> Any:
        if self._mount is None:
            raise DeviceMissing("Mount", "it is not connected")
        return self._mount

    async def _state(self) -> RoofState:
        return RoofState.CLOSED if self.closed else RoofState.OPEN

    async def close_roof(self, *, park: bool) -> None:
        self.asked += 1
        assert not park
        if self.refused:
            raise Interlocked("Roof", "it will not close: the park sensor does not see it")
        self.closed = True


def resting(rig: Rig, given_up: str = "close") -> tuple[Resting, list[Message]]:
    published: list[Message] = []
    night = SimpleNamespace(
        plan=SimpleNamespace(park_at_end=True), rig=rig, publish=published.append, actions=rig,
        profile=SimpleNamespace(
            recovery=SimpleNamespace(given_up=given_up), mount=SimpleNamespace(name="Mount"),
            roof=SimpleNamespace(clears=False),
        ),
        goes_down=lambda *_, **__: None, down=set(),
    )  # fmt: skip
    known = SimpleNamespace(doubt=lambda **_: None, doubt_pointing=lambda: None)
    return Resting(cast(Night, night), cast(Established, known)), published


def alarm(published: list[Message]) -> str:
    return [one.text for one in published if isinstance(one, Alarm)][-1]


async def test_a_roof_is_closed_over_a_mount_that_is_away_where_the_sensor_sees_it() -> None:
    rig = Rig(mount=None)
    one, published = resting(rig)
    await one.try_()
    assert rig.closed
    assert one.words == "nobody knows what Mount does (it does not answer) and the roof is closed"
    assert "nobody knows" in alarm(published)


async def test_one_that_the_interlock_keeps_open_is_tried_again_and_named() -> None:
    rig = Rig(mount=None)
    rig.refused = True
    one, published = resting(rig)
    await one.try_()
    assert "the roof is not closed (Roof: it will not close" in alarm(published)
    rig.refused = False
    await one.try_()
    assert rig.closed
    assert "not closed" not in alarm(published)
    assert rig.asked == 2


async def test_a_mount_that_refuses_to_stop_tracking_is_an_alarm() -> None:
    class Stubborn:
        name = "Mount"

        async def status(self) -> Any:
            return SimpleNamespace(tracking=True, parked=False)

        async def track(self, on: bool) -> None:
            raise DeviceRefused("Mount", "it will not")

    one, published = resting(Rig(Stubborn()), "wait")
    await one.try_()
    assert "nobody knows what Mount does" in alarm(published)
