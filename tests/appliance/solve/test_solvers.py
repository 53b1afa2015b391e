import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from appliance.bus import Message, Said
from appliance.errors import BadProfile, SolveFailed
from appliance.imaging.stars import StarField
from appliance.solve.engine import EngineSolver
from appliance.solve.near import NearSolver
from appliance.solve.solution import Hint, Solution, Solver
from appliance.solve.solvers import available, solve_with_fallback
from appliance.solve.wcs import solution_of
from hardware.devices import J2000
from hardware.stars.catalogue import stars_within
from tests.appliance.solve.skies import Scene, projection

pytestmark = [pytest.mark.asyncio, pytest.mark.looptime]
HINT = Hint(J2000(10.0, 20.0), 3.0, 2.0)


@dataclass
class Scripted:
    """Solves only what `when` accepts, after `seconds`."""

    name: str
    when: Callable[[Hint], bool] = lambda _: False
    seconds: float = 1.0
    asked: list[Hint] = field(default_factory=list)

    async def solve(self, stars: StarField, hint: Hint, image: Path | None = None) -> Solution:
        self.asked.append(hint)
        await asyncio.sleep(self.seconds)
        if not self.when(hint):
            raise SolveFailed(f"{self.name}: nothing.")
        tan = projection(J2000(10.0, 20.0), 2.0, 0.0, False)
        return solution_of(tan, 1280, 1024, matched=9, solver=self.name, seconds=self.seconds)


async def test_the_first_answer_is_taken(random_field: StarField) -> None:
    first, second = Scripted("first", lambda _: True), Scripted("second", lambda _: True)
    solution = await solve_with_fallback([first, second], random_field, HINT)
    assert solution.solver == "first"
    assert first.asked == [HINT]
    assert not second.asked


async def test_a_wrong_hint_is_dropped_before_the_next_solver(random_field: StarField) -> None:
    said: list[Message] = []
    first = Scripted("first", lambda hint: hint.centre is None)
    solution = await solve_with_fallback([first, Scripted("second")], random_field, HINT, publish=said.append)
    assert solution.solver == "first"
    assert [hint.centre for hint in first.asked] == [HINT.centre, None]
    assert [m.text for m in said if isinstance(m, Said)] == ["Trying first all over the sky."]


async def test_the_next_solver_gets_the_hint_again(random_field: StarField) -> None:
    second = Scripted("second", lambda hint: hint.centre is not None)
    assert (await solve_with_fallback([Scripted("first"), second], random_field, HINT)).solver == "second"


async def test_failure_says_what_was_tried(random_field: StarField) -> None:
    with pytest.raises(SolveFailed) as failed:
        await solve_with_fallback([Scripted("first"), Scripted("second")], random_field, HINT)
    for words in ("30 stars", "near the expected place: first: nothing", "at any scale: second: nothing"):
        assert words in failed.value.sentence
    assert "2.00 arcseconds per pixel" in failed.value.advice


async def test_the_time_limit_holds_for_all_together(random_field: StarField) -> None:
    clock = asyncio.get_running_loop().time
    began = clock()
    with pytest.raises(SolveFailed, match="stopped after 5 s"):
        await solve_with_fallback(
            [Scripted(name, seconds=3.0) for name in "abc"], random_field, HINT, within=5.0
        )
    assert clock() - began == pytest.approx(5.0)


@pytest.mark.parametrize("count", [0, 1, 4])
async def test_an_empty_field_fails_at_once(few_stars: Callable[[int], StarField], count: int) -> None:
    solver = Scripted("never asked")
    with pytest.raises(SolveFailed, match="found; 5 are the least") as failed:
        await solve_with_fallback([solver], few_stars(count), HINT)
    assert not solver.asked
    assert "clouds" in failed.value.advice


async def test_without_any_solver_the_advice_is_to_install_one(random_field: StarField) -> None:
    with pytest.raises(SolveFailed, match="no solver is installed") as failed:
        await solve_with_fallback([], random_field, HINT)
    assert "astrometry.net" in failed.value.advice


async def test_the_profile_chooses() -> None:
    assert [solver.name for solver in available(("near",))] == ["built-in"]
    with pytest.raises(BadProfile, match=r"solver\.order.*'atsap'.*astap"):
        available(("near", "atsap"))


async def test_what_is_not_installed_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    said: list[Message] = []
    found = available(("engine", "astap", "solve-field", "near"), publish=said.append)
    assert [solver.name for solver in found] == ["built-in"]
    texts = [m.text for m in said if isinstance(m, Said)]
    assert len(texts) == 3
    assert "ASTAP is left out: ASTAP is not installed." in texts


@pytest.mark.solver
@pytest.mark.looptime(False)
async def test_a_real_field_with_a_wrong_hint_is_solved_blind(scene: Scene) -> None:
    wrong = Hint(J2000((scene.centre.ra_deg + 90) % 360, 10.0), 2.0, scene.scale)
    assert EngineSolver().missing() is None  # `make test` installs it
    solvers: list[Solver] = [NearSolver(stars_within), EngineSolver()]
    solution = await solve_with_fallback(solvers, scene.stars, wrong)
    assert solution.solver == "astrometry.net engine"
    assert solution.centre.ra_deg == pytest.approx(scene.centre.ra_deg, abs=0.05)
