"""`nightbox page`: for who may read and write the box's own files."""

from pathlib import Path

from appliance.box.access import KeptAccess
from appliance.cli.exits import OK
from appliance.cli.nights import folder_of
from appliance.errors import BadInput
from appliance.profile import PageSection, load_profile


def reset_password(profile: Path | None, out: Path | None) -> int:
    """Clear it, whether the box runs or not; StorageFailed when that cannot be written."""
    access, _ = _access(profile, out)
    access.forget()
    print(
        "The password is cleared and every phone is logged out. Open the page to set a new one: the pairing"
        " code stands on the box's display, and in what it prints as soon as the page is opened."
    )
    return OK


def print_link(profile: Path | None, out: Path | None) -> int:
    """BadInput where the port is not known."""
    access, page = _access(profile, out)
    if not page.port:
        raise BadInput(
            "page.port", "is any free one", advice="Take the link that the box printed at its start."
        )
    print(f"http://127.0.0.1:{page.port}/?key={access.read().key}")
    return OK


def _access(profile: Path | None, out: Path | None) -> tuple[KeptAccess, PageSection]:
    rig = load_profile(profile) if profile else None
    folder = folder_of(rig, out)
    access = KeptAccess(folder)
    if not access.exists:
        raise BadInput(
            str(folder), "no box has shown its page from here", advice="Name the night's folder by --out."
        )
    return access, rig.page if rig else PageSection()
