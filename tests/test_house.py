"""The house rules that a tool can hold: formatting, types, layers, sizes, one clock, no async views."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CODE = [
    path for package in ("appliance", "hardware", "web") for path in sorted((ROOT / package).rglob("*.py"))
]
BIN = Path(sys.executable).parent
MOST_LINES, MOST_FUNCTION_LINES = 400, 60


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "command",
    [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"], ["lint-imports", "--no-logo"]],
    ids=lambda command: command[0] + command[1] if len(command) > 1 else command[0],
)
def test_the_tools_have_nothing_to_say(command: list[str]) -> None:
    done = subprocess.run(
        [BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MOST_LINES
    for function in functions(ast.parse(text)):
        assert (function.end_lineno or 0) - function.lineno < MOST_FUNCTION_LINES, function.name


def test_no_async_views() -> None:
    views = [path for path in CODE if path.is_relative_to(ROOT / "web") and path.name != "bridge.py"]
    assert views
    for path in views:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not [f.name for f in functions(tree) if isinstance(f, ast.AsyncFunctionDef)], path


def test_only_the_observer_reads_the_wall_clock() -> None:
    clocks = {
        ("time", "time"),
        ("time", "time_ns"),
        ("datetime", "now"),
        ("datetime", "utcnow"),
        ("Time", "now"),
    }
    for path in CODE:
        if path == ROOT / "appliance" / "observer.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                assert (node.value.id, node.attr) not in clocks, f"{path}:{node.lineno}"
