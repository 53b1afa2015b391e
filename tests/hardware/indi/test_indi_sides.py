"""Only a driver that lets them be written has a side of the pier to set, and a dome that can stand still."""

import asyncio
from collections.abc import Mapping

import pytest

from hardware.devices import PierSide
from hardware.errors import DeviceRefused
from hardware.indi.link import Kind, Listener, Property, State, Value
from hardware.indi.mount import IndiMount
from hardware.indi.properties import Remote, Session
from hardware.indi.roof import IndiRoof

pytestmark = pytest.mark.looptime


def switches(name: str, state: State, *, writable: bool = True, **on: bool) -> Property:
    return Property("Device", name, Kind.SWITCH, state, dict(on), writable=writable)


def coord(state: State) -> Property:
    return Property("Device", "EQUATORIAL_EOD_COORD", Kind.NUMBER, state, {"RA": 3.0, "DEC": 40.0})


def side(state: State, now: str, *, writable: bool = True) -> Property:
    on = {f"PIER_{one.value}": one.value == now for one in PierSide}
    return switches("TELESCOPE_PIER_SIDE", state, writable=writable, **on)


class Driver:
    """A Link to a driver that answers at once and turns for a minute; `obeys` False: it objects."""

    def __init__(self, session: Session, *, obeys: bool = True) -> None:
        self.session, self.obeys = session, obeys
        self.sent: list[tuple[str, dict[str, Value]]] = []

    async def connect(self, listener: Listener) -> None: ...

    async def send(self, device: str, name: str, kind: Kind, values: Mapping[str, Value]) -> None:
        self.sent.append((name, dict(values)))
        later, (one,) = asyncio.get_running_loop().call_later, list(values)
        if not self.obeys:
            later(0.1, self.session.updated, side(State.ALERT, "WEST"))
        elif name == "DOME_AUTOSYNC":
            on = {f"{name}_{word}": one.endswith(word) for word in ("ENABLE", "DISABLE")}
            later(0.1, self.session.updated, switches(name, State.OK, **on))
        else:
            later(0.05, self.session.updated, coord(State.BUSY))
            later(0.1, self.session.updated, side(State.OK, one.removeprefix("PIER_")))
            later(60.0, self.session.updated, coord(State.OK))

    async def want_pictures(self, device: str, name: str) -> None: ...

    async def ping(self, within: float) -> None: ...

    async def close(self) -> None: ...


def rig(*props: Property, obeys: bool = True) -> tuple[Remote, Driver]:
    session = Session()
    for one in (coord(State.OK), *props):
        session.defined(one)
    driver = Driver(session, obeys=obeys)
    return Remote(session, driver, "Device"), driver


async def test_the_side_of_the_pier_is_set_and_waited_for() -> None:
    remote, driver = rig(side(State.OK, "WEST"))
    mount = IndiMount(remote, lambda _: 1.8e9)
    assert mount.side_setter is not None
    await mount.side_setter.turn_to(PierSide.EAST)
    assert driver.sent == [("TELESCOPE_PIER_SIDE", {"PIER_EAST": True})]
    assert asyncio.get_running_loop().time() == pytest.approx(60.0, abs=1.0)
    assert (await mount.status()).pier_side is PierSide.EAST


async def test_a_side_that_is_only_shown_cannot_be_set() -> None:
    for props in ([side(State.OK, "WEST", writable=False)], []):
        assert IndiMount(rig(*props)[0], lambda _: 1.8e9).side_setter is None


async def test_a_refused_side_is_a_refusal() -> None:
    mount = IndiMount(rig(side(State.OK, "WEST"), obeys=False)[0], lambda _: 1.8e9)
    assert mount.side_setter is not None
    with pytest.raises(DeviceRefused):
        await mount.side_setter.turn_to(PierSide.EAST)


async def test_a_dome_is_told_to_stand_and_to_follow() -> None:
    shutter = switches("DOME_SHUTTER", State.OK, SHUTTER_OPEN=True, SHUTTER_CLOSE=False)
    follows = switches("DOME_AUTOSYNC", State.OK, DOME_AUTOSYNC_ENABLE=True, DOME_AUTOSYNC_DISABLE=False)
    roof = IndiRoof(rig(shutter, follows)[0])
    assert roof.slaving is not None
    assert await roof.slaving.follows()
    for on in (False, True):
        await roof.slaving.follow(on)
        assert await roof.slaving.follows() is on
    assert IndiRoof(rig(shutter)[0]).slaving is None
