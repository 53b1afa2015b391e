"""Who may use the page is kept for the box's user alone, and followed when another process changes it."""

import logging
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.box.access import FILE, FOLDER, KeptAccess
from appliance.errors import NotWritable, StorageFailed


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_made_once_and_kept(tmp_path: Path) -> None:
    first = KeptAccess(tmp_path).read()
    assert len(first.secret) >= 32
    assert len(first.key) >= 20
    assert first.password == ""
    assert KeptAccess(tmp_path).read() == first
    assert KeptAccess(tmp_path / "other").read().secret != first.secret


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        KeptAccess(tmp_path).read()
    finally:
        os.umask(old)
    assert mode(tmp_path / FOLDER) == 0o700
    assert mode(tmp_path / FOLDER / FILE) == 0o600
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == [FILE]


def test_a_leftover_that_somebody_may_read_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    leftover = tmp_path / FOLDER / f".{FILE}.part"
    leftover.write_text("", encoding="utf-8")
    leftover.chmod(0o666)
    with leftover.open(encoding="utf-8") as open_before:
        KeptAccess(tmp_path).read()
        assert open_before.read() == ""
    assert mode(tmp_path / FOLDER / FILE) == 0o600


def test_a_change_by_another_process_counts_at_once(tmp_path: Path) -> None:
    here, other = KeptAccess(tmp_path), KeptAccess(tmp_path)
    here.write(replace(here.read(), password="scrypt:1"))
    assert other.read().password == "scrypt:1"
    before = other.read()
    other.forget()
    after = here.read()
    assert after.password == ""
    assert after.secret != before.secret
    assert after.key != before.key


@pytest.mark.parametrize("text", ["", "{", "[]", '{"secret": "s", "more": 1}', "null", '{"password": "x"}'])
def test_a_damaged_file_lets_nobody_in(tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / FILE).write_text(text, encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        access = KeptAccess(tmp_path).read()
    assert "made anew" in caplog.text
    assert access.password == ""
    assert len(access.secret) >= 32
    assert KeptAccess(tmp_path).read() == access


def test_where_it_cannot_be_kept_it_lasts_as_long_as_the_box(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise NotWritable("no")

    monkeypatch.setattr("appliance.box.access.new_file", refuse)
    kept = KeptAccess(tmp_path)
    access = kept.read()
    assert kept.read() == access
    assert "not kept" in caplog.text
    with pytest.raises(StorageFailed):
        kept.write(replace(access, password="x"))
    assert kept.read() == access
