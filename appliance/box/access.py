"""Who may use the phone page, kept in the box's folder for its user alone."""

import json
import logging
import secrets
from dataclasses import asdict
from pathlib import Path

from appliance.api import Access
from appliance.errors import StorageFailed
from appliance.imaging.atomic import new_file, translated

FOLDER, FILE = ".page", "access.json"
log = logging.getLogger(__name__)


class KeptAccess:
    """`read` follows the file: what another process writes counts from the next request on.

    A file that is missing or cannot be read is made anew, without a password: who then sets one must know
    the code that the box shows.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / FOLDER / FILE
        self._held: tuple[object, Access] | None = None

    @property
    def folder(self) -> Path:
        """For the box's user alone, once it is made."""
        return self._file.parent

    @property
    def exists(self) -> bool:
        """Has a box kept one here?"""
        return self._file.exists()

    def read(self) -> Access:
        stamp, held = _stamp(self._file), self._held
        if held is not None and held[0] == stamp:
            return held[1]
        access = _loaded(self._file)
        if access is None:
            access = new_access()
            try:
                self.write(access)
            except StorageFailed as failed:  # the page works all the same, until the box ends
                log.warning("who may use the page is not kept: %s", failed.sentence)
                self._held = _stamp(self._file), access
        else:
            self._held = stamp, access
        return access

    def write(self, access: Access) -> None:
        with translated(self._file):
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with new_file(self._file, replace=True, private=True) as file:
            file.write(json.dumps(asdict(access)).encode())
        self._held = _stamp(self._file), access

    def forget(self) -> None:
        """No password any more; every phone is logged out. StorageFailed when that cannot be kept."""
        self.write(new_access())


def new_access(password: str = "") -> Access:
    """With a secret and a key that nobody knows."""
    return Access(secret=secrets.token_hex(32), password=password, key=secrets.token_urlsafe(16))


def _stamp(file: Path) -> object:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _loaded(file: Path) -> Access | None:
    try:
        return Access(**{name: str(value) for name, value in json.loads(file.read_bytes()).items()})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, AttributeError) as damaged:
        log.warning("%s cannot be read and is made anew: %r", file, damaged)
        return None
