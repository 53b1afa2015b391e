"""Frames for a client that lags are asked for no more, and again once it has caught up; it is told both."""

import asyncio

import pytest

from appliance.surfaces.indi_passthrough.frames import AGAIN, BEHIND_SECONDS, LEFT_OUT, MOST_WISHES, Frames
from hardware.indi_wire import enable_blob, encode

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
ALSO = enable_blob("Also", "CCD", "CCD1")


def frames() -> tuple[Frames, list[bytes]]:
    said: list[bytes] = []
    return Frames(said.append), said


async def test_who_keeps_up_gets_every_frame() -> None:
    one, said = frames()
    one.wish(ALSO)
    for waited in (False, False, True, False, True):
        assert one.read(waited=waited) == b""
        await asyncio.sleep(BEHIND_SECONDS * 0.9)
    assert said == []


async def test_who_lags_gets_none_until_it_has_caught_up() -> None:
    one, said = frames()
    one.wish(ALSO)
    one.wish(enable_blob("Never", "CCD", "CCD2"))
    assert one.read(waited=False) == b""
    await asyncio.sleep(BEHIND_SECONDS)
    assert one.read(waited=False) == encode(enable_blob("Never", "CCD", "CCD1"))
    assert one.read(waited=False) == b"", "it was said once"
    assert LEFT_OUT.encode() in said[0]
    assert one.read(waited=True) == encode(ALSO) + encode(enable_blob("Never", "CCD", "CCD2"))
    assert AGAIN.encode() in said[1]


async def test_a_write_that_waits_counts_as_well() -> None:
    one, _ = frames()
    one.wish(ALSO)
    since = asyncio.get_running_loop().time()
    assert one.look(None) == b""
    assert one.look(since) == b""
    await asyncio.sleep(BEHIND_SECONDS)
    assert one.look(since) != b""
    assert one.look(since) == b""


async def test_who_wants_no_frames_is_not_spoken_of() -> None:
    one, said = frames()
    one.read(waited=False)
    await asyncio.sleep(BEHIND_SECONDS)
    assert one.read(waited=False) == b""
    assert said == []


async def test_a_client_that_lags_again_and_again_is_not_told_each_time() -> None:
    one, said = frames()
    one.wish(ALSO)
    for _ in range(5):
        one.read(waited=False)
        await asyncio.sleep(BEHIND_SECONDS)
        one.read(waited=False)
        one.read(waited=True)
    assert sum(LEFT_OUT.encode() in words for words in said) == 1


async def test_wishes_are_bounded_and_said_again_to_a_new_server() -> None:
    one, _ = frames()
    for number in range(MOST_WISHES + 10):
        one.wish(enable_blob("Also", f"CCD {number}"))
    one.wish(enable_blob("Never", f"CCD {MOST_WISHES}"))
    wishes = list(one.wishes())
    assert len(wishes) == MOST_WISHES
    assert wishes[-1] == encode(enable_blob("Never", f"CCD {MOST_WISHES}"))
