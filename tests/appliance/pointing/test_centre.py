import asyncio
from collections.abc import Awaitable, Callable

import numpy as np
import pytest

from appliance.bus import Message, Said
from appliance.errors import CentringFailed, SolveFailed
from appliance.pointing.centre import Attempt, Centred, CentreSettings, Method, centre, rotated
from appliance.sky.coordinates import offset_by, separation_arcsec
from appliance.solve.solution import Solution
from hardware.devices import J2000
from tests.appliance.pointing.fake_mount import FakeMount, rotation, solution_at

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
SLANTED = rotation((0.3, -0.7, 0.5), 1.7)
TARGETS = [J2000(83.8, -5.4), J2000(0.01, 30.0), J2000(120.0, 85.0), J2000(200.0, 89.5), J2000(5.0, -89.9)]


def look_through(mount: FakeMount, seconds: float = 4.0) -> Callable[[], Awaitable[Solution]]:
    async def look() -> Solution:
        await asyncio.sleep(seconds)
        return solution_at(mount.pointing)

    return look


async def run(mount: FakeMount, target: J2000, settings: CentreSettings = CentreSettings()) -> Centred:  # noqa: B008
    return await centre(mount, look_through(mount), target, settings, lambda _: None)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("method", Method)
async def test_a_pointing_error_is_taken_out(target: J2000, method: Method) -> None:
    mount = FakeMount(SLANTED)
    done = await run(mount, target, CentreSettings(method=method))
    assert separation_arcsec(mount.pointing, target) < 30
    assert done.error_arcsec == pytest.approx(separation_arcsec(mount.pointing, target), abs=0.01)
    assert done.solution is done.attempts[-1].solution
    assert len(done.attempts) <= 4
    assert done.attempts[0].error_arcsec > 3000
    assert bool(mount.syncs) == (method is Method.SYNC)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    "mount", [FakeMount(SLANTED, obeys_sync=False), FakeMount(SLANTED, refuses_sync=True)]
)
async def test_a_mount_that_does_not_sync_is_offset(target: J2000, mount: FakeMount) -> None:
    mount = FakeMount(SLANTED, obeys_sync=mount.obeys_sync, refuses_sync=mount.refuses_sync)
    said: list[Message] = []
    done = await centre(mount, look_through(mount), target, CentreSettings(), said.append)
    assert separation_arcsec(mount.pointing, target) < 30
    assert done.attempts[-2].correction is Method.OFFSET or mount.refuses_sync
    assert any("aiming beside the target" in m.text for m in said if isinstance(m, Said))


async def test_on_target_at_once_nothing_is_corrected() -> None:
    mount, target = FakeMount(np.eye(3)), J2000(10.0, 41.0)
    said: list[Message] = []
    done = await centre(mount, look_through(mount), target, CentreSettings(), said.append)
    assert (len(done.attempts), mount.slews, mount.syncs) == (1, [target], [])
    assert [m.text for m in said if isinstance(m, Said)] == ['Centred: 0" off after 1 look.']


async def test_random_errors_are_tried_again_until_one_is_small() -> None:
    landed = 0
    for seed in range(20):
        mount = FakeMount(SLANTED, scatter_arcsec=12.0, seed=seed)
        done = await run(mount, J2000(83.8, -5.4), CentreSettings(attempts=10))
        landed += separation_arcsec(mount.pointing, J2000(83.8, -5.4)) < 30
        assert done.error_arcsec <= 30
    assert landed == 20


async def test_a_mount_that_scatters_too_much_fails_with_its_numbers() -> None:
    mount = FakeMount(np.eye(3), scatter_arcsec=4000.0)
    reported: list[Attempt] = []

    async def on_attempt(attempt: Attempt) -> None:
        reported.append(attempt)

    with pytest.raises(CentringFailed) as failed:
        await centre(
            mount, look_through(mount), J2000(83.8, -5.4), CentreSettings(attempts=3), lambda _: None,
            on_attempt=on_attempt,
        )  # fmt: skip
    assert "after 3 looks" in failed.value.sentence
    assert '30" is allowed' in failed.value.sentence
    assert [attempt.number for attempt in reported] == [1, 2, 3]
    assert reported[-1].correction is None
    assert len(mount.slews) == 3


async def test_every_attempt_is_reported_before_the_next_slew() -> None:
    mount = FakeMount(SLANTED)
    seen: list[tuple[int, int]] = []

    async def on_attempt(attempt: Attempt) -> None:
        seen.append((attempt.number, len(mount.slews)))

    await centre(
        mount, look_through(mount), TARGETS[0], CentreSettings(), lambda _: None, on_attempt=on_attempt
    )
    assert seen == [(n, n) for n in range(1, len(seen) + 1)]


async def test_a_frame_that_cannot_be_solved_ends_it() -> None:
    async def blind() -> Solution:
        raise SolveFailed("No stars.")

    mount = FakeMount(SLANTED)
    with pytest.raises(SolveFailed):
        await centre(mount, blind, TARGETS[0], CentreSettings(), lambda _: None)
    assert mount.syncs == []


async def test_stop_ends_it_in_the_middle() -> None:
    mount = FakeMount(SLANTED)
    centring = asyncio.ensure_future(run(mount, TARGETS[0]))
    await asyncio.sleep(7.0)
    centring.cancel()
    with pytest.raises(asyncio.CancelledError):
        await centring
    assert len(mount.slews) == 1


@pytest.mark.parametrize("target", TARGETS)
async def test_the_turn_takes_what_was_found_to_the_target(target: J2000) -> None:
    found = offset_by(target, 70.0, 2.0)
    assert separation_arcsec(rotated(found, found, target), target) < 1e-3
    assert separation_arcsec(rotated(target, target, target), target) < 1e-3
    # Aiming at the target lands at `found`; so the new aim lies as far on the other side.
    assert separation_arcsec(rotated(target, found, target), target) == pytest.approx(7200, rel=1e-3)
