"""The tables of docs/focus.md."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[4] / "docs" / "focus.md"


def rows(heading: str) -> list[str]:
    """The names in the first column of the table that begins with this heading."""
    text = DOCS.read_text(encoding="utf-8")
    table = text[text.index(f"| {heading} |") :].split("\n\n")[0]
    return re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
