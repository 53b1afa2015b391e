"""The guide names every key a person can write, and every error code they can meet."""

import re
from pathlib import Path

import pytest

from appliance import errors
from appliance.errors import NightboxError
from appliance.imaging.naming import TOKENS
from appliance.profile import Profile, Section
from appliance.sequence.plan import Plan, Step, Target

GUIDE = (Path(__file__).parent.parent / "docs" / "guide.md").read_text(encoding="utf-8")


def sections(model: type[Section]) -> list[type[Section]]:
    inner = [f.annotation for f in model.model_fields.values()]
    found = [kind for kind in inner if isinstance(kind, type) and issubclass(kind, Section)]
    return [model, *(deeper for kind in found for deeper in sections(kind))]


@pytest.mark.parametrize("model", [*sections(Profile), Plan, Target, Step], ids=lambda model: model.__name__)
def test_every_key_is_explained(model: type[Section]) -> None:
    missing = [key for key in model.model_fields if not re.search(rf"\b{key}\b", GUIDE)]
    assert not missing


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
