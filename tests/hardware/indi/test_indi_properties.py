"""States become results: against a link that plays back what drivers were seen to send."""

import asyncio
from collections.abc import Callable, Mapping

import pytest

from hardware.errors import DeviceError, DeviceLost, DeviceRefused, DeviceUnsupported
from hardware.indi.link import Kind, Limits, Listener, Property, State, Value
from hardware.indi.properties import Remote, Session, words

pytestmark = pytest.mark.looptime
Script = Callable[[Session], None]


def prop(state: State, value: float = 0.0, name: str = "GOAL") -> Property:
    return Property(
        "Device", name, Kind.NUMBER, state, {"VALUE": value}, limits={"VALUE": Limits(-10.0, 10.0)}
    )


class Played:
    """A Link whose device answers each command as the script says: (seconds after it, what comes)."""

    def __init__(self, session: Session, answers: list[tuple[float, Script]]) -> None:
        self.session, self.answers = session, answers
        self.sent: list[Mapping[str, Value]] = []

    async def connect(self, listener: Listener) -> None: ...

    async def send(self, device: str, name: str, kind: Kind, values: Mapping[str, Value]) -> None:
        self.sent.append(values)
        for seconds, answer in self.answers:
            asyncio.get_running_loop().call_later(seconds, answer, self.session)

    async def want_pictures(self, device: str, name: str) -> None: ...

    async def ping(self, within: float) -> None: ...

    async def close(self) -> None: ...


def played(*answers: tuple[float, Script]) -> Remote:
    session = Session()
    session.defined(prop(State.OK))
    return Remote(session, Played(session, list(answers)), "Device")


def becomes(state: State, value: float = 0.0) -> Script:
    return lambda session: session.updated(prop(state, value))


def says(text: str) -> Script:
    return lambda session: session.said("Device", f"2026-11-20T21:58:15: {text} ")


async def test_busy_is_waited_out() -> None:
    remote = played(
        (0.1, becomes(State.BUSY, 1)), (60.0, becomes(State.BUSY, 4)), (70.0, becomes(State.OK, 5))
    )
    start = asyncio.get_running_loop().time()
    assert (await remote.set("GOAL", {"VALUE": 5.0})).values == {"VALUE": 5.0}
    assert asyncio.get_running_loop().time() - start == pytest.approx(70.0)


async def test_alert_is_a_refusal_in_the_drivers_words_even_when_they_come_after_it() -> None:
    remote = played(
        (0.1, becomes(State.ALERT)), (0.15, says("[ERROR] out of bound")), (0.16, says("[INFO] bye"))
    )
    with pytest.raises(DeviceRefused) as refused:
        await remote.set("GOAL", {"VALUE": 5.0})
    assert refused.value.sentence == "Device: out of bound"


async def test_alert_after_busy_is_a_failure() -> None:
    remote = played((0.1, becomes(State.BUSY)), (5.0, says("[ERROR] stalled")), (5.0, becomes(State.ALERT)))
    with pytest.raises(DeviceError) as failed:
        await remote.set("GOAL", {"VALUE": 5.0})
    assert type(failed.value) is DeviceError
    assert failed.value.sentence == "Device: stalled"


async def test_a_stale_alert_right_before_ok_is_not_a_refusal() -> None:
    """CCD_BINNING after a refused binning: the new value first comes with the old state."""
    remote = played((0.1, becomes(State.ALERT, 2)), (0.11, becomes(State.OK, 2)))
    assert (await remote.set("GOAL", {"VALUE": 2.0})).state is State.OK


async def test_ok_that_comes_unasked_does_not_end_a_slew() -> None:
    unasked = [(n * 0.2, becomes(State.OK)) for n in range(5)]
    remote = played(*unasked, (1.1, becomes(State.BUSY, 3)), (9.0, becomes(State.OK, 5)))
    assert (await remote.set("GOAL", {"VALUE": 5.0}, busy_first=True)).values == {"VALUE": 5.0}


async def test_idle_without_busy_is_a_refusal_where_busy_is_required() -> None:
    """A goto while parked: a message and Idle, no Alert."""
    remote = played((0.1, says("[WARNING] Please unpark first")), (0.1, becomes(State.IDLE)))
    with pytest.raises(DeviceRefused) as refused:
        await remote.set("GOAL", {"VALUE": 5.0}, busy_first=True)
    assert "Please unpark first" in refused.value.sentence


async def test_silence_loses_the_device_for_good() -> None:
    remote = played()
    with pytest.raises(DeviceLost):
        await remote.set("GOAL", {"VALUE": 5.0}, answer=10.0)
    assert remote.lost
    with pytest.raises(DeviceLost):
        remote.get("GOAL")


async def test_busy_for_ever_is_an_error_and_not_a_loss() -> None:
    remote = played((0.1, becomes(State.BUSY)))
    with pytest.raises(DeviceError) as late:
        await remote.set("GOAL", {"VALUE": 5.0}, within=30.0)
    assert "30 s" in late.value.sentence
    assert not remote.lost


async def test_a_device_that_goes_away_ends_the_wait_at_once_and_stays_lost() -> None:
    remote = played((0.1, becomes(State.BUSY)), (3.0, lambda session: session.deleted("Device", None)))
    start = asyncio.get_running_loop().time()
    with pytest.raises(DeviceLost):
        await remote.set("GOAL", {"VALUE": 5.0})
    assert asyncio.get_running_loop().time() - start == pytest.approx(3.0)
    remote._session.defined(prop(State.OK))
    assert remote.lost
    assert not Remote(remote._session, remote._link, "Device").lost


async def test_a_lost_server_ends_every_wait() -> None:
    remote = played((2.0, lambda session: session.lost("gone")))
    with pytest.raises(DeviceLost) as lost:
        await remote.set("GOAL", {"VALUE": 5.0})
    assert "gone" in lost.value.sentence


async def test_a_driver_that_disconnects_from_its_device_loses_it() -> None:
    remote = played()

    def connection(on: bool) -> Property:
        return Property("Device", "CONNECTION", Kind.SWITCH, State.OK, {"CONNECT": on, "DISCONNECT": not on})

    remote._session.defined(connection(on=False))
    assert not remote.lost
    remote._session.updated(connection(on=True))
    assert not remote.lost
    remote._session.updated(connection(on=False))
    assert remote.lost


async def test_numbers_outside_the_drivers_limits_are_never_sent() -> None:
    remote = played((0.1, becomes(State.OK)))
    with pytest.raises(DeviceRefused):
        await remote.set("GOAL", {"VALUE": 11.0})
    with pytest.raises(DeviceUnsupported):
        await remote.set("GOAL", {"NO_SUCH": 1.0})
    with pytest.raises(DeviceUnsupported):
        await remote.set("NO_SUCH", {"VALUE": 1.0})
    assert isinstance(remote._link, Played)
    assert remote._link.sent == []


async def test_accept_returns_at_the_first_answer() -> None:
    remote = played((0.1, becomes(State.BUSY)), (60.0, becomes(State.OK)))
    assert (await remote.accept("GOAL", {"VALUE": 5.0})).state is State.BUSY


def test_an_error_outweighs_later_chatter() -> None:
    assert words(["[INFO] begun", "[ERROR] jammed", "[INFO] Saving configuration"]) == "jammed"
    assert words(["[INFO] begun", "Shutter aborted"]) == "Shutter aborted"
    assert words([]) is None
