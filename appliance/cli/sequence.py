"""`nightbox sequence`: a plan checked, shown as it will be run, made from another program's; its schema."""

import asyncio
import json
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

from appliance.cli.exits import OK
from appliance.cli.telling import told
from appliance.errors import BadInput, NotWritable
from appliance.importing import Imported, import_plan
from appliance.observer import Observer
from appliance.plan import Plan, expanded, read_plan, written
from appliance.plan.schema import plan_schema
from appliance.profile import Profile, load_profile
from appliance.sequence.checks import check_profile, check_programs, check_sky, check_wheel, resolve
from appliance.sequence.settings import horizon_of
from appliance.sequence.tonight import Tonight, tonight


def check_sequence(path: Path, profile: Path | None) -> int:
    """Say that the plan can be run; BadInput names the first thing that must be corrected."""
    plan = expanded(read_plan(path))
    check_programs(plan)
    if profile is None:
        resolve(plan)
    else:
        rig = load_profile(profile)
        check_profile(rig)
        check_wheel(plan, rig)
        asyncio.run(_check_tonight(plan, rig))
    subs = f"{plan.total} subs" if plan.total else "subs without end"
    print(f"✓ {path.name}: {len(plan.target)} items, {subs}. It can be run.")
    return OK


async def _check_tonight(plan: Plan, rig: Profile) -> None:
    observer = Observer(rig.site.place())
    check_sky(plan, resolve(plan, observer.site, observer.unix()), observer, horizon_of(rig))


def show_sequence(path: Path, profile: Path | None) -> int:
    """Print the plan as it will be run; with a profile, when each target can be taken tonight."""
    plan = read_plan(path)
    whole = expanded(plan)
    night = None if profile is None else _night(whole, load_profile(profile))
    sys.stdout.write("\n".join(told(plan, whole, night)) + "\n")
    return OK


def _night(plan: Plan, rig: Profile) -> Tonight:
    observer = _observer(rig)
    targets = resolve(plan, observer.site, observer.epoch_unix)
    return tonight(plan, targets, observer.site, observer.epoch_unix, horizon_of(rig))


def _observer(rig: Profile) -> Observer:
    """At this moment: without a loop, whose clock it would follow."""
    return Observer(rig.site.place(), epoch_loop=0.0)


def print_schema() -> int:
    """The plan file's JSON schema, as docs/plan.schema.json has it."""
    sys.stdout.write(json.dumps(plan_schema(), indent=2, ensure_ascii=False) + "\n")
    return OK


def import_sequence(path: Path, out: Path | None, zone: str) -> int:
    """Write the plan to `out`, or print it; what was left out goes to standard error."""
    name = path.name.rpartition(".")[0] or path.name
    imported = import_plan(_text(path), name, zone, partial(_beside, path.parent))
    text = written(imported.plan)
    if out is None:
        sys.stdout.write(text)
    else:
        _save(out, text)
        print(f"✓ {out}: {len(imported.plan.target)} items. Look at it: nightbox sequence show {out}")
    _complain(imported)
    return OK


def _text(path: Path) -> str:
    """UTF-8, or what Windows wrote; BadInput for a file that cannot be read."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadInput(str(path), f"it cannot be read: {error.strerror}") from error
    for encoding in ("utf-8-sig", "cp1252"):
        with suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    raise BadInput(str(path), "it is no text")


def _beside(folder: Path, name: str) -> str | None:
    """A file that the imported one names; only its own folder is looked into."""
    file = folder / Path(name).name
    return _text(file) if file.is_file() else None


def _save(out: Path, text: str) -> None:
    """NotWritable also for a file that is there: nobody's plan is written over."""
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise NotWritable(f"{out} cannot be written: {error.strerror}.") from error


def _complain(imported: Imported) -> None:
    if imported.left_out:
        print("Not carried over; look after it yourself:", file=sys.stderr)
    for line in imported.left_out:
        print(f"  – {line}", file=sys.stderr)
