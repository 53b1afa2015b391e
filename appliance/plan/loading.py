"""Plans in files: read, with templates from a folder beside them, and written."""

from pathlib import Path
from typing import Any

import tomli_w

from appliance.errors import BadInput, BadPlan
from appliance.plan.expanding import expanded
from appliance.plan.plan import Plan
from appliance.plan.steps import Template
from appliance.profile.loading import all_flaws, load_toml, read_toml, validated

TEMPLATES = "templates"


def load_plan(path: Path) -> Plan:
    """A plan that can be run; BadPlan names the field, the value and the remedy."""
    return expanded(read_plan(path))


def read_plan(path: Path) -> Plan:
    """A plan as it was written; templates that it does not have are looked for in `templates/NAME.toml`."""
    return plan_from(read_toml(path, BadPlan), path)


def plan_from(raw: dict[str, Any], path: Path) -> Plan:
    """A plan from what a TOML file has; `path` is where it stands, or would stand."""
    return validated(_whole(raw, path), path, Plan, BadPlan)


def plan_flaws(raw: dict[str, Any], path: Path) -> list[BadInput]:
    """Every field for which `plan_from` would refuse it."""
    try:
        return all_flaws(_whole(raw, path), path, Plan, BadPlan)
    except BadPlan as template:  # of a file beside it
        return [template]


def _whole(raw: dict[str, Any], path: Path) -> dict[str, Any]:
    """With the templates that stand in files, and with the programs' whole paths."""
    raw = _with_whole_paths(raw, path.parent.absolute())
    own = raw.get("template")
    inside = dict(own) if isinstance(own, dict) else {}
    outside = {name: _template(path, name) for name in _used(raw) if name not in inside and _file(path, name)}
    return {**raw, "template": {**inside, **outside}} if outside else raw


def _with_whole_paths(raw: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Programs are meant to stand where the plan says, seen from its own folder."""
    items, scripts = raw.get("target"), raw.get("script")
    whole = dict(raw)
    if isinstance(items, list):
        whole["target"] = [_with_whole_path(item, folder) for item in items]
    if isinstance(scripts, dict):
        whole["script"] = {when: _with_whole_path(one, folder) for when, one in scripts.items()}
    return whole


def _with_whole_path(table: Any, folder: Path) -> Any:
    file = table.get("file") if isinstance(table, dict) else None
    return {**table, "file": str(folder / file)} if isinstance(file, str) else table


def _used(raw: dict[str, Any]) -> set[str]:
    items = raw.get("target")
    tables = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    return {name for item in tables if isinstance(name := item.get("template"), str) and name}


def _file(path: Path, name: str) -> Path | None:
    """The template's file, None where there is none; a name with a slash is none."""
    file = path.parent / TEMPLATES / f"{name}.toml"
    return file if "/" not in name and file.is_file() else None


def _template(path: Path, name: str) -> Template:
    file = _file(path, name)
    assert file is not None
    template = load_toml(file, Template, BadPlan)
    return template.model_copy(update={"changed": file.stat().st_mtime})


def written(plan: Plan) -> str:
    """The plan as TOML text that reads back as the same plan; templates from files are not in it."""
    raw = plan.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    raw = {"version": plan.version, **raw}
    own = {name: raw["template"][name] for name, one in plan.template.items() if one.changed is None}
    if own:
        raw["template"] = own
    else:
        raw.pop("template", None)
    for item, table in zip(plan.target, raw["target"], strict=True):
        if item.do != "subs":
            table["do"] = item.do
    return tomli_w.dumps(raw)
