"""`nightbox page`: ways in for who may write the box's own files."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.box.access import KeptAccess
from appliance.cli import main
from tests.appliance.cli.cli_files import Files


def test_a_forgotten_password_is_cleared_beside_a_running_box(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    running = KeptAccess(tmp_path)
    running.write(replace(running.read(), password="scrypt:1"))
    before = running.read()
    assert main(["page", "reset-password", "--out", str(tmp_path)]) == 0
    assert "pairing code" in capsys.readouterr().out
    assert running.read().password == ""
    assert running.read().secret != before.secret


def test_the_link_is_the_one_that_opens(
    files: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = KeptAccess(tmp_path).read().key
    assert main(["page", "link", "--out", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"http://127.0.0.1:8080/?key={key}\n"
    text = files.profile.read_text(encoding="utf-8")
    for port, code in (("8081", 0), ("0", 2)):
        changed = re.sub(r"(?<=\[page\]\n)", f"port = {port}\n", re.sub(r"(?m)^port = .*\n", "", text))
        files.profile.write_text(changed, encoding="utf-8")
        assert main(["page", "link", "--out", str(tmp_path), "--profile", str(files.profile)]) == code
    shown = capsys.readouterr()
    assert shown.out == f"http://127.0.0.1:8081/?key={key}\n"
    assert "page.port" in shown.err


@pytest.mark.parametrize("what", ["link", "reset-password"])
def test_a_folder_without_a_box_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    assert main(["page", what, "--out", str(tmp_path)]) == 2
    assert str(tmp_path) in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
