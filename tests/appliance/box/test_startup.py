"""Before a night that nobody watches: time, place, pole. What is not known waits for a person."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from appliance.asking import Questions
from appliance.box.startup import POLAR, Start, distance_km, start_up
from appliance.bus import Bus, Message, Said, who_is_needed
from appliance.errors import BadCommand, StartRefused
from appliance.journal import Journal, Line
from appliance.observer import Observer
from appliance.profile import StartupSection
from appliance.rig import Rig
from hardware.devices import Fix, Site
from hardware.errors import DeviceMissing

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime, pytest.mark.usefixtures("patient_workers")]

SITE = Site(48.1, 11.6, 520.0)
NOW = 1_795_204_800.0


class Receiver:
    """A rig that has a satellite receiver and nothing else; `site` None: it is not there."""

    def __init__(self, site: Site | None = None, ahead: float = 0.0) -> None:
        self._site, self._ahead, self.gnss = site, ahead, self if site else None

    async def bring(self, kind: str) -> None:
        if kind != "GNSS" or self._site is None:
            raise DeviceMissing(kind, "nothing answers")

    async def fix(self) -> Fix:
        at = asyncio.get_running_loop().time()
        assert self._site
        return Fix(self._site, NOW + at + self._ahead, at)


class Tracking(Receiver):
    """A rig whose mount was left tracking by a box that died."""

    def __init__(self, *, parked: bool = False) -> None:
        super().__init__()
        self.mount, self.name, self.parked, self.tracking = self, "EQ6", parked, True

    async def bring(self, kind: str) -> None:
        if kind != "mount":
            await super().bring(kind)

    async def status(self) -> "Tracking":
        return self

    async def track(self, on: bool) -> None:
        self.tracking = on


class Field:
    """One start: `asked` and `said` are what a person sees."""

    def __init__(self, journal: Journal) -> None:
        self.bus, self.journal = Bus(), journal
        self.observer = Observer(SITE, NOW, 0.0)
        self.known = True
        self.said: list[str] = []
        self.questions = Questions(self.bus.publish, self.observer.unix)

    async def starts(self, rig: Receiver | None = None, **section: object) -> None:
        start = Start(
            StartupSection.model_validate(section), cast(Rig, rig or Receiver()), self.journal, self.observer,
            self.questions, lambda: self.known, self._publish,
        )  # fmt: skip
        await start_up(start)

    def _publish(self, message: Message) -> None:
        self.bus.publish(message)
        if isinstance(message, Said):
            self.said.append(message.text)

    @property
    def asked(self) -> str:
        needed = who_is_needed(self.bus.states())
        return needed.text if needed else ""

    async def answer(self, said: str, within: float = 120.0) -> str:
        """Wait for the question, answer it, tell what it was."""
        async with asyncio.timeout(within):
            while not self.asked:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        question = self.asked
        self.questions.answer(said)
        return question

    async def confirm(self, code: str, ago: float) -> None:
        at = self.observer.unix() - ago
        await self.journal.add(
            Line(at=at, level="info", source="startup", text="yes", code=code, advice="", run=None)
        )


@pytest.fixture
async def field(tmp_path: Path) -> AsyncIterator[Field]:
    journal = await Journal.open(tmp_path / "journal.sqlite")
    yield Field(journal)
    await journal.close()


async def test_what_is_known_is_not_asked(field: Field) -> None:
    await field.starts(Receiver(Site(48.11, 11.6, 520.0)))
    assert field.said == []
    assert field.asked == ""


async def test_an_unknown_time_waits_for_a_person(field: Field) -> None:
    field.known = False
    start = asyncio.create_task(field.starts())
    await asyncio.sleep(600.0)
    assert not start.done()
    assert "Is it 2026-11-20 20:10 UTC?" in await field.answer("yes")
    await start
    assert field.asked == ""


@pytest.mark.parametrize("parked", [False, True])
async def test_nothing_tracks_on_without_the_time(parked: bool, field: Field) -> None:
    field.known = False
    rig = Tracking(parked=parked)
    start = asyncio.create_task(field.starts(rig))
    await field.answer("yes")
    await start
    assert rig.tracking is parked  # a parked mount may say what it likes
    assert (field.said[:1] == ["EQ6 stands still until the time is known."]) is not parked


async def test_a_no_to_the_time_refuses_the_start(field: Field) -> None:
    field.known = False
    start = asyncio.create_task(field.starts())
    await field.answer("no")
    with pytest.raises(StartRefused, match="time"):
        await start
    assert field.asked == ""


async def test_a_clock_that_is_set_meanwhile_needs_nobody(field: Field) -> None:
    field.known = False
    start = asyncio.create_task(field.starts())
    await asyncio.sleep(60.0)
    field.known = True
    await asyncio.sleep(10.0)
    assert start.done()
    await start
    assert field.asked == ""
    assert "The clock has been set." in field.said


async def test_the_satellites_set_an_unknown_clock(field: Field) -> None:
    field.known = False
    await field.starts(Receiver(SITE, ahead=7200.0))
    assert field.observer.unix() == pytest.approx(NOW + 7200.0 + asyncio.get_running_loop().time())
    assert field.said == ["The clock was 7200 s slow: set by the satellites."]


async def test_a_known_clock_is_left_alone(field: Field) -> None:
    await field.starts(Receiver(SITE, ahead=7200.0))
    assert field.observer.unix() == pytest.approx(NOW + asyncio.get_running_loop().time())


async def test_another_place_needs_a_word_and_a_yes_is_remembered(field: Field) -> None:
    far = Receiver(Site(47.1, 8.5, 400.0))
    start = asyncio.create_task(field.starts(far))
    assert "km from the profile's site" in await field.answer("yes")
    await start
    await field.confirm("startup.place", 3600.0)
    await field.starts(far)
    other = asyncio.create_task(field.starts(far, max_site_km=300.0))
    await other


async def test_a_no_to_the_place_refuses_the_start(field: Field) -> None:
    start = asyncio.create_task(field.starts(Receiver(Site(47.1, 8.5, 400.0))))
    await field.answer("no")
    with pytest.raises(StartRefused, match="place"):
        await start


async def test_a_silent_receiver_holds_nobody_up_for_long(field: Field) -> None:
    class Silent(Receiver):
        async def fix(self) -> Fix:
            await asyncio.Event().wait()
            raise AssertionError

    async with asyncio.timeout(61.0):
        await field.starts(Silent(SITE))


async def test_polar_is_asked_only_where_the_profile_says_so(field: Field) -> None:
    await field.starts()
    start = asyncio.create_task(field.starts(ask_polar=True))
    assert await field.answer("yes") == "Polar aligned?"
    await start
    assert "The polar alignment was confirmed." in field.said


@pytest.mark.parametrize(("hours", "asked"), [(1.0, False), (11.9, False), (12.1, True)])
async def test_a_yes_to_polar_lasts_for_some_hours(field: Field, hours: float, asked: bool) -> None:
    await field.confirm(POLAR, hours * 3600)
    start = asyncio.create_task(field.starts(ask_polar=True))
    await asyncio.sleep(1.0)
    assert start.done() is not asked
    start.cancel()
    await asyncio.gather(start, return_exceptions=True)
    assert field.asked == ""


async def test_two_questions_wait_for_each_other(field: Field) -> None:
    one = asyncio.create_task(field.questions.ask("a", "one?"))
    two = asyncio.create_task(field.questions.ask("b", "two?", ("left", "right")))
    await asyncio.sleep(0.1)
    assert field.asked == "one?"
    with pytest.raises(BadCommand, match="none of the answers"):
        field.questions.answer("left")
    field.questions.answer("no")
    assert await one == "no"
    await asyncio.sleep(0.1)
    assert field.asked == "two?"
    field.questions.answer("right")
    assert await two == "right"
    with pytest.raises(BadCommand, match="nothing is asked"):
        field.questions.answer("right")


async def test_distance() -> None:
    """Zürich to Munich, by the great circle: 242 km."""
    assert distance_km(Site(47.377, 8.541), Site(48.137, 11.575)) == pytest.approx(242.0, abs=2.0)
    assert distance_km(Site(0.0, 179.9), Site(0.0, -179.9)) == pytest.approx(22.2, abs=0.1)
