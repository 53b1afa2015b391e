"""The plan file's JSON schema, for editors that complete and check as one types."""

from typing import Any

from appliance.plan.plan import Plan

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def plan_schema() -> dict[str, Any]:
    """JSON schema (2020-12) of what a person may write; what the box itself keeps of a file is not in it."""
    schema = Plan.model_json_schema()
    schema["$defs"]["Template"]["properties"].pop("changed")
    return {"$schema": DIALECT, **schema, "title": "Nightbox plan"}
