"""What the box is made of: versions, the board, licences, and the guide that it keeps."""

import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import appliance

ROOT = Path(appliance.__file__).parent.parent
MODEL, RELEASE = Path("/proc/device-tree/model"), Path("/etc/os-release")
# Where a package of the system keeps such files, beside the source's own folder.
ELSEWHERE = Path("/usr/share/doc/nightbox")
LONGEST_LICENCE = 60


@dataclass(frozen=True, slots=True)
class Library:
    """A library that Nightbox is made of."""

    name: str
    version: str
    licence: str


def versions(model: Path = MODEL, release: Path = RELEASE) -> dict[str, str]:
    """By what they are of; "" is not known. `image` is the version of the box's image, where it is one."""
    system = _release(release)
    return {
        "nightbox": appliance.__version__, "python": platform.python_version(),
        "system": system.get("PRETTY_NAME", platform.system()), "kernel": platform.release(),
        "machine": platform.machine(), "image": system.get("IMAGE_VERSION", ""), "board": _text(model),
    }  # fmt: skip


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip("\0\n ")
    except OSError:
        return ""


def _release(path: Path) -> Mapping[str, str]:
    pairs = (line.partition("=") for line in _text(path).splitlines() if "=" in line)
    return {key: value.strip().strip('"') for key, _, value in pairs}


def libraries() -> list[Library]:
    """Those that are installed beside us, by name."""
    found = {one.metadata["Name"]: one for one in metadata.distributions() if one.metadata["Name"]}
    made = [Library(name, one.version, _licence(one)) for name, one in found.items()]
    return sorted(made, key=lambda one: one.name.lower())


def _licence(distribution: metadata.Distribution) -> str:
    told = distribution.metadata.json
    every = (str(line) for line in told.get("classifier", ()))
    classified = ", ".join(line.rpartition(" :: ")[2] for line in every if line.startswith("License ::"))
    ways = (told.get("license_expression"), classified, told.get("license"))
    first = next((str(one) for one in ways if one), "")
    return first.splitlines()[0][:LONGEST_LICENCE] if first else ""


def documents(root: Path = ROOT, elsewhere: Path = ELSEWHERE) -> dict[str, Path]:
    """The texts that the box keeps, by a plain name: "guide" first, "focus", ..., "changelog", "license"."""
    home = root if (root / "docs").is_dir() else elsewhere
    found = sorted((home / "docs").glob("*.md"), key=lambda path: (path.stem != "guide", path.stem))
    pages = {path.stem: path for path in found if path.is_file()}
    others = {"changelog": home / "CHANGELOG.md", "license": home / "LICENSE"}
    return pages | {name: path for name, path in others.items() if path.is_file()}


def title_of(path: Path) -> str:
    """A document's first heading, else its name."""
    with path.open(encoding="utf-8") as file:
        first = file.readline()
    heading = re.match(r"#\s+(.+)", first)
    return heading[1].strip() if heading else path.stem.capitalize()
