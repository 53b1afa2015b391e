"""The texts of the box that reach people, found in its sources for Babel (translations/box.cfg).

An f-string becomes a template with numbered gaps: f"Saved {n} of {m}." is "Saved {0} of {1}.". Parts that are
chosen from texts, f"{'not ' if far else ''}centred", make a template each, so that whole sentences are
translated. What is not prose (names, codes, patterns, SQL) is left out, and so is what goes to the developer.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import chain, product
from typing import IO, Any

GAP = "\0"
MOST = 24  # templates of one expression; one with more choices keeps gaps for them
DEEPEST = 4  # names that stand for names that stand for texts
FORMATS = re.compile(r"\{\w*(?:[!:][^{}]*)?\}")  # of a text that is filled in by str.format
WORD = re.compile(r"[A-Za-zÀ-ž]{2,}")
LONG = re.compile(r"[A-Za-z]{3,}")
NOT_PROSE = re.compile("|".join((
    r"^[A-Z]{3,} [A-Z*]", r"^[<#%.\[]", r"^[\w.-]*=", r"^[A-Za-z_]+\{0\}$", r"^HTTP/",
    r"^(base-uri|form-action|frame-ancestors|public,|private,|attachment;)",
    r"://", r"\n", r"\\[bd1]", r"\?\)", r";q=", r"charset", r"\| None", r"-src '",
)))  # fmt: skip
# What is said to the developer, the command line or another program; `log` by any method.
ELSEWHERE = frozenset({
    "print", "add_argument", "add_parser", "ArgumentParser", "compile", "execute", "executemany", "Worker",
    "Random", "Tag", "get", "getenv", "getattr", "hasattr", "removeprefix", "removesuffix", "startswith",
    "endswith", "split", "replace", "index", "strftime", "getLogger", "warn", "RuntimeError", "TypeError",
    "KeyError", "AssertionError", "OSError", "RpcError", "add_note", "Field", "ConfigDict", "cast", "TypeVar",
    "encode", "Vector", "tag", "svg", "N_", "gettext", "Section", "Tab", "Blueprint",
})  # fmt: skip
LOGS = frozenset({"debug", "info", "warning", "error", "exception", "critical", "log"})


def extract(
    fileobj: IO[bytes],
    keywords: Iterable[str],  # noqa: ARG001 - Babel's interface
    comment_tags: Iterable[str],  # noqa: ARG001
    options: dict[str, Any],  # noqa: ARG001
) -> Iterator[tuple[int, None, str, list[str]]]:
    """For Babel: (line, None, template, no comments) for everything that `templates` finds."""
    for line, text in templates(fileobj.read().decode("utf-8")):
        yield line, None, text, []


def templates(source: str) -> Iterator[tuple[int, str]]:
    """Line and template of each text for people in a Python source."""
    tree = ast.parse(source)
    for node, names in _texts(tree, _named(tree)):
        for raw in alternatives(node, names) or ["".join(_gapped(node))]:
            text = numbered(raw)
            if is_prose(raw, text):
                yield getattr(node, "lineno", 0), text


def numbered(raw: str) -> str:
    """Gaps by number; neighbours are one, because nobody can tell where the first ends."""
    count = iter(range(1000))
    return re.sub(f"{GAP}+", lambda _: f"{{{next(count)}}}", raw.strip())


def is_prose(raw: str, text: str) -> bool:
    """Whether these are words for a person, rather than a name or a code."""
    words = raw.replace(GAP, " ")
    if NOT_PROSE.search(text) or not LONG.search(words):
        return False
    if len(WORD.findall(words)) >= 2:
        return " " in words.strip()
    return GAP in raw.strip() or (text[0].isupper() and text[-1] in ".?!…")


Names = dict[str, list[ast.expr]]


def _texts(tree: ast.AST, names: Names) -> Iterator[tuple[ast.expr, Names]]:
    """Every expression that makes a text, with the names that are known there."""
    for child in _children(tree):
        if _is_text(child):
            assert isinstance(child, ast.expr)
            yield child, names
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            taken = {arg.arg for arg in ast.walk(child.args) if isinstance(arg, ast.arg)}
            around = {name: found for name, found in names.items() if name not in taken}
            yield from _texts(child, around | _named(child))
        else:
            yield from _texts(child, names)


def _children(node: ast.AST) -> Iterable[ast.AST]:
    """Without docstrings, keys, types, comparisons, and calls that speak to somebody else."""
    if isinstance(node, ast.Call):
        return () if _goes_elsewhere(node.func) else ast.iter_child_nodes(node)
    if isinstance(node, ast.Subscript):
        return (node.value,)
    if isinstance(node, ast.Dict):
        return node.values
    if isinstance(node, ast.AnnAssign):
        return () if node.value is None else (node.value,)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return ()
    if isinstance(node, ast.Compare):  # with a code; what is asked for the comparison may be a text
        return [one for one in ast.iter_child_nodes(node) if not isinstance(one, ast.Constant)]
    if isinstance(node, ast.MatchValue | ast.Set | ast.Assert | ast.Import | ast.arguments):
        return ()
    return ast.iter_child_nodes(node)


def _goes_elsewhere(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    speaker = function.value if isinstance(function, ast.Attribute) else None
    to_log = isinstance(speaker, ast.Name) and speaker.id in {"log", "logger", "logging"} and name in LOGS
    return to_log or name in ELSEWHERE


def _is_text(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _is_text(node.left) or _is_text(node.right)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _named(tree: ast.AST) -> Names:
    """Names of this function, or of the module, that always stand for texts or a choice of them."""
    found: Names = {}
    other: set[str] = set()
    for node in chain.from_iterable(map(ast.walk, _own(tree))):
        for target, value in _assigned(node):
            found.setdefault(target, []).append(value) if value is not None else other.add(target)
    return {name: values for name, values in found.items() if name not in other}


def _own(tree: ast.AST) -> list[ast.stmt]:
    body: list[ast.stmt] = getattr(tree, "body", []) if not isinstance(tree, ast.Lambda) else []
    inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [one for one in body if not isinstance(one, inner)]


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr | None]]:
    """(name, value), the value None where it cannot be told."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        yield node.targets[0].id, node.value
        return
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
        yield from _unpacked(node.targets[0], node.value)
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        return
    if isinstance(node, ast.AugAssign | ast.For | ast.AsyncFor | ast.NamedExpr | ast.comprehension):
        yield from ((one.id, None) for one in ast.walk(node.target) if isinstance(one, ast.Name))


def _unpacked(target: ast.Tuple, value: ast.expr) -> Iterator[tuple[str, ast.expr | None]]:
    values: list[ast.expr | None] = [None] * len(target.elts)
    if isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts):
        values = list(value.elts)
    for name, one in zip(target.elts, values, strict=True):
        if isinstance(name, ast.Name):
            yield name.id, one


def alternatives(node: ast.expr, names: Names, deep: int = 0) -> list[str]:
    """Every text that an expression may make, with GAP for what is not known; [] when these are too many."""
    if deep > DEEPEST:
        return [GAP]
    parts = [_choices(part, names, deep) for part in _parts(node)]
    count = 1
    for part in parts:
        count *= len(part)
    return ["".join(chosen) for chosen in product(*parts)] if count <= MOST else []


def _parts(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.JoinedStr):
        return node.values
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [*_parts(node.left), *_parts(node.right)]
    return [node]


def _choices(node: ast.expr, names: Names, deep: int) -> list[str]:
    if isinstance(node, ast.FormattedValue):
        plain = node.format_spec is None and node.conversion == -1
        return _choices(node.value, names, deep) if plain else [GAP]
    if isinstance(node, ast.Constant):
        return [FORMATS.sub(GAP, node.value) if isinstance(node.value, str) else GAP]
    found: list[str] = []
    for one in _branches(node, names):
        found += alternatives(one, names, deep + 1) or [GAP]
    return list(dict.fromkeys(found)) or [GAP]


def _branches(node: ast.expr, names: Names) -> list[ast.expr]:
    """What it may stand for; nothing for what only the running box knows."""
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, ast.BoolOp):
        empty = [ast.Constant("")] if isinstance(node.op, ast.And) else []
        return [*empty, *(node.values[1:] if empty else node.values)]
    if isinstance(node, ast.Name):
        return names.get(node.id, [])
    return [node] if _is_text(node) else []


def _gapped(node: ast.expr) -> Iterator[str]:
    """An expression of too many choices: only what stands in it itself."""
    for part in _parts(node):
        known = isinstance(part, ast.Constant) and isinstance(part.value, str)
        yield FORMATS.sub(GAP, part.value) if known else GAP  # type: ignore[attr-defined]
