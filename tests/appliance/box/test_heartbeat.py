"""The controller's sign of life, and the guardian's reading of it: two codes, one format."""

import asyncio
import fcntl
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from appliance.box.heartbeat import BEAT, LOCK, REPORT, RIG, WAITING, Heartbeat, rig_file, what_is_left
from appliance.box.notify import Notifier
from appliance.cli.demo import SITES, demo_profile
from appliance.guardian.alarm import Report
from appliance.guardian.brief import Device, read_brief
from appliance.guardian.ending import started
from appliance.guardian.pulse import Beat, read_beat
from appliance.profile import Profile, load_profile
from hardware.devices import IndiServer

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
SERVER = IndiServer("/run/nightbox/indi.sock", 7624)


def heartbeat(folder: Path) -> Heartbeat:
    return Heartbeat(folder, Notifier(None))


def beat(folder: Path) -> Beat:
    found = read_beat(folder / BEAT)
    assert found is not None
    return found


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    path = tmp_path / "profile.toml"
    guardian = '\n[guardian]\nsilence_seconds = 30\nbuzzer_pin = "GPIO5"\n'
    sensor = '[park_sensor]\ndriver = "gpio"\nname = "Switch"\n[park_sensor.setup]\npin = "GPIO17"\n'
    path.write_text(demo_profile("indi", SITES[0]) + guardian + sensor)
    return load_profile(path)


async def test_the_guardian_understands_what_must_be_made_safe(tmp_path: Path, profile: Profile) -> None:
    async with heartbeat(tmp_path).holding(rig_file(profile, SERVER), print):
        brief = read_brief(tmp_path / RIG)
    assert brief is not None
    assert brief.mount is not None
    assert brief.mount.name == "Telescope Simulator"
    assert brief.roof == Device("indi", "Dome Simulator")
    assert brief.park_sensor == Device("gpio", "Switch", {"pin": "GPIO17"})
    assert (brief.socket, brief.port, brief.clears_telescope) == (SERVER.socket, SERVER.port, True)
    assert (brief.silence_seconds, brief.alarm_seconds, brief.park_seconds) == (30.0, 300.0, 150.0)
    assert (brief.buzzer_pin, brief.alarm_command) == ("GPIO5", ())


async def test_it_beats_only_while_the_safety_watch_lives(tmp_path: Path) -> None:
    heart = heartbeat(tmp_path)
    async with heart.holding({}, print):
        await asyncio.sleep(10.5)
        first = beat(tmp_path)
        assert first.counter >= 10
        assert started(first.pid) == first.started
        assert first.at_rest
        heart.alive = lambda: False
        await asyncio.sleep(60.0)
        assert beat(tmp_path) == first
        heart.alive, heart.at_stake = lambda: True, lambda: True
        await asyncio.sleep(1.0)
        assert not beat(tmp_path).at_rest


async def test_only_the_last_word_says_that_nothing_is_at_stake(tmp_path: Path) -> None:
    heart = heartbeat(tmp_path)
    async with heart.holding({}, print):
        heart.at_stake = lambda: True
        await asyncio.sleep(1.0)
    assert not beat(tmp_path).at_rest
    later = heartbeat(tmp_path)
    async with later.holding({}, print):
        await asyncio.sleep(1.0)
        assert not beat(tmp_path).at_rest  # what the one before left is still there
        later.rest(True)
        await asyncio.sleep(1.0)
    assert beat(tmp_path).at_rest


async def test_it_waits_for_the_guardian_and_hears_what_was_done(tmp_path: Path) -> None:
    report = Report(tmp_path, "silence")
    report.say("Parking Mount.")
    said: list[str] = []
    heart = heartbeat(tmp_path)

    async def hold() -> None:
        async with heart.holding({}, said.append):
            pass

    with (tmp_path / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        waiting = asyncio.create_task(hold())
        await asyncio.sleep(30.0)
        assert not waiting.done()
        assert not (tmp_path / RIG).exists()
        assert (tmp_path / WAITING).exists()
        report.end(safe=True)
    await waiting
    assert said == ["Waiting: the guardian is making the rig safe."]
    assert not (tmp_path / WAITING).exists()
    assert (heart.left.why, heart.left.did) == ("silence", ("Parking Mount.",))
    assert heart.left.at_rest
    assert not heart.left.unsafe
    assert not (tmp_path / REPORT).exists()


@pytest.mark.parametrize("text", ["", "[]", "{", json.dumps({"safe": False, "acted": True})])
async def test_whatever_is_left_is_read(tmp_path: Path, text: str) -> None:
    (tmp_path / REPORT).write_text(text)
    assert what_is_left(tmp_path).unsafe is text.startswith('{"safe"')


async def test_a_person_sees_that_the_guardian_has_the_rig_for_as_long_as_it_has(tmp_path: Path) -> None:
    seen: list[str] = []

    @asynccontextmanager
    async def shown() -> AsyncIterator[None]:
        seen.append("waits")
        yield
        seen.append("has it")

    heart = heartbeat(tmp_path)
    heart.waiting = shown
    async with heart.holding({}, print):
        assert seen == []  # nobody else had it
    with (tmp_path / LOCK).open("w") as guardians:
        fcntl.flock(guardians, fcntl.LOCK_EX)
        holding = asyncio.create_task(_hold(heart))
        await asyncio.sleep(5.0)
        assert seen == ["waits"]
    await holding
    assert seen == ["waits", "has it"]


async def _hold(heart: Heartbeat) -> None:
    async with heart.holding({}, print):
        pass
