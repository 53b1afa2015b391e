"""The JSON schema of a plan file."""

import json
from pathlib import Path

from appliance.plan.schema import plan_schema

DOCS = Path(__file__).parents[3] / "docs"


def test_the_one_in_the_docs_is_current() -> None:
    """Written by: nightbox sequence schema > docs/plan.schema.json"""
    assert json.loads((DOCS / "plan.schema.json").read_text(encoding="utf-8")) == plan_schema()


def test_it_knows_every_kind_of_item_and_nothing_of_the_box_itself() -> None:
    schema = plan_schema()
    kinds = {"Target", "Mosaic", "Script", "SkyFlats", "PanelFlats", "DarkFrames", "Wait"}
    assert kinds <= schema["$defs"].keys()
    assert "changed" not in schema["$defs"]["Template"]["properties"]
    assert schema["additionalProperties"] is False
