"""`nightbox devices`."""

import asyncio
import tempfile
from pathlib import Path

from appliance.cli.compose import opened_drivers
from appliance.cli.demo import SITES, demo_profile
from appliance.cli.exits import FAILED, OK
from appliance.cli.streams import noise_to, warnings_to
from appliance.observer import Observer
from appliance.profile import Profile, load_profile


def list_devices(profile: Path | None, *, search: bool = False) -> int:
    """Print every device that answers; exit code 1 when there is none.

    With `search` Alpaca servers of this network are looked for, also when the profile names none.
    """
    with tempfile.TemporaryDirectory(prefix="nightbox-") as folder:
        if profile is None:
            profile = Path(folder) / "profile.toml"
            profile.write_text(demo_profile("indi", SITES[0]), encoding="utf-8")
        rig = load_profile(profile)
        with noise_to(Path(folder) / "log"), warnings_to(Path(folder) / "log"):
            return asyncio.run(_list(rig, Path(folder), {"alpaca"} if search else set()))


async def _list(profile: Profile, folder: Path, also: set[str]) -> int:
    observer = Observer(profile.site.place())
    async with opened_drivers(profile, folder, observer, also) as registry:
        found = await registry.discover()
    for driver, name, kinds in found:
        print(f"{driver:10} {name:28} {', '.join(kinds)}")
    if not found:
        print("No device answers.")
    return OK if found else FAILED
