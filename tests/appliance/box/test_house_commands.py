"""The log searched, a report without secrets, a NetworkManager that is played, the versions."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from appliance.box.house.about import documents, title_of, versions
from appliance.box.house.network import Manager, Wifi, WifiFailed, adapters
from appliance.box.house.past import Search, lines, nights
from appliance.box.house.secrets import HIDDEN, clean, without_secrets
from appliance.bus import Said
from appliance.errors import BadCommand
from appliance.journal import Journal, Line
from appliance.solve.process import Finished
from tests.appliance.box.open_field import field as box_in
from tests.appliance.surfaces.lonely_box import LonelyBox

NOON = 1_795_176_000.0  # 2026-11-20 12:00 UTC
HOUR = 3600.0
SECRET = "correct horse"


async def spoken(folder: Path) -> Path:
    journal = await Journal.open(folder / "journal.sqlite")
    for at, level, text, code in (
        (NOON - HOUR, "info", "The night before.", ""),
        (NOON + HOUR, "info", "Saved sub 1 of M33.", ""),
        (NOON + 2 * HOUR, "warning", "Clouds over m33.", "conditions"),
        (NOON + 3 * HOUR, "error", "The mount is lost.", "device.lost"),
        (NOON + 24 * HOUR, "info", "The next night.", ""),
    ):
        await journal.add(Line(run=None, at=at, level=level, source="box", text=text, code=code))
    await journal.close()
    return folder / "journal.sqlite"


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return asyncio.run(spoken(tmp_path))


def texts(journal: Path, **search: Any) -> list[str]:
    return [line.text for line in lines(journal, Search(0.0, **search))]


def test_nights_change_at_local_noon(journal: Path) -> None:
    told = [(one.night, one.lines, one.warnings, one.errors) for one in nights(journal, 0.0)]
    assert told == [("2026-11-21", 1, 0, 0), ("2026-11-20", 3, 1, 1), ("2026-11-19", 1, 0, 0)]
    assert [one.night for one in nights(journal, 90.0)] == ["2026-11-21", "2026-11-20"]


def test_lines_are_found_by_night_level_and_text(journal: Path) -> None:
    assert texts(journal, night="2026-11-20") == [
        "Saved sub 1 of M33.",
        "Clouds over m33.",
        "The mount is lost.",
    ]
    assert texts(journal, level="warning") == ["Clouds over m33.", "The mount is lost."]
    assert texts(journal, level="error") == ["The mount is lost."]
    assert texts(journal, text="M33") == ["Saved sub 1 of M33.", "Clouds over m33."]
    assert texts(journal, text="device.lost") == ["The mount is lost."]
    assert texts(journal, text="100%") == texts(journal, text="' OR 1=1 --") == []


def test_older_lines_come_page_by_page(journal: Path) -> None:
    newest = lines(journal, Search(0.0, limit=2))
    assert [line.text for line in newest] == ["The mount is lost.", "The next night."]
    assert texts(journal, limit=2, before=newest[0].id) == ["Saved sub 1 of M33.", "Clouds over m33."]


def test_secrets_are_left_out() -> None:
    values = {
        "mqtt": {"host": "mqtt://me:pw@broker", "user": "me", "password_file": "secret.txt"},
        "site": {"latitude_deg": 48.1372, "longitude_deg": 11.5755},
        "camera": {"setup": {"api_key": SECRET, "password": SECRET, "gain": 3}},
        "guardian": {"alarm_command": ["/usr/bin/curl", f"https://x/{SECRET}"]},
        "scripts": {"startup": {"file": "a.py", "arguments": [SECRET]}},
    }
    shown = without_secrets(values)
    assert SECRET not in json.dumps(shown)
    assert shown["mqtt"] == {"host": f"mqtt://{HIDDEN}@broker", "user": HIDDEN, "password_file": "secret.txt"}
    assert shown["site"] == {"latitude_deg": 48.1, "longitude_deg": 11.6}
    assert shown["camera"]["setup"]["gain"] == 3
    assert shown["guardian"]["alarm_command"] == ["/usr/bin/curl", HIDDEN]
    assert clean("psk = hunter2 on wlan0, http://a:b@c/") == f"psk = {HIDDEN} on wlan0, http://{HIDDEN}@c/"


def test_a_report_holds_what_helps_and_no_secret(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        box.box.bus.publish(Said(source="box", text=f"password={SECRET.replace(' ', '-')} was wrong"))
        await asyncio.sleep(1.0)
        parts: Any = await box.api.call("report_parts", {})
        assert {
            "versions.json",
            "libraries.txt",
            "plan.toml",
            "profile.toml",
            "decisions.jsonl",
            "nightbox.log",
        } <= {*parts}
        assert "was wrong" in parts["nightbox.log"]
        assert "was wrong" in parts["decisions.jsonl"]
        assert not [name for name, text in parts.items() if "horse" in text]
        told: Any = await box.api.call("log_files", {})
        assert [one["name"] for one in told] == ["nightbox.log"]
        said: Any = await box.api.call("log_lines", {"text": "was wrong"})
        assert len(said) == 1
        with pytest.raises(BadCommand):
            await box.api.call("log_lines", {"night": "2026"})

    box_in(tmp_path).live(story)


@dataclass
class Played:
    """NetworkManager's program: `answers` by what its words hold; what was asked, and the passwords given."""

    answers: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    async def __call__(
        self, command: Sequence[str], folder: Path, within: float, more: Mapping[str, str] | None = None, /
    ) -> Finished:
        line = " ".join(command[1:])
        self.asked.append(line)
        if "passwd-file" in command:
            self.files.append(told_in(Path(command[-1])))
        return Finished(*next((told for words, told in self.answers.items() if words in line), (0, "")))


def told_in(file: Path) -> str:
    assert file.stat().st_mode & 0o077 == 0
    return file.read_text(encoding="utf-8")


def manager(played: Played, folder: Path) -> Manager:
    return Manager(played, folder, lambda name: f"/usr/bin/{name}")


def test_the_wifi_is_told_by_the_manager(tmp_path: Path) -> None:
    played = Played({
        "DEVICE,TYPE": (0, "wlan0:wifi:Nightbox\neth0:ethernet:Wired\\: one\nlo:loopback:\n"),
        "mode": (0, "ap\n"),
        "wifi list": (0, ":Far:20:\n*:Home\\:5:80:WPA2\n:Home\\:5:60:WPA2\n::90:WPA2\nrubbish\n"),
    })  # fmt: skip
    known = asyncio.run(manager(played, tmp_path).connections())
    assert known == {"wlan0": ("Nightbox", "access point"), "eth0": ("Wired: one", "")}
    found = asyncio.run(manager(played, tmp_path).networks())
    assert found == [Wifi("Home:5", 80, True, True), Wifi("Far", 20, False, False)]


def test_a_password_is_in_no_command_and_in_no_file_afterwards(tmp_path: Path) -> None:
    played = Played()
    asyncio.run(manager(played, tmp_path).join("Home", SECRET))
    assert not [line for line in played.asked if SECRET in line]
    assert played.files == [f"802-11-wireless-security.psk:{SECRET}\n"]
    assert list(tmp_path.iterdir()) == []
    asyncio.run(manager(played, tmp_path).join("Open", ""))
    assert "passwd-file" not in played.asked[-1]


def test_a_network_that_is_not_joined_is_forgotten(tmp_path: Path) -> None:
    played = Played({"connection up": (4, f"Error: secrets were not {SECRET}.\n")})
    with pytest.raises(WifiFailed) as failed:
        asyncio.run(manager(played, tmp_path).join("Home", SECRET))
    assert SECRET not in failed.value.sentence
    assert played.asked[-1] == "connection delete id Nightbox Home"


def test_a_manager_that_does_not_answer_is_said(tmp_path: Path) -> None:
    async def late(*_: object) -> Finished:
        raise TimeoutError

    with pytest.raises(WifiFailed, match="no answer within"):
        asyncio.run(Manager(late, tmp_path, lambda _: "nmcli").networks())
    with pytest.raises(BadCommand, match="no NetworkManager"):
        asyncio.run(Manager(late, tmp_path, lambda _: None).networks())


def test_joining_answers_first_and_says_that_the_page_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Manager, "there", True)
    played = Played({"DEVICE,TYPE": (1, "NetworkManager is not running.\n")})

    async def story(box: LonelyBox) -> None:
        box.box.run_program = played
        told: Any = await box.api.call("network", {})
        assert told["manager"]
        assert "is not running" in told["trouble"]
        with pytest.raises(BadCommand, match="8 to 63"):
            await box.api.call("wifi_join", {"name": "Home", "password": "short"})
        assert await box.api.call("wifi_join", {"name": "Home", "password": SECRET}) == "joining"
        assert not [line for line in played.asked if "connection up" in line]
        with pytest.raises(BadCommand, match="already"):
            await box.api.call("wifi_join", {"name": "Home", "password": SECRET})
        await asyncio.wait({box.box.jobs.task("wifi")})
        await asyncio.sleep(1.0)
        said = [one.text for one in box.said]
        assert any("is in the Wi-Fi Home" in text for text in said)
        assert not [text for text in said if SECRET in text]

    box_in(tmp_path).live(story)
    assert SECRET not in (tmp_path / "nightbox.log").read_text(encoding="utf-8")


def test_addresses_are_the_systems(tmp_path: Path) -> None:
    names = [one.name for one in adapters()]
    assert "lo" not in names
    for name in names:
        (tmp_path / name / "wireless").mkdir(parents=True)
    assert all(one.wifi for one in adapters(tmp_path))


def test_versions_are_read_where_they_stand(tmp_path: Path) -> None:
    (tmp_path / "model").write_text("Raspberry Pi 5\0", encoding="utf-8")
    (tmp_path / "release").write_text('PRETTY_NAME="Debian 13"\nIMAGE_VERSION=7\n', encoding="utf-8")
    told = versions(tmp_path / "model", tmp_path / "release")
    assert (told["board"], told["system"], told["image"]) == ("Raspberry Pi 5", "Debian 13", "7")
    assert versions(tmp_path / "none", tmp_path / "none")["image"] == ""


def test_the_guide_is_on_the_box() -> None:
    every = documents()
    assert {"guide", "focus", "changelog", "license"} <= {*every}
    assert title_of(every["changelog"]) == "Changelog"


def test_libraries_have_their_licences(tmp_path: Path) -> None:
    async def story(box: LonelyBox) -> None:
        told: Any = await box.api.call("about", {})
        by_name = {one["name"].lower(): one for one in told["libraries"]}
        assert "BSD" in by_name["flask"]["licence"]
        assert told["versions"]["nightbox"]
        pages: Any = await box.api.call("documents", {})
        assert {"guide", "changelog"} <= {one["name"] for one in pages}

    box_in(tmp_path).live(story)
