"""The page's rehearsal: a process of its own, one at a time, gone in time, told to the page."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from appliance.api import Api, Arguments
from appliance.box.box import Box
from appliance.bus import Bus, Message, Said
from appliance.cli.rehearsing import Foreseen, Rehearsal, Rehearsals
from appliance.errors import BadCommand
from appliance.jobs import Jobs
from appliance.journal import Journal, Run, Sub, SubState
from appliance.plan import load_plan, step_keys
from appliance.profile import load_profile
from appliance.sequence.resume import plan_key
from tests.appliance.cli.cli_files import Files

RESULT = {
    "good": False, "verdict": "One is foreseen.", "planned": 4, "expected": 3, "more": "things",
    "problems": [{"code": "plan.window", "sentence": "Too short.", "remedy": "Less.", "serious": True}],
}  # fmt: skip


class Stage:
    """A box as far as a rehearsal needs one, and a program in place of the real one."""

    def __init__(self, files: Files, journal: Journal) -> None:
        self.told: list[Message] = []
        self.bus = Bus()
        self.publish = self.bus.publish
        self.bus.publish = self._hear  # type: ignore[method-assign]
        self.jobs = Jobs(self.bus.publish)
        self.folder, self.journal = files.out, journal
        box = SimpleNamespace(
            bus=self.bus, jobs=self.jobs, folder=files.out, plan=load_plan(files.plan),
            profile=load_profile(files.profile), journal=journal,
        )  # fmt: skip
        self.api = Api(self.bus, lambda: 0.0)
        self.made = Rehearsals(cast(Box, box), self.api)

    def _hear(self, message: Message) -> None:
        self.told.append(message)
        self.publish(message)

    def runs(self, script: str) -> Rehearsals:
        self.made.program = (sys.executable, "-c", script)
        return self.made

    async def done(self) -> Rehearsal:
        assert self.made.task is not None
        await self.made.task
        return [message for message in self.told if isinstance(message, Rehearsal)][-1]

    def lines(self) -> list[str]:
        return [message.text for message in self.told if isinstance(message, Said)]


@pytest.fixture
async def stage(files: Files) -> AsyncIterator[Stage]:
    journal = await Journal.open(files.folder / "journal.sqlite")
    made = Stage(files, journal)
    yield made
    await made.made.end()
    await journal.close()


async def test_a_result_is_shown_with_its_page(stage: Stage) -> None:
    script = f"""
import os, sys
plan, _, profile, *rest = sys.argv[1:]
assert rest[:2] == ["--json", "--html"] and os.getpriority(os.PRIO_PROCESS, 0) in (0, 19)
open(rest[2], "w").write("the page")
from pathlib import Path
from appliance.profile import load_profile
from appliance.plan import load_plan, step_keys
from appliance.sequence.resume import plan_key
assert load_plan(Path(plan)).name == "First light"
assert load_profile(Path(profile)).storage.folder == Path(rest[2]).parent
print({json.dumps(RESULT)!r})
raise SystemExit(1)
"""
    assert await stage.runs(script).start(Arguments()) == "started"
    assert await stage.made.start(Arguments()) == "running"
    shown = await stage.done()
    assert shown == Rehearsal(
        source="rehearsal", phase="done", verdict="One is foreseen.", good=False,
        problems=(Foreseen("Too short.", "Less.", serious=True),), planned=4, expected=3, page=True,
    )  # fmt: skip
    assert stage.api.rehearsal == stage.folder / "rehearsal.html"
    assert stage.api.rehearsal.read_text() == "the page"
    assert stage.lines() == ["Rehearsal: One is foreseen."]
    assert next(message.phase for message in stage.told if isinstance(message, Rehearsal)) == "running"
    assert await stage.made.start(Arguments()) == "started"  # and again


async def test_a_refusal_is_told_in_its_own_words(stage: Stage) -> None:
    await stage.runs("import sys; sys.exit('✗ target.0.name: nothing is called so [input.plan]')").start(
        Arguments()
    )
    shown = await stage.done()
    assert shown.phase == "failed"
    assert "nothing is called so" in shown.verdict
    assert not shown.page
    assert stage.api.rehearsal is None


async def test_one_that_takes_too_long_is_ended(stage: Stage, tmp_path: Path) -> None:
    made = stage.runs(
        f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(99)"
    )
    made.within = 1.5
    await made.start(Arguments())
    shown = await stage.done()
    assert shown.phase == "failed"
    assert "more than" in shown.verdict
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


async def test_the_end_of_the_box_ends_it(stage: Stage, tmp_path: Path) -> None:
    await stage.runs("import time; time.sleep(99)").start(Arguments())
    await asyncio.sleep(0.05)
    task = stage.made.task
    await stage.made.end()
    assert task is not None
    assert task.cancelled()


async def test_not_while_the_night_runs(stage: Stage) -> None:
    async def night() -> None:
        await asyncio.sleep(3600)

    job: asyncio.Task[Any] = stage.jobs.start("sequence", night())
    with pytest.raises(BadCommand, match="night itself"):
        await stage.made.start(Arguments())
    job.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await job


async def test_only_what_is_missing_is_rehearsed(stage: Stage) -> None:
    plan = stage.made.box.plan
    run = await stage.journal.add(
        Run(plan=plan.name, plan_key=plan_key(plan), started=0.0, outcome="incomplete")
    )

    async def save(number: int) -> None:
        (key,) = step_keys(plan)[0]
        await stage.journal.add(
            Sub(
                run=run, step_key=key, number=number, target="Polaris", filter="L", seconds=60,
                state=SubState.SAVED, file=f"{number}.fits",
            )
        )  # fmt: skip

    await save(1)
    script = f"""
import sys
from pathlib import Path
from appliance.plan import load_plan
assert load_plan(Path(sys.argv[1])).total == 1
print({json.dumps(RESULT)!r})
"""
    await stage.runs(script).start(Arguments())
    assert (await stage.done()).phase == "done"
    await save(2)
    await stage.made.start(Arguments())
    assert (await stage.done()).verdict == "Every sub of the plan is saved already."
