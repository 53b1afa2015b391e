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


def test_no_two_test_files_share_a_name() -> None:
    """Without packages around them the second would not be imported."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert not sorted(name for name in set(names) if names.count(name) > 1)


def test_no_async_views() -> None:
    views = [path for path in CODE if path.is_relative_to(ROOT / "web") and path.name != "bridge.py"]
    assert views
    for path in views:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not [f.name for f in functions(tree) if isinstance(f, ast.AsyncFunctionDef)], path


@pytest.mark.parametrize(
    "code",
    [
        "import time\n\ntime.time()",
        "from time import time\n\ntime()",
        "import datetime\n\ndatetime.datetime.now(datetime.UTC)",
        "from datetime import UTC, datetime\n\ndatetime.now(UTC)",
        "from astropy.time import Time\n\nTime.now()",
        "import time\n\ntime.clock_gettime(time.CLOCK_REALTIME)",
        "import time\n\ntime.clock_gettime_ns(time.CLOCK_REALTIME)",
        "import numpy as np\n\nnp.datetime64('now')",
        "import asyncio\n\nasyncio.to_thread(print)",
    ],
)
def test_only_the_observer_may_read_the_wall_clock(code: str) -> None:
    found = subprocess.run(
        [BIN / "ruff", "check", "--select", "TID251", "--stdin-filename", "appliance/bus.py", "-"],
        cwd=ROOT, input=code + "\n", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "TID251" in found.stdout, found.stdout + found.stderr


# What tells the present when it is not told a moment: by how many arguments it is.
TOLD_BY = {"gmtime": 1, "localtime": 1, "ctime": 1, "asctime": 1, "strftime": 2}


def untold(tree: ast.AST) -> list[str]:
    """Calls of the time module's functions that leave out the moment they are about."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [(getattr(call.func, "attr", getattr(call.func, "id", "")), call) for call in calls]
    # A datetime's own strftime has its moment: only the module's takes two.
    own = {id(call) for name, call in named if name == "strftime" and not _is_module(call.func)}
    return [
        name
        for name, call in named
        if name in TOLD_BY and len(call.args) < TOLD_BY[name] and id(call) not in own
    ]


def _is_module(function: ast.expr) -> bool:
    on = getattr(function, "value", None)
    return on is None or (isinstance(on, ast.Name) and on.id == "time")


@pytest.mark.parametrize("path", CODE, ids=str)
def test_nothing_formats_the_present_unasked(path: Path) -> None:
    assert not untold(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "code",
    [
        "time.gmtime()",
        "time.localtime()",
        "strftime('%H')",
        "time.strftime('%H')",
        "time.ctime()",
        "asctime()",
    ],
)
def test_the_present_unasked_is_found(code: str) -> None:
    assert untold(ast.parse(code))
    assert not untold(ast.parse("time.strftime('%H', time.gmtime(at)); now.strftime('%H')"))
