"""Names and addresses, patience, the code: each for itself."""

from itertools import pairwise

import pytest

from tests.web.visitors import Clock
from web.security.addresses import is_ours, is_this_machine, who
from web.security.pairing import Pairing
from web.security.register import own_names
from web.security.throttle import BURST, REMEMBERED, Throttle


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8080", "nightbox", "NightBox.local:8080", "nightbox.local.", "10.0.0.1",
     "192.168.4.1:8080", "[::1]", "[fe80::1]:8080", "obs.lan", "[::ffff:10.0.0.1]:80"],
)  # fmt: skip
def test_addresses_and_own_names_are_ours(host: str) -> None:
    assert is_ours(host, own_names(("Obs.lan",)))


@pytest.mark.parametrize(
    "host",
    ["", ":8080", "evil.example", "nightbox.local.evil.example", "1.2.3.4.evil.example", "[evil.example]",
     "::1", "[::1", "nightbox:evil", "nightbox,evil.example", "localhost@evil.example", "0x7f000001", "10.1"],
)  # fmt: skip
def test_every_other_name_is_a_strangers(host: str) -> None:
    assert not is_ours(host, own_names(()))


def test_the_machine_itself_and_nobody_else() -> None:
    assert all(map(is_this_machine, ("127.0.0.1", "::1", "::ffff:127.0.0.1")))
    assert not any(
        map(is_this_machine, ("127.0.0.2", "192.168.4.1", "", None, "localhost", "::ffff:10.0.0.1"))
    )


def test_a_home_counts_as_one_visitor() -> None:
    assert who("fd00:1:2:3::1") == who("fd00:1:2:3:ffff::9") != who("fd00:1:2:4::1")
    assert who("::ffff:10.0.0.1") == who("10.0.0.1") != who("10.0.0.2")
    assert who(None) == who("garbage") == "unknown"


def test_the_wait_doubles_to_a_quarter_of_an_hour() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    assert [throttle.wait("a") for _ in range(5)] == [0.0] * 5
    waits = []
    for _ in range(8):
        waits.append(throttle.wait("a"))
        clock.now += waits[-1]
        assert throttle.wait("a") == 0.0
    assert waits == [30.0, 60.0, 120.0, 240.0, 480.0, 900.0, 900.0, 900.0]


def test_all_strangers_together_have_so_many_tries() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    assert [throttle.wait(str(n)) for n in range(BURST)] == [0.0] * BURST
    assert throttle.wait("one more") == 30.0
    clock.now += 10
    assert throttle.wait("one more") == pytest.approx(20.0)
    clock.now += 20
    assert throttle.wait("one more") == 0.0
    clock.now += 1e9  # an idle week gives no more than there were at first
    assert [throttle.wait(f"later {n}") for n in range(BURST + 1)][-2:] == [0.0, 30.0]


def test_it_forgets_before_it_grows() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    for number in range(5 * REMEMBERED):
        clock.now += 30
        assert throttle.wait(str(number)) == 0.0
        throttle.succeeded(str(number))
        assert throttle.wait(f"{number} wrong") == 0.0
        clock.now += 30
    assert len(throttle._tries) == len(throttle._known) == REMEMBERED


def test_codes_are_six_digits_and_never_the_same_twice_in_a_row() -> None:
    clock, told = Clock(), list[str]()
    pairing = Pairing(clock, told.append)
    for _ in range(50):
        code = pairing.code()
        assert code == pairing.code()
        assert len(code) == 6
        assert code.isdecimal()
        clock.now += 3600
    assert len(told) == 50
    assert all(one != another for one, another in pairwise(told))


@pytest.mark.parametrize("given", ["", "12345", "1234567", "ééé", "-12345", "１２３４５６"])
def test_nonsense_does_not_fit(given: str) -> None:
    pairing = Pairing(Clock(), lambda _: None)
    assert not pairing.fits(given)
