"""The guide names every key a person can write, and every error code they can meet."""

import re
from pathlib import Path
from typing import get_args

import pytest

from appliance import errors
from appliance.errors import NightboxError
from appliance.imaging.naming import TOKENS
from appliance.plan import Plan, load_plan
from appliance.profile import Profile, Section

DOCS = Path(__file__).parent.parent / "docs"
GUIDE = (DOCS / "guide.md").read_text(encoding="utf-8")
SEQUENCE = (DOCS / "sequence.md").read_text(encoding="utf-8")


def models(annotation: object) -> list[type[Section]]:
    """The tables that an annotation speaks of: one, an optional one, or several."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return [annotation]
    return [model for inner in get_args(annotation) for model in models(inner)]


def sections(model: type[Section]) -> list[type[Section]]:
    found = [kind for field in model.model_fields.values() for kind in models(field.annotation)]
    return [model, *(deeper for kind in found for deeper in sections(kind))]


@pytest.mark.parametrize("model", sections(Profile), ids=lambda model: model.__name__)
def test_every_key_is_explained(model: type[Section]) -> None:
    missing = [key for key in model.model_fields if not re.search(rf"\b{key}\b", GUIDE)]
    assert not missing


@pytest.mark.parametrize("model", sections(Plan), ids=lambda model: model.__name__)
def test_every_key_of_a_plan_is_explained(model: type[Section]) -> None:
    own = {key for key in model.model_fields if key != "changed"}  # which nobody writes
    assert not [key for key in own if not re.search(rf"\b{key}\b", SEQUENCE)]


def test_the_manuals_plans_are_plans(tmp_path: Path) -> None:
    examples = re.findall(r"```toml\n(.*?)```", SEQUENCE, re.DOTALL)
    assert len(examples) >= 3
    for example in examples:
        file = tmp_path / "plan.toml"
        file.write_text(example, encoding="utf-8")
        assert load_plan(file).sky


def test_every_token_is_listed() -> None:
    assert not [token for token in TOKENS if f"`{token}`" not in GUIDE]


def test_every_code_is_listed() -> None:
    kinds = [getattr(errors, name) for name in errors.__all__]
    codes = {kind.code for kind in kinds if kind not in (NightboxError, errors.ProcedureFailed)}
    families = set(re.findall(r"`([a-z]+)\.\*`", GUIDE))
    assert not [
        code
        for code in codes - {"storage", "input"}
        if f"`{code}`" not in GUIDE and code.split(".")[0] not in families
    ]


def test_every_option_of_a_plan_has_its_test() -> None:
    table = (DOCS / "sequence-options.md").read_text(encoding="utf-8") + (DOCS / "focus.md").read_text(
        encoding="utf-8"
    )
    tests = "\n".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.rglob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", table))
    assert named
    assert not [name for name in named if f"def {name}(" not in tests]
    flats = {"filters", "target_adu", "tolerance_percent", "shortest_seconds", "longest_seconds"}
    flats |= {"shift_arcsec", "twilight", "brightness", "bias", "changed"}
    keys = {key for model in sections(Plan) for key in model.model_fields} - flats
    assert not [key for key in keys if not re.search(rf"\b{key}\b", table)]
