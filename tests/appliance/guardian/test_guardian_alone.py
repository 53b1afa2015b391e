"""The guardian needs nothing but Python: no package, nothing of the controller."""

import ast
import sys
from pathlib import Path

import appliance.guardian

FOLDER = Path(appliance.guardian.__file__).parent


def test_it_imports_the_standard_library_and_itself_only() -> None:
    files = sorted(FOLDER.glob("*.py"))
    assert len(files) > 10
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                own = name.startswith("appliance.guardian")
                assert own or name.split(".")[0] in sys.stdlib_module_names, (path.name, name)
