"""The link in plain asyncio, against what a server should not do."""

import asyncio
import base64
import socket
from collections.abc import AsyncIterator
from threading import Event
from typing import Any

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from hardware.errors import DeviceLost, DeviceRefused
from hardware.indi import line
from hardware.indi.asyncio_link import AsyncioLink
from hardware.indi.link import Kind
from tests.hardware.indi.spoken import (
    CAMERA,
    DEFINITION,
    Heard,
    Spoken,
    SpokenServer,
    memory,
    plus_one,
    spoken_server,
)

pytestmark = pytest.mark.asyncio


@pytest.fixture
async def server() -> AsyncIterator[SpokenServer]:
    async with spoken_server() as server:
        yield server


@pytest.fixture
async def link(server: SpokenServer) -> AsyncIterator[AsyncioLink]:
    files = psutil.Process().num_fds()
    link = AsyncioLink(server.path, plus_one)
    yield link
    await link.close()
    server.close()
    await closed_but(files - 1)  # the server's own was closed, too


async def closed_but(files: int) -> None:
    """Not more than so many are open, as soon as the worker has let go of its last frame."""
    async with asyncio.timeout(10):
        while psutil.Process().num_fds() > files:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)


async def connected(link: AsyncioLink, server: SpokenServer) -> tuple[Heard, Spoken]:
    heard = Heard()
    await link.connect(heard)
    return heard, await server.accept()


@pytest.mark.parametrize(
    ("says", "problem"),
    [
        (4, "says it has 4 bytes; its buffer has 3"),
        (0, "says it has 0 bytes"),
        (-1, "says it has -1 bytes"),
        (1 << 62, "its buffer has 3"),
    ],
)
async def test_a_buffer_is_never_read_beyond_its_end(
    link: AsyncioLink, server: SpokenServer, says: int, problem: str
) -> None:
    heard, spoken = await connected(link, server)
    await spoken.frame(b"abc", says=says)
    _, picture = await heard.next()
    assert isinstance(picture.content, ValueError)
    assert problem in str(picture.content)
    await spoken.frame(b"abc")
    assert (await heard.next())[1].content.tolist() == [98, 99, 100]


async def test_frames_without_their_buffers_and_buffers_without_sense(
    link: AsyncioLink, server: SpokenServer
) -> None:
    heard, spoken = await connected(link, server)
    await spoken.say(
        '<setBLOBVector device="A" name="B"><oneBLOB name="B" len="3" attached="true"/></setBLOBVector>'
    )
    assert "did not come" in str((await heard.next())[1].content)
    with socket.socket() as no_file:
        await spoken.say(
            '<setBLOBVector device="A"><oneBLOB name="B" len="1" attached="true"/></setBLOBVector>',
            [no_file.fileno()],
        )
        assert "buffer has 0" in str((await heard.next())[1].content)
        # Nobody asks for these: they are closed with the connection, or with the element.
        await spoken.say(CAMERA, [no_file.fileno()] * 3)
        await spoken.say(b"<setBLOBVector><a></setBLOBVector>", [no_file.fileno()])
        assert (await heard.next())[0] == "defined"
    await spoken.frame(b"abc")
    assert (await heard.next())[1].content.tolist() == [98, 99, 100]


async def test_several_frames_of_one_vector(link: AsyncioLink, server: SpokenServer) -> None:
    heard, spoken = await connected(link, server)
    one = '<oneBLOB name="x" format=".raw" len="1" attached="true"/>'
    with memory(b"a") as a, memory(b"b") as b:
        await spoken.say(
            f'<setBLOBVector device="A">{one}<oneBLOB name="none" len="0"/>{one}</setBLOBVector>',
            [a, b],
        )
        assert [(await heard.next())[1].content.tolist() for _ in range(2)] == [[98], [99]]


async def test_a_frame_that_comes_as_text(link: AsyncioLink, server: SpokenServer) -> None:
    heard, spoken = await connected(link, server)
    content = bytes(range(256)) * 1000
    element = b"<setBLOBVector device='A'><oneBLOB name='B' format='.raw'>\n%b</oneBLOB></setBLOBVector>"
    await spoken.say(element % base64.encodebytes(content))
    _, picture = await heard.next()
    assert (picture.content == plus_one(np.frombuffer(content, dtype=np.uint8), ".raw")).all()
    await spoken.say(element % b"a")
    assert "no base64" in str((await heard.next())[1].content)


async def test_junk_and_nonsense_are_passed_over(
    link: AsyncioLink, server: SpokenServer, caplog: pytest.LogCaptureFixture
) -> None:
    heard, spoken = await connected(link, server)
    await spoken.say(b"\xff\x00 & <junk> <?xml?> <setNumberVector device=")  # half a message
    await spoken.say(b"<message><message2></message>")
    await spoken.say(DEFINITION.replace(b"5:30:36", b"soon").replace(b'state="Idle"', b'state="Fine"'))
    await spoken.say(
        '<setNumberVector device="Nobody" name="X"/><setTextVector device="Mount" name="COORD"/>'
    )
    await spoken.say('<newNumberVector device="Mount" name="COORD"><oneNumber name="RA">7</oneNumber>')
    await spoken.say("</newNumberVector><getProperties/><message device='Mount' message='end'/>")
    what, prop = await heard.next()
    assert what == "defined"
    assert np.isnan(prop.values["RA"])
    assert prop.state.value == "Alert"
    assert await heard.next() == ("said", "Mount", "end")
    assert len(caplog.records) == 1
    assert "no INDI" in caplog.text


async def test_an_element_without_an_end_ends_the_connection(link: AsyncioLink, server: SpokenServer) -> None:
    heard, spoken = await connected(link, server)
    telling = asyncio.create_task(spoken.say(b"<message message='" + b"x" * (3 << 20)))
    what, reason = await heard.next()
    assert what == "lost"
    assert "more than" in reason
    telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)
    with pytest.raises(DeviceLost, match="more than"):
        await link.send("A", "B", Kind.TEXT, {"a": "b"})


async def test_a_listener_that_fails_loses_the_connection_and_says_why(
    link: AsyncioLink, server: SpokenServer, caplog: pytest.LogCaptureFixture
) -> None:
    heard, spoken = await connected(link, server)
    heard.said = fail  # type: ignore[method-assign, assignment]
    await spoken.say("<message message='a'/>")
    assert (await heard.next())[0] == "lost"
    assert "ZeroDivisionError" in caplog.text


async def refusal(link: AsyncioLink, text: str) -> str:
    """Why it was not sent; empty when it was."""
    try:
        await link.send("A", "B", Kind.TEXT, {"a": text})
    except DeviceLost as lost:
        return lost.sentence
    return ""


def fail(*_: Any) -> None:
    raise ZeroDivisionError


@pytest.mark.looptime
async def test_a_server_that_takes_no_commands_is_lost_in_time_and_nothing_is_sent_by_halves(
    link: AsyncioLink, server: SpokenServer
) -> None:
    _, spoken = await connected(link, server)
    start = asyncio.get_running_loop().time()
    texts = [f"{n:06}" * 10_000 for n in range(40)]
    sent: list[str] = []
    while "has taken no command" not in await refusal(link, texts[len(sent)]):
        sent.append(texts[len(sent)])
    assert asyncio.get_running_loop().time() - start == pytest.approx(10.0, abs=0.1)
    while "reads nothing" not in await refusal(link, "more" * 10_000):
        pass
    assert sent
    # It reads again: what was begun comes whole, though nobody waits for it any more.
    for text in texts[: len(sent) + 1]:
        assert text.encode() in await spoken.read(b"</newTextVector>")


async def test_a_stopped_command_half_sent_is_sent_whole(link: AsyncioLink, server: SpokenServer) -> None:
    _, spoken = await connected(link, server)
    text = "x" * (line.MOST_UNSENT - 1000)
    sending = asyncio.create_task(link.send("A", "B", Kind.TEXT, {"a": text}))
    await asyncio.sleep(0)
    assert not sending.done()
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    after = asyncio.create_task(link.send("A", "C", Kind.TEXT, {"a": "y"}))
    assert text.encode() in await spoken.read(b"</newTextVector>")
    assert b'name="C"' in await spoken.read(b"</newTextVector>")
    await after


async def test_what_xml_cannot_say_is_refused(link: AsyncioLink, server: SpokenServer) -> None:
    await connected(link, server)
    with pytest.raises(DeviceRefused) as refused:
        await link.send("Camera", "B", Kind.TEXT, {"a": "\x00"})
    assert refused.value.device == "Camera"


async def test_without_a_connection_nothing_is_sent(link: AsyncioLink) -> None:
    with pytest.raises(DeviceLost, match="not connected"):
        await link.send("A", "B", Kind.TEXT, {"a": "b"})
    with pytest.raises(DeviceLost, match="not connected"):
        await link.ping(1.0)


async def test_hanging_up_while_a_frame_is_decoded_leaves_nothing_open(server: SpokenServer) -> None:
    files = psutil.Process().num_fds()
    begun, go_on = Event(), Event()

    def slow(raw: NDArray[np.uint8], form: str) -> NDArray[np.uint16]:
        begun.set()
        go_on.wait(10)
        return plus_one(raw, form)

    link = AsyncioLink(server.path, slow)
    heard, spoken = await connected(link, server)
    for _ in range(3):
        await spoken.frame(b"abc")
    async with asyncio.timeout(10):
        while not begun.is_set():  # noqa: ASYNC110 - a thread's
            await asyncio.sleep(0)
    await link.close()
    go_on.set()
    await closed_but(files + 1)  # the server's end alone
    assert heard.events.empty()
