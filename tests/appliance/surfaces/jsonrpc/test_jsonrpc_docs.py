"""docs/jsonrpc.md lists every method there is, with its parameters, and no other."""

import re
from pathlib import Path
from unittest.mock import MagicMock

import pytest

from appliance.surfaces.jsonrpc.run import methods

DOCS = Path(__file__).parents[4] / "docs" / "jsonrpc.md"
ROWS = re.findall(
    r"^\| `([A-Za-z0-9_]+)` \| ([^|]*) \| ([^|]*) \| ([^|]*) \|", DOCS.read_text(), re.MULTILINE
)
STATES = {"done", "in part", "not here"}


def test_every_method_is_listed_once() -> None:
    listed = [name.upper() for name, *_ in ROWS]
    assert len(listed) == 200
    assert sorted(listed) == sorted(methods(MagicMock()))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_row_is_true(row: tuple[str, str, str, str]) -> None:
    name, parameters, _, state = row
    method = methods(MagicMock())[name.upper()]
    assert tuple(re.findall(r"[a-z]+", parameters)) == method.parameters
    assert state.partition(":")[0].strip() in STATES
