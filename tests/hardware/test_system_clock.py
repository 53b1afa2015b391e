"""The kernel's word about the clock."""

import ctypes

import pytest

from hardware.system_clock import synchronised


@pytest.mark.parametrize(("state", "known"), [(0, True), (1, True), (4, True), (5, False), (-1, False)])
def test_what_adjtimex_says(monkeypatch: pytest.MonkeyPatch, state: int, known: bool) -> None:
    asked: list[bytes] = []

    class Libc:
        def adjtimex(self, room: ctypes.Array[ctypes.c_char]) -> int:
            asked.append(room.raw)
            return state

    monkeypatch.setattr(ctypes, "CDLL", lambda _: Libc())
    monkeypatch.setattr("sys.platform", "linux")
    assert synchronised() is known
    assert not any(asked[0])  # zeros change nothing


def test_this_machine_answers() -> None:
    assert synchronised() in {True, False}


def test_elsewhere_nobody_can_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    assert synchronised() is False
