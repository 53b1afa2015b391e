"""The plans and templates that are stored on the box, each a TOML file in a folder of its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

import tomli_w

from appliance.box.planning import SHELF, store
from appliance.errors import BadCommand, BadInput, BadPlan, NameTaken
from appliance.imaging.atomic import new_file, translated
from appliance.imaging.naming import safe
from appliance.plan import Plan, Template, expanded, read_plan
from appliance.plan.loading import TEMPLATES
from appliance.profile.loading import load_toml
from hardware.worker import Worker

P = ParamSpec("P")
R = TypeVar("R")
END, BEFORE = ".toml", ".before"


@dataclass(frozen=True, slots=True)
class Stored:
    """One plan's file: `stored` is its name on the shelf; `problem` why it cannot be used, "" when it can.

    `subs` 0: without end. `changed` is UTC in seconds since 1970.
    """

    stored: str
    plan: str
    items: int
    subs: int
    changed: float
    problem: str = ""


class Shelf:
    """Within the box's folder. A name from outside is never a path: it has to be one that is there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute() / SHELF

    async def off_loop(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Call one of the others where the disk may take its time."""
        worker = Worker("plans")
        try:
            return await worker.call(function, *args, **kwargs)
        finally:
            worker.close()

    def plans(self) -> list[Stored]:
        """All of them, by name."""
        return [_stored(path) for path in sorted(self.folder.glob(f"*{END}"))]

    def place(self, stored: str) -> Path:
        """Of a plan that is there; BadCommand."""
        return _named(self.folder, stored, "plan")

    def read(self, stored: str) -> Plan:
        """As it was written; BadCommand or BadPlan."""
        return read_plan(self.place(stored))

    def save(self, plan: Plan, *, replace: bool) -> str:
        """Under its own name; NameTaken when there is one already that is not to be replaced.

        One that is replaced stays beside it, as NAME.before, until the next is.
        """
        path = self.folder / f"{safe(plan.name)}{END}"
        if path.exists():
            if not replace:
                raise NameTaken(
                    "plan_save.plan.name", f"there is a plan {path.stem!r} already", advice=ANOTHER
                )
            with new_file(path.with_suffix(BEFORE), replace=True) as file:
                file.write(path.read_bytes())
        store(path, plan)
        return path.stem

    def drop(self, stored: str) -> None:
        """Delete it; BadCommand or StorageFailed."""
        path = self.place(stored)
        with translated(path):
            path.unlink()

    def templates(self) -> dict[str, Template]:
        """By name; those that cannot be read are left out: who uses one is told."""
        return dict(_templates(self.folder / TEMPLATES))

    def save_template(self, name: str, template: Template) -> str:
        """Replaces one of that name."""
        path = self.folder / TEMPLATES / f"{safe(name)}{END}"
        raw = template.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
        with new_file(path, replace=True) as file:
            file.write(tomli_w.dumps(raw).encode())
        return path.stem

    def drop_template(self, name: str) -> None:
        """Plans that have its steps keep them; BadCommand."""
        path = _named(self.folder / TEMPLATES, name, "template")
        with translated(path):
            path.unlink()


ANOTHER = "Give it another name, or replace that one."


def _named(folder: Path, name: str, what: str) -> Path:
    path = next((one for one in folder.glob(f"*{END}") if one.stem == name), None)
    if path is None:
        raise BadCommand(what, f"there is no stored {what} {name!r}", advice="Choose one of the list.")
    return path


def _stored(path: Path) -> Stored:
    try:
        changed = path.stat().st_mtime
    except OSError:
        changed = 0.0
    try:
        plan = read_plan(path)
        return Stored(path.stem, plan.name, len(plan.target), expanded(plan).total, changed)
    except BadInput as wrong:
        return Stored(path.stem, path.stem, 0, 0, changed, wrong.sentence)


def _templates(folder: Path) -> Iterator[tuple[str, Template]]:
    for path in sorted(folder.glob(f"*{END}")):
        try:
            yield path.stem, load_toml(path, Template, BadPlan)
        except BadPlan:
            continue
