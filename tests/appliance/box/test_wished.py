"""A controller that dies leaves a night that is wanted: the next one knows, by the journal, and goes on."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appliance.box.box import Box
from appliance.box.commands import commands
from appliance.box.heartbeat import Left
from appliance.box.wished import Wish, still_wanted
from appliance.cli.compose import abandoned, in_use
from appliance.plan import Plan
from tests.appliance.safety.site import Site, profile, stand_in
from tests.appliance.sequence.night_rig import plan

PLAN = plan(("L", 3))
HOUR = 3600.0
Place = Callable[..., Site]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    sites: list[Site] = []

    def make(seconds: float = 12 * HOUR) -> Site:
        monkeypatch.setattr(Box, "sequence", stand_in(seconds))
        sites.append(Site(tmp_path, profile()))
        return sites[-1]

    yield make
    for site in sites:
        site.close()


def dies(site: Site, story: Callable[[Site, Box], object], seconds: float = 300.0) -> None:
    """One life of the controller that ends in the middle of something."""

    async def life(site: Site, box: Box) -> None:
        site.crash_at = site.loop.now + seconds
        story(site, box)
        await asyncio.Event().wait()

    site.live(PLAN, life)


def left(site: Site, later: float = 0.0, wanted: Plan = PLAN) -> Wish | None:
    """What the next controller finds."""
    found: list[Wish | None] = []

    async def life(site: Site, box: Box) -> None:
        now = box.observer.unix() + later
        found.append(await still_wanted(box.journal, wanted, box.observer.site, now))

    site.live(PLAN, life)
    return found[0]


def start(_: Site, box: Box) -> None:
    box.start()


def test_a_night_that_was_started_is_wanted_until_its_dawn(place: Place) -> None:
    site = place()
    dies(site, start)
    assert left(site) == Wish()
    assert left(site, later=16 * HOUR) is None
    assert left(site, wanted=PLAN.model_copy(update={"name": "Another"})) is None


def test_what_nobody_started_is_not_wanted(place: Place) -> None:
    site = place()
    dies(site, lambda *_: None)
    assert left(site) is None


@pytest.mark.parametrize("command", ["stop", "roof_stop"])
def test_a_person_who_stops_does_not_want_it_any_more(place: Place, command: str) -> None:
    site = place()

    async def stop(box: Box) -> None:
        await asyncio.sleep(100.0)
        by_name = {one.name: one for one in commands(box)}
        await by_name[command].run(by_name[command].arguments())

    def story(_: Site, box: Box) -> None:
        box.start()
        stopping.append(asyncio.ensure_future(stop(box)))

    stopping: list[object] = []
    dies(site, story)
    assert left(site) is None


def test_a_night_that_came_to_its_end_is_over(place: Place) -> None:
    site = place(seconds=60.0)
    dies(site, start, seconds=HOUR)
    assert site.heard("The night is over: complete.")
    assert left(site) is None


def test_one_that_waits_in_the_rain_is_wanted(place: Place) -> None:
    site = place()

    async def rain(site: Site) -> None:
        await asyncio.sleep(200.0)
        site.troubles.rain = 1.0

    def story(site: Site, box: Box) -> None:
        box.start()
        raining.append(asyncio.ensure_future(rain(site)))

    raining: list[object] = []
    dies(site, story, seconds=900.0)
    assert site.heard("Waiting until it is safe")
    assert left(site) == Wish()


def test_one_that_was_paused_goes_on_to_be_paused(place: Place) -> None:
    site = place()

    def story(_: Site, box: Box) -> None:
        box.start()
        box.pause()

    dies(site, story)
    assert left(site) == Wish(paused=True)

    def again(_: Site, box: Box) -> None:
        box.go_on(Wish(paused=True))
        assert box.gate.paused
        box.start()

    dies(site, again)
    assert left(site) == Wish()


def test_one_that_has_killed_its_controller_again_and_again_waits_for_a_person(place: Place) -> None:
    site = place()
    dies(site, start)
    for _ in range(3):
        assert left(site) == Wish()
        dies(site, lambda _, box: box.go_on(Wish()))
    assert left(site) == Wish(hopeless=True)
    dies(site, start)  # a person has looked at it
    assert left(site) == Wish()


@pytest.mark.parametrize(
    ("how", "goes_on", "expected"),
    [
        (Left(at_rest=True), True, False),
        (Left(at_rest=False), False, True),
        (Left(at_rest=False, rebooted=True), True, True),
        (Left(at_rest=False, rebooted=True), False, False),  # it may have been carried home
    ],
)
def test_whether_the_mount_is_still_out_there(how: Left, goes_on: bool, expected: bool) -> None:
    assert in_use(how, goes_on=goes_on) is expected


@pytest.mark.parametrize(
    ("how", "roof", "goes_on", "expected"),
    [
        (Left(at_rest=False), True, False, True),
        (Left(at_rest=False), True, True, False),
        (Left(at_rest=True), True, False, False),
        (Left(at_rest=False, acted=True), True, True, True),  # the guardian did not come to an end
        (Left(at_rest=False, rebooted=True), True, False, True),
        (Left(at_rest=False, rebooted=True), False, False, False),  # it may have been carried home
        (Left(at_rest=False), False, False, True),
    ],
)
def test_what_is_made_safe_before_anything_else(how: Left, roof: bool, goes_on: bool, expected: bool) -> None:
    rig = profile() if roof else profile(roof=None, park_sensor=None)
    assert abandoned(how, rig, goes_on=goes_on) is expected
