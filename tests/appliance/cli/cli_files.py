"""Files and calls as a user makes them."""

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

PROFILE = """
name = "Backyard"
[site]
latitude_deg = {latitude}
longitude_deg = 11.6
[telescope]
focal_length_mm = 360.0
aperture_mm = 72.0
[camera]
driver = "{driver}"
name = "Camera"
[mount]
driver = "{driver}"
name = "Mount"
[filter_wheel]
driver = "{driver}"
name = "Wheel"
[page]
host = "127.0.0.1"
port = 0
"""
PLAN = """
name = "First light"
[[target]]
name = "{target}"
[[target.step]]
filter = "L"
seconds = 60
count = 2
"""


@dataclass(frozen=True)
class Files:
    """A profile, a plan and an output folder with something precious in it."""

    folder: Path

    @property
    def profile(self) -> Path:
        return self.folder / "profile.toml"

    @property
    def plan(self) -> Path:
        return self.folder / "plan.toml"

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def write(self, *, latitude: float = 48.1, driver: str = "simulator", target: str = "Polaris") -> "Files":
        """Polaris is always up at 48° north."""
        self.profile.write_text(PROFILE.format(latitude=latitude, driver=driver), encoding="utf-8")
        self.plan.write_text(PLAN.format(target=target), encoding="utf-8")
        (self.out / "images").mkdir(parents=True, exist_ok=True)
        (self.out / "images" / "M31_L_60s_0001.fits").write_bytes(b"SIMPLE  = precious")
        (self.out / "report.html").write_text("yesterday", encoding="utf-8")
        return self

    def change(self, path: Path, old: str, new: str) -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def run(self, *more: str) -> list[str]:
        return ["run", str(self.plan), "--profile", str(self.profile), "--out", str(self.out), *more]

    def contents(self) -> dict[str, str]:
        """What must not change: the frames and the report of before."""
        kept = [*self.out.rglob("*.fits"), self.out / "report.html"]
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in kept}


def nightbox(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """As a process of its own."""
    return _process("-m", "appliance", *arguments)


def python(script: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A few lines of Python in a process of their own."""
    return _process("-c", script, *arguments)


def _process(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=60, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
