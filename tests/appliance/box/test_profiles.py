"""Several profiles on one box, and the one that its next start takes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from appliance.box.assembly import served
from appliance.box.box import Box
from appliance.box.profiles import CHOICE, choose, chosen_profile, given_profile, kept_profiles
from appliance.errors import BadCommand
from tests.appliance.safety.site import WITH_ROOF, Site, profile
from tests.appliance.sequence.night_rig import plan

PLAN = plan(("R", 1))


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """The profile that the box was given, with a good one, a bad one and a plan beside it."""
    folder = tmp_path / "profiles"
    folder.mkdir()
    for file, changes in (("profile", {"name": "Home"}), ("wide", {"name": "Wide field"})):
        (folder / f"{file}.toml").write_text(tomli_w.dumps({**WITH_ROOF, **changes}), encoding="utf-8")
    bad = tomli_w.dumps({**WITH_ROOF, "name": "Old", "focsuer": {"name": "x"}})
    (folder / "bad.toml").write_text(bad, encoding="utf-8")
    (folder / "plan.toml").write_text('name = "Tonight"', encoding="utf-8")
    (folder / "elsewhere.toml").symlink_to(folder / "wide.toml")
    return folder / "profile.toml"


def test_profiles_are_listed_with_what_is_wrong(shelf: Path) -> None:
    kept = {one.file: one for one in kept_profiles(shelf, shelf)}
    assert set(kept) == {"profile.toml", "wide.toml", "bad.toml"}
    assert (kept["profile.toml"].used, kept["profile.toml"].next) == (True, True)
    assert (kept["wide.toml"].name, kept["wide.toml"].wrong) == ("Wide field", "")
    assert "focsuer" in kept["bad.toml"].wrong


def test_the_chosen_one_is_taken_until_it_goes(shelf: Path) -> None:
    wide = shelf.with_name("wide.toml")
    assert chosen_profile(shelf) == shelf
    assert choose(shelf, "wide.toml") == "Wide field"
    assert chosen_profile(shelf) == wide
    assert given_profile(wide) == shelf
    assert chosen_profile(wide) == wide  # who names another on the command line gets it
    wide.unlink()
    assert chosen_profile(shelf) == shelf


@pytest.mark.parametrize(
    "text", ["", "[]", '{"instead_of": "profile.toml", "profile": "../../etc/passwd"}', "{"]
)
def test_a_damaged_choice_is_none(shelf: Path, text: str) -> None:
    (shelf.parent / CHOICE).write_text(text, encoding="utf-8")
    assert chosen_profile(shelf) == given_profile(shelf) == shelf


@pytest.mark.parametrize(
    "file", ["../profile.toml", "/etc/passwd", "elsewhere.toml", "plan", "", "bad.toml", "plan.toml"]
)
def test_only_a_profile_of_the_folder_can_be_chosen(shelf: Path, file: str) -> None:
    with pytest.raises(BadCommand):
        choose(shelf, file)
    assert not (shelf.parent / CHOICE).exists()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path, profile())
    yield site
    site.close()


@pytest.mark.usefixtures("patient_workers")
def test_it_is_chosen_on_the_page(site: Site, shelf: Path) -> None:
    async def story(site: Site, box: Box) -> None:
        async with served(box, None, shelf) as api:
            answer = await api.call("profile_choose", {"file": "wide.toml"})
            assert answer == "From the next start on the box uses the profile “Wide field” (wide.toml)."
            told: Any = await api.call("profiles", {})
            assert [one["file"] for one in told["profiles"] if one["next"]] == ["wide.toml"]
            await site.until(lambda: site.heard("Wide field"), 10.0)

    site.live(PLAN, story)
