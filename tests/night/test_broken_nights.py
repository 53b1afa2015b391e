"""What breaks at night: the server, the controller, the person. Nothing is counted twice, little is lost."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.cli.demo import write_demo
from tests.night.box import exposing, none_left_behind, rows
from tests.night.conftest import StartBox

pytestmark = [pytest.mark.indi, pytest.mark.solver, pytest.mark.timeout(900)]


def small_rig(folder: Path) -> tuple[str, ...]:
    """The arguments of `nightbox run` for the small night without its cooling and warming."""
    folder.mkdir()
    profile, plan = write_demo(folder, "indi", None, datetime.now(UTC))
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace("[[target]]", "cool = false\n\n[[target]]", 1), encoding="utf-8")
    return ("run", str(plan), "--profile", str(profile))


def saved(folder: Path) -> list[tuple[object, ...]]:
    return rows(folder, "SELECT step_key, number FROM sub WHERE state='saved' ORDER BY step_key, number")


def test_a_killed_server_and_a_killed_controller_cost_one_sub_each(
    tmp_path: Path, start_box: StartBox
) -> None:
    folder = tmp_path / "night"
    arguments = small_rig(folder)
    box = start_box(folder, *arguments)
    box.wait_until("the second sub is exposed", lambda: exposing(folder, after=1))
    box.kill_indiserver()
    box.wait_until("the sub after the loss is exposed", lambda: exposing(folder, after=3))
    log = (folder / "nightbox.log").read_text(encoding="utf-8")
    assert log.count("device.lost") == 1
    assert log.count(" are back.") == 1
    assert rows(folder, "SELECT COUNT(*) FROM sub WHERE state='lost'") == [(1,)]

    box.kill()
    before = saved(folder)
    assert len(before) >= 3
    assert none_left_behind(folder)
    again = start_box(folder, *arguments)
    assert again.wait(400) == 0, again.text()
    after = saved(folder)
    assert len(after) == len(set(after)) == 8
    assert set(before) <= set(after)
    assert rows(folder, "SELECT COUNT(*) FROM sub WHERE state='lost'") == [(2,)]
    assert rows(folder, "SELECT COUNT(*) FROM run") == [(1,)]
    files = {str(path.relative_to(folder / "images")) for path in (folder / "images").rglob("*.fits")}
    assert files == {str(name) for (name,) in rows(folder, "SELECT file FROM sub WHERE state='saved'")}
    assert re.search("where it stopped", (folder / "nightbox.log").read_text(encoding="utf-8"))
    assert none_left_behind(folder)


def test_ctrl_c_parks_and_leaves_nothing_running(tmp_path: Path, start_box: StartBox) -> None:
    folder = tmp_path / "night"
    box = start_box(folder, *small_rig(folder), "--keep")
    box.wait_until("the first sub is exposed", lambda: exposing(folder, after=0))
    assert b"SequenceState" in box.page().get("api/status")
    box.press_ctrl_c()
    box.press_ctrl_c()
    assert box.wait(120) == 130, box.text()
    parked = (folder / "indi" / ".indi" / "ParkData.xml").read_text(encoding="utf-8")
    assert "true" in parked.split("<parkstatus>")[1].split("</parkstatus>")[0]
    assert rows(folder, "SELECT outcome FROM run") == [("stopped",)]
    assert (folder / "report.html").exists()
    assert none_left_behind(folder)
