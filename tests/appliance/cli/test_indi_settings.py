"""What the profile says of INDI, as the drivers get it."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from appliance.cli.compose import indi_server
from appliance.profile import Profile
from hardware.indi import opener
from hardware.indi.asyncio_link import AsyncioLink
from hardware.indi.pyindi_link import PyIndiLink
from tests.appliance.cli.cli_files import PROFILE


def profile(**indi: Any) -> Profile:
    text = PROFILE.format(latitude=48.1, driver="indi")
    return Profile.model_validate({**tomllib.loads(text), "indi": indi})


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("indi", "kept"), [({"drivers": ["indi_simulator_ccd"]}, ""), ({}, ""), ({}, "/run/nightbox/indi")]
)
async def test_the_profile_chooses_the_link(tmp_path: Path, indi: dict[str, Any], kept: str) -> None:
    ours = indi_server(profile(**indi), tmp_path, tmp_path, kept)
    assert isinstance(opener._link(ours), AsyncioLink)
    libindi = indi_server(profile(**indi, link="pyindi"), tmp_path, tmp_path, kept)
    link = opener._link(libindi)
    assert isinstance(link, PyIndiLink)
    await link.close()
    assert (ours.socket, ours.drivers) == (libindi.socket, libindi.drivers)


def test_another_link_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"indi\.link"):
        profile(link="libindi")
