"""Programs of the plan, really run."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from appliance.bus import Said
from appliance.errors import BadPlan
from appliance.plan import Plan
from appliance.profile.programs import Run
from appliance.sequence.checks import check_programs
from appliance.sequence.night import Night
from appliance.sequence.scripts import run_script
from appliance.solve.process import run_program

STEP = {"seconds": 1.0, "count": 1}


@dataclass
class Evening:
    """As much of a night as a script needs."""

    images: Path
    plan: Any = field(default_factory=lambda: Plan.model_validate(
        {"name": "plan", "target": [{"name": "M31", "step": [STEP]}]}
    ))  # fmt: skip
    state: Any = field(default_factory=lambda: type("State", (), {"target": "M 31"}))
    run_program: Any = field(default_factory=lambda: run_program)
    script_environment: Any = field(default_factory=lambda: lambda: {"CCDCIEL_PORT": "1"})
    said: list[Said] = field(default_factory=list)

    def say(self, text: str, level: str = "info", code: str = "", advice: str = "") -> None:
        self.said.append(Said(source="sequence", text=text, level=level, code=code, advice=advice))


def program(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    file.chmod(0o755)
    return file


async def run(folder: Path, script: Run) -> Evening:
    night = Evening(folder / "images")
    await run_script(cast(Night, night), script)
    return night


async def test_what_it_finds_and_prints(tmp_path: Path) -> None:
    file = program(
        tmp_path, "a.sh", '#!/bin/sh\necho "$1|$2|$NIGHTBOX_TARGET|$NIGHTBOX_PLAN|$CCDCIEL_PORT"\npwd\n'
    )
    night = await run(tmp_path, Run(file=file, arguments=("1", "2 3")))
    assert [line.text for line in night.said] == ["a.sh: 1|2 3|M 31|plan|1", f"a.sh: {tmp_path}"]


async def test_python_files_need_no_rights(tmp_path: Path) -> None:
    file = program(tmp_path, "a.py", "import sys; print('ours', sys.version_info.major)")
    file.chmod(0o644)
    assert [line.text for line in (await run(tmp_path, Run(file=file))).said] == ["a.py: ours 3"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("#!/bin/sh\necho oh\nexit 3\n", "ended with code 3"),
        ("#!/bin/sh\nsleep 60\n", "was not done after 0.5 s"),
        ("#!/no/such/shell\n", "could not be started"),
    ],
)
async def test_how_it_fails(tmp_path: Path, text: str, says: str) -> None:
    night = await run(tmp_path, Run(file=program(tmp_path, "a.sh", text), within_seconds=0.5))
    assert says in night.said[-1].text
    assert night.said[-1].code == "script.failed"


def test_what_cannot_be_run_is_refused_before_the_night(tmp_path: Path) -> None:
    item = {"do": "script", "file": str(tmp_path / "a.sh")}
    plan = Plan.model_validate({"name": "plan", "target": [item]})
    with pytest.raises(BadPlan, match=r"target\.0\.file: there is no file"):
        check_programs(plan)
    program(tmp_path, "a.sh", "").chmod(0o644)
    with pytest.raises(BadPlan, match="not executable"):
        check_programs(plan)
    scripts = {"error": {"file": str(tmp_path / "b.py")}}
    with pytest.raises(BadPlan, match=r"script\.error\.file"):
        check_programs(
            Plan.model_validate({"name": "plan", "target": [{"do": "wait", "seconds": 1}], "script": scripts})
        )
