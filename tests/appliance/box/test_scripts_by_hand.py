"""Programs of the folder `scripts`, run by hand in virtual time; test_scripts.py really runs programs."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from appliance.errors import BadCommand
from appliance.solve.process import Finished
from tests.appliance.box import open_field
from tests.appliance.surfaces.jsonrpc.scripts import OK, Script, script
from tests.appliance.surfaces.lonely_box import LonelyBox

SECONDS = 100.0


@dataclass
class Programs:
    """Pretends to run: for SECONDS each, then with this code."""

    code: int = 0
    commands: list[Sequence[str]] = field(default_factory=list)
    environment: Mapping[str, str] = field(default_factory=dict)
    ended: int = 0

    async def __call__(
        self, command: Sequence[str], folder: Path, within: float, more: Mapping[str, str] | None = None, /
    ) -> Finished:
        self.commands.append((*command, str(folder)))
        self.environment = more or {}
        try:
            await asyncio.sleep(SECONDS)
        finally:
            self.ended += 1
        return Finished(self.code, "fan is on\n")


def ready(box: LonelyBox, code: int = 0) -> Programs:
    programs = Programs(code)
    box.box.run_program = programs
    folder = box.folder / "scripts"
    folder.mkdir(exist_ok=True)
    for name, mode in (("fan.sh", 0o755), ("plain.txt", 0o644), ("look.py", 0o644)):
        (folder / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (folder / name).chmod(mode)
    return programs


def test_it_runs_beside_all_else_and_its_words_are_in_the_log(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        programs = ready(box)
        assert await box.api.call("script_run", {"name": "fan.sh", "arguments": ["1", "2 3"]}) == 1
        assert await box.api.call("script_run", {"name": "look.py"}) == 2
        assert await box.api.call("script_running", {"id": "1"}) is True
        assert await box.api.call("start", {}) == "started"
        await asyncio.sleep(10.0)
        assert box.box.jobs.running("sequence")
        assert await box.api.call("script_run", {"name": "fan.sh"}) == 3
        await asyncio.sleep(SECONDS)
        assert await box.api.call("script_running", {"id": 1}) is False
        assert box.heard("fan.sh: fan is on")
        file = str(tmp_path / "scripts" / "fan.sh")
        assert programs.commands[0] == (file, "1", "2 3", str(tmp_path))
        assert programs.commands[1][1].endswith("look.py")
        assert programs.environment["NIGHTBOX_PLAN"] == "Andromeda"
        assert programs.environment["NIGHTBOX_IMAGES"] == str(tmp_path / "images")
        assert "PYTHONPATH" in programs.environment

    open_field.field(tmp_path).live(story)


def test_it_is_stopped_by_its_number_and_by_stop(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        programs = ready(box)
        first = await box.api.call("script_run", {"name": "fan.sh"})
        second = await box.api.call("script_run", {"name": "fan.sh"})
        await asyncio.sleep(1.0)
        assert await box.api.call("script_stop", {"id": first}) == "stopped"
        assert programs.ended == 1
        with pytest.raises(BadCommand, match="no script 1 is running"):
            await box.api.call("script_stop", {"id": first})
        assert await box.api.call("stop", {"scripts": False}) == "nothing was running"
        assert await box.api.call("script_running", {"id": second}) is True
        assert await box.api.call("stop", {}) == "stopped"
        assert programs.ended == 2
        await box.api.call("script_run", {"name": "fan.sh"})
        await asyncio.sleep(1.0)
        await box.box.stop()
        assert programs.ended == 3

    open_field.field(tmp_path).live(story)


@pytest.mark.parametrize(
    ("name", "why"),
    [("../fan.sh", "plain name"), ("/bin/sh", "plain name"), ("..", "plain name"), ("a\0b", "plain name"),
     ("nothing.sh", "there is no"), ("plain.txt", "may not be run"), ("", "at least 1")],
)  # fmt: skip
def test_no_other_program_is_run(tmp_path: Path, name: str, why: str) -> None:
    async def story(box: LonelyBox) -> None:
        programs = ready(box)
        (box.folder / "fan.sh").write_text("#!/bin/sh\n", encoding="utf-8")
        (box.folder / "fan.sh").chmod(0o755)
        with pytest.raises(BadCommand, match=why):
            await box.api.call("script_run", {"name": name})
        await asyncio.sleep(1.0)
        assert programs.commands == []

    open_field.field(tmp_path).live(story)


def test_a_failing_one_is_said_and_ten_are_enough(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        ready(box, code=3)
        for _ in range(10):
            await box.api.call("script_run", {"name": "fan.sh"})
        with pytest.raises(BadCommand, match="10 scripts run already"):
            await box.api.call("script_run", {"name": "fan.sh"})
        await asyncio.sleep(SECONDS + 1.0)
        failed = [said for said in box.said if said.code == "script.failed"]
        assert len(failed) == 10
        assert failed[0].text == "fan.sh ended with code 3."
        assert await box.api.call("script_run", {"name": "fan.sh"}) == 11

    open_field.field(tmp_path).live(story)


def test_ccdciels_methods(tmp_path: Path) -> None:
    async def story(ask: Script) -> None:
        programs = ready(ask.box)
        number = await ask("Script_run", "fan.sh", "a", 1)
        assert number == 1
        await asyncio.sleep(1.0)
        assert programs.commands[0][1:3] == ("a", "1")
        assert await ask("Sequence_stop") == OK
        assert await ask("Script_running", number) is True
        assert await ask("Script_stop", number) == OK
        assert await ask("Script_running", number) is False
        assert await ask("Script_run", "../fan.sh") == -1

    script(tmp_path, story)
