"""The box's memory: complete, durable, and unable to count a sub twice."""

import asyncio
import sqlite3
import sys
from pathlib import Path

import pytest

from appliance.errors import NotWritable
from appliance.journal import FocusRun, Journal, Run, Sub, SubState

WRITER = """
import asyncio, os, sys
from pathlib import Path
from appliance.journal import Journal, Run, Sub, SubState

async def main():
    journal = await Journal.open(Path(sys.argv[1]))
    run = await journal.add(Run(plan="p", plan_key="k", started=1.0))
    sub = await journal.add(Sub(run=run, step_key="s", number=1, target="M31", filter="L", seconds=1.0))
    await journal.change(Sub, sub, state=SubState.SAVED, file="a.fits")
    os.kill(os.getpid(), 9)

asyncio.run(main())
"""


def sub(run: int, number: int = 1, state: SubState = SubState.SAVED, file: str | None = None) -> Sub:
    return Sub(
        run=run, step_key="M31: L 60s", number=number, target="M31", filter="L", seconds=60.0,
        state=state, file=file,
    )  # fmt: skip


async def opened(folder: Path) -> tuple[Journal, int]:
    journal = await Journal.open(folder / "journal.sqlite")
    return journal, await journal.add(Run(plan="Night", plan_key="n", started=1.0))


async def test_records_come_back_as_they_were(tmp_path: Path) -> None:
    journal, run = await opened(tmp_path)
    focus = FocusRun(
        run=run, reason="start", filter="L", started=1.0, ended=2.0, position=36700, hfr=1.5,
        goodness=0.99, model={"kind": "hyperbola", "a": 1.5}, points=[{"position": 1, "hfr": 2.0}],
    )  # fmt: skip
    await journal.add(focus)
    await journal.close()
    journal = await Journal.open(tmp_path / "journal.sqlite")
    (again,) = await journal.read(FocusRun, run=run)
    assert again.model == focus.model
    assert again.points == focus.points
    await journal.close()


async def test_a_journal_of_an_older_version_gains_what_is_new(tmp_path: Path) -> None:
    journal, run = await opened(tmp_path)
    await journal.close()
    with sqlite3.connect(tmp_path / "journal.sqlite") as old:
        for column in ("method", "exposures", "celsius"):
            old.execute(f"ALTER TABLE focus_run DROP COLUMN {column}")
        old.execute("ALTER TABLE sub DROP COLUMN guide_arcsec")
        old.execute(
            "INSERT INTO focus_run (run, reason, filter, started, ended, position, model, points)"
            " VALUES (?, 'start', 'L', 1.0, 2.0, 36700, '{}', '[]')",
            [run],
        )
    old.close()
    journal = await Journal.open(tmp_path / "journal.sqlite")
    (again,) = await journal.read(FocusRun, run=run)
    assert (again.position, again.method, again.celsius) == (36700, "sweep", None)
    assert await journal.read(Sub, guide_arcsec=0.5) == []
    await journal.close()


async def test_a_number_is_saved_once(tmp_path: Path) -> None:
    journal, run = await opened(tmp_path)
    await journal.add(sub(run, file="a.fits"))
    with pytest.raises(sqlite3.IntegrityError):
        await journal.add(sub(run, file="b.fits"))
    with pytest.raises(sqlite3.IntegrityError):
        await journal.add(sub(run, number=2, file="a.fits"))
    await journal.add(sub(run, state=SubState.LOST))
    await journal.add(sub(run, number=2, file="b.fits"))
    assert await journal.saved(run) == {"M31: L 60s": {1, 2}}
    await journal.close()


async def test_what_was_written_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    died = await asyncio.create_subprocess_exec(sys.executable, "-c", WRITER, str(path))
    await died.wait()
    assert died.returncode == -9
    journal = await Journal.open(path)
    assert await journal.saved(1) == {"s": {1}}
    await journal.close()


async def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotWritable, match="cannot be written"):
        await Journal.open(tmp_path / "missing" / "journal.sqlite")


async def test_what_is_asked_before_every_sub(tmp_path: Path) -> None:
    journal, run = await opened(tmp_path)
    try:
        assert (await journal.saved(run), await journal.newest_sub(run)) == ({}, None)
        for number, state, started in (
            (1, SubState.SAVED, 30.0),
            (2, SubState.LOST, 20.0),
            (3, SubState.SAVED, 10.0),
        ):
            file = f"M31/M31_{number}.fits" if state is SubState.SAVED else None
            await journal.add(
                Sub(run=run, step_key="s", number=number, target="M31", filter="L", seconds=1.0, state=state,
                    started=started, file=file)
            )  # fmt: skip
        assert await journal.saved(run) == {"s": {1, 3}}
        assert [sub.file for sub in await journal.with_files("M31/M31_1")] == ["M31/M31_1.fits"]
        assert {sub.file for sub in await journal.with_files("M31/")} == {"M31/M31_1.fits", "M31/M31_3.fits"}
        newest = await journal.newest_sub(run)
        assert newest is not None
        assert newest.number == 1
    finally:
        await journal.close()
