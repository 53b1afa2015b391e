"""What every Link promises, each against a server's end that says what the test wants."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import numpy as np
import psutil
import pytest

from hardware.errors import DeviceLost
from hardware.indi.asyncio_link import AsyncioLink
from hardware.indi.link import Kind, Limits, Link, Property, State
from hardware.indi.pyindi_link import PyIndiLink
from tests.hardware.indi.spoken import (
    CAMERA,
    DEFINITION,
    Heard,
    Spoken,
    SpokenServer,
    plus_one,
    spoken_server,
)

pytestmark = pytest.mark.asyncio
COORD = Property(
    "Mount",
    "COORD",
    Kind.NUMBER,
    State.IDLE,
    {"RA": 5.51, "DEC": -0.5},
    limits={"RA": Limits(0, 24), "DEC": Limits(-90, 90)},
    labels={"RA": "RA (hh)", "DEC": ""},
)


@pytest.fixture
async def server() -> AsyncIterator[SpokenServer]:
    async with spoken_server() as server:
        yield server


@pytest.fixture(params=["asyncio", "pyindi"])
async def link(request: pytest.FixtureRequest, server: SpokenServer) -> AsyncIterator[Link]:
    made: Link = (
        AsyncioLink(server.path, plus_one)
        if request.param == "asyncio"
        else PyIndiLink(server.path, 1, plus_one)
    )
    yield made
    await made.close()


def open_files() -> int:
    return int(psutil.Process().num_fds())


async def connected(link: Link, server: SpokenServer) -> tuple[Heard, Spoken]:
    """A link that has asked for everything."""
    heard = Heard()
    connecting = asyncio.create_task(link.connect(heard))
    spoken = await server.accept()
    await connecting
    await spoken.read(b"<getProperties version=")
    await spoken.read(b"/>")
    return heard, spoken


async def test_it_hears_what_is_defined_changed_and_deleted_in_order(
    link: Link, server: SpokenServer
) -> None:
    heard, spoken = await connected(link, server)
    await spoken.say(DEFINITION)
    await spoken.say(DEFINITION)  # drivers repeat it whenever any client asks: no news
    await spoken.say(
        '<setNumberVector device="Mount" name="COORD" state="Busy" message="[INFO] off &amp; away">'
    )
    await spoken.say('<oneNumber name="RA">\n 6\n</oneNumber></setNumberVector>')
    await spoken.say('<message device="Mount" message="there"/><message message="all hear"/>')
    await spoken.say('<delProperty device="Mount" name="COORD"/><delProperty device="Mount"/>')
    busy = replace(COORD, state=State.BUSY, values={"RA": 6.0, "DEC": -0.5})
    events = [await heard.next() for _ in range(7)]
    texts = [event[-1].split(": ")[-1].strip() for event in events if event[0] == "said"]
    assert texts == ["[INFO] off & away", "there", "all hear"]
    assert [event for event in events if event[0] != "said"] == [
        ("defined", COORD),
        ("updated", busy),
        ("deleted", "Mount", "COORD"),
        ("deleted", "Mount", None),
    ]


async def test_each_kind_arrives_as_its_type(link: Link, server: SpokenServer) -> None:
    heard, spoken = await connected(link, server)
    await spoken.say(
        '<?xml version="1.0"?><!-- hello --><defTextVector device="D" name="T" state="Ok" perm="ro">'
        '<defText name="a">\n  caf\u00e9 &lt;1&gt;  \n</defText></defTextVector>'
        '<defSwitchVector device="D" name="S" state="Alert" perm="rw" rule="OneOfMany">'
        '<defSwitch name="a">\nOn\n</defSwitch><defSwitch name="b">Off</defSwitch></defSwitchVector>\n'
        '<defLightVector device="D" name="L" state="Busy">'
        '<defLight name="a">\nAlert\n</defLight></defLightVector>'
    )
    text, switch, light = [(await heard.next())[1] for _ in range(3)]
    assert (text.kind, text.state, text.values, text.writable) == (
        Kind.TEXT,
        State.OK,
        {"a": "café <1>"},
        False,
    )
    assert (switch.kind, switch.state) == (Kind.SWITCH, State.ALERT)
    assert (switch.values, switch.writable) == ({"a": True, "b": False}, True)
    assert (light.kind, light.values) == (Kind.LIGHT, {"a": State.ALERT})


async def test_commands_hold_exactly_the_elements_they_were_given(link: Link, server: SpokenServer) -> None:
    _, spoken = await connected(link, server)
    await link.send("D & Co", "N", Kind.NUMBER, {"a": -0.00001, "b": 12})
    said = await spoken.read(b"</newNumberVector>")
    assert b"D &amp; Co" in said
    assert said.count(b"<oneNumber") == 2
    await link.send("D", "T", Kind.TEXT, {"a": "x < y"})
    assert b"x &lt; y" in await spoken.read(b"</newTextVector>")
    await link.send("D", "S", Kind.SWITCH, {"a": True, "b": False})
    said = await spoken.read(b"</newSwitchVector>")
    assert said.count(b"On") == said.count(b"Off") == 1
    await link.want_pictures("D", "CCD1")
    said = await spoken.read(b"</enableBLOB>")
    assert b"CCD1" in said
    assert b"Also" in said


async def test_a_frame_is_decoded_from_the_drivers_memory_and_comes_in_its_turn(
    link: Link, server: SpokenServer
) -> None:
    heard, spoken = await connected(link, server)
    await spoken.say(CAMERA + DEFINITION)
    assert [(await heard.next())[0] for _ in range(2)] == ["defined", "defined"]
    before = open_files()
    content = bytes(range(200)) * 5000
    decoded = plus_one(np.frombuffer(content, dtype=np.uint8), ".raw")
    for _ in range(5):
        await spoken.frame(content)
        await spoken.say('<setNumberVector device="Mount" name="COORD" state="Ok"/>')
    for _ in range(5):
        what, picture = await heard.next()
        assert (what, picture.device, picture.name) == ("received", "Camera", "CCD1")
        assert (picture.content == decoded).all()
        assert (await heard.next())[0] == "updated"
    del picture
    assert open_files() <= before + 1  # libindi holds the last


async def test_what_cannot_be_decoded_is_an_error_in_the_pictures_place(
    link: Link, server: SpokenServer
) -> None:
    heard, spoken = await connected(link, server)
    await spoken.say(CAMERA)
    await heard.next()
    await spoken.frame(b"abc", ".jpg")
    picture = (await heard.next())[1]
    assert str(picture.content) == "the camera sent a .jpg file"


async def test_a_ping_is_answered_or_the_server_is_lost(link: Link, server: SpokenServer) -> None:
    _, spoken = await connected(link, server)
    pinging = asyncio.create_task(link.ping(10.0))
    await spoken.read(b"uid=")
    uid = (await spoken.read(b"/>")).strip(b" '\"/>").decode()
    await spoken.say(f'<pingReply uid="other"/><pingReply uid="{uid}"/>')
    await pinging
    with pytest.raises(DeviceLost, match=r"silent for 0.01 s"):
        await link.ping(0.01)


async def test_a_server_that_goes_is_lost_once_and_the_link_connects_again(
    link: Link, server: SpokenServer
) -> None:
    heard, spoken = await connected(link, server)
    pinging = asyncio.create_task(link.ping(10.0))
    await spoken.read(b"<pingRequest")
    spoken.sock.close()
    assert (await heard.next())[0] == "lost"
    with pytest.raises(DeviceLost):
        await pinging
    again, spoken = await connected(link, server)
    await spoken.say(DEFINITION)
    assert await again.next() == ("defined", COORD)
    assert heard.events.empty()


async def test_connecting_anew_hangs_up_and_the_earlier_listener_hears_no_more(
    link: Link, server: SpokenServer
) -> None:
    heard, spoken = await connected(link, server)
    again, later = await connected(link, server)
    assert await spoken.hung_up()
    await later.say(DEFINITION)
    assert await again.next() == ("defined", COORD)
    assert heard.events.empty()


async def test_nobody_there_is_lost(link: Link, server: SpokenServer) -> None:
    server.close()
    with pytest.raises(DeviceLost, match="nothing answers"):
        await link.connect(Heard())
