"""`nightbox run` without a plan."""

import json
from pathlib import Path

import pytest

from appliance.box.last import LAST, chosen_plan, remember
from appliance.cli import main
from appliance.errors import BadInput
from tests.appliance.cli.cli_files import Files


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    plans: list[str] = []

    async def run_box(_: object, plan: object, folder: Path, **__: object) -> int:
        plans.append(plan.name)  # type: ignore[attr-defined]
        return 0

    monkeypatch.setattr("appliance.cli.nights.run_box", run_box)
    return plans


def without_plan(files: Files) -> list[str]:
    return ["run", "--profile", str(files.profile), "--out", str(files.out)]


def test_the_last_plan_is_taken_again(
    files: Files, ran: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(files.run()) == 0
    assert main(without_plan(files)) == 0
    assert ran == ["First light", "First light"]
    assert f"Plan: {files.plan.absolute()}" in capfd.readouterr().out


def test_the_profiles_plan_is_taken_when_there_was_none(files: Files, ran: list[str]) -> None:
    files.change(files.profile, "[page]", '[startup]\nplan = "plan.toml"\n[page]')
    assert main(without_plan(files)) == 0
    assert ran == ["First light"]


def test_without_any_plan_it_says_where_to_name_one(
    files: Files, ran: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(without_plan(files)) == 2
    assert ran == []
    assert "startup.plan" in capfd.readouterr().err


def test_a_last_plan_that_has_gone_is_passed_over(tmp_path: Path) -> None:
    default = tmp_path / "default.toml"
    remember(tmp_path, tmp_path / "gone.toml")
    assert chosen_plan(tmp_path, tmp_path / "profile.toml", Path("default.toml")) == default
    with pytest.raises(BadInput, match="gone"):
        chosen_plan(tmp_path, tmp_path / "profile.toml", None)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"plan": 7}', "\x00"])
def test_a_damaged_memory_is_no_reason_to_fail(tmp_path: Path, text: str) -> None:
    (tmp_path / LAST).write_text(text)
    assert chosen_plan(tmp_path, tmp_path / "profile.toml", Path("p.toml")) == tmp_path / "p.toml"


def test_the_newest_plan_is_remembered(tmp_path: Path) -> None:
    for name in ("one.toml", "two.toml"):
        remember(tmp_path, tmp_path / name)
    assert json.loads((tmp_path / LAST).read_text()) == {"plan": str(tmp_path / "two.toml")}
