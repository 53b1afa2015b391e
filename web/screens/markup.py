"""The guide's Markdown as HTML: headings, paragraphs, lists, tables, code; anything else stays a text.

Everything is escaped first, so that no text can bring a tag of its own.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from markupsafe import Markup, escape

HEADING = re.compile(r"(#{1,6})\s+(.*)")
ITEM = re.compile(r"(?:[-*]|\d+\.)\s+(.*)")
ROW = re.compile(r"\|(.*)\|\s*$")
RULE = re.compile(r"[|:\- ]+$")
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
PAGE = re.compile(r"(?<![\w/])docs/([a-z]+)\.md")

Address = Callable[[str], str | None]


def rendered(text: str, address: Address, top: int = 2) -> Markup:
    """A document as HTML, its largest headings of level `top`.

    `address` gives the page of another document by its name, None for none.
    """
    inline = _Inline(address, top)
    return Markup("\n").join(Markup(part) for part in _blocks(text.splitlines(), inline))  # noqa: S704 - escaped


@dataclass(frozen=True, slots=True)
class _Inline:
    address: Address
    top: int

    def __call__(self, text: str) -> str:
        """Code as it is; in all else bold, links to other documents."""
        parts = re.split(r"(`[^`]*`)", text)
        return "".join(self._code(part) if part.startswith("`") else self._words(part) for part in parts)

    @staticmethod
    def _code(text: str) -> str:
        return f"<code>{escape(text.strip('`'))}</code>"

    def _words(self, text: str) -> str:
        plain = str(escape(text))
        plain = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", plain)
        plain = re.sub(r"(?<![\w*])\*([^*\s][^*]*)\*", r"<em>\1</em>", plain)
        plain = LINK.sub(lambda found: self._link(found[1], found[2]), plain)
        return PAGE.sub(lambda found: self._link(found[0], found[0]), plain)

    def _link(self, words: str, target: str) -> str:
        name = target.rpartition("/")[2].partition("#")[0].removesuffix(".md")
        page = self.address(name)
        return f'<a href="{escape(page)}">{words}</a>' if page else words


def _blocks(lines: list[str], inline: _Inline) -> Iterator[str]:
    at = 0
    while at < len(lines):
        line = lines[at]
        taker = next((taker for begins, taker in TAKERS if begins(line)), _paragraph)
        block, at = taker(lines, at, inline)
        yield block


Taken = tuple[str, int]


def _blank(lines: list[str], at: int, inline: _Inline) -> Taken:  # noqa: ARG001
    return "", at + 1


def _heading(lines: list[str], at: int, inline: _Inline) -> Taken:
    found = HEADING.match(lines[at])
    assert found
    level = min(len(found[1]) + inline.top - 1, 6)
    return f"<h{level}>{inline(found[2])}</h{level}>", at + 1


def _fenced(lines: list[str], at: int, inline: _Inline) -> Taken:  # noqa: ARG001
    end = next((n for n in range(at + 1, len(lines)) if lines[n].startswith("```")), len(lines))
    return _pre(lines[at + 1 : end]), end + 1


def _indented(lines: list[str], at: int, inline: _Inline) -> Taken:  # noqa: ARG001
    end = _while(lines, at, lambda line: line.startswith("    ") or not line)
    return _pre([line[4:] for line in lines[at:end]]), end


def _pre(lines: list[str]) -> str:
    return f'<pre tabindex="0">{escape(chr(10).join(lines).strip(chr(10)))}</pre>'


def _table(lines: list[str], at: int, inline: _Inline) -> Taken:
    end = _while(lines, at, lambda line: bool(ROW.match(line)))
    rows = [_cells(line) for line in lines[at:end] if not RULE.match(line)]
    head = "".join(f'<th scope="col">{inline(cell)}</th>' for cell in rows[0])
    body = "".join(f"<tr>{''.join(f'<td>{inline(cell)}</td>' for cell in row)}</tr>" for row in rows[1:])
    return f'<div class="wide" tabindex="0"><table><tr>{head}</tr>{body}</table></div>', end


def _cells(line: str) -> list[str]:
    found = ROW.match(line)
    assert found
    return [cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", found[1])]


def _list(lines: list[str], at: int, inline: _Inline) -> Taken:
    end = _while(lines, at, lambda line: bool(ITEM.match(line)) or line.startswith("  "))
    items: list[str] = []
    for line in lines[at:end]:
        if found := ITEM.match(line):
            items.append(found[1])
        else:
            items[-1] += f" {line.strip().removeprefix('- ')}"
    name = "ol" if lines[at][0].isdigit() else "ul"
    return f"<{name}>{''.join(f'<li>{inline(item)}</li>' for item in items)}</{name}>", end


def _paragraph(lines: list[str], at: int, inline: _Inline) -> Taken:
    end = _while(lines, at + 1, lambda line: bool(line) and not any(begins(line) for begins, _ in TAKERS))
    return f"<p>{inline(' '.join(lines[at:end]))}</p>", end


def _while(lines: list[str], at: int, fits: Callable[[str], bool]) -> int:
    return next((n for n in range(at, len(lines)) if not fits(lines[n])), len(lines))


Taker = Callable[[list[str], int, _Inline], Taken]
TAKERS: tuple[tuple[Callable[[str], object], Taker], ...] = (
    (lambda line: not line.strip(), _blank),
    (HEADING.match, _heading),
    (lambda line: line.startswith("```"), _fenced),
    (lambda line: line.startswith("    "), _indented),
    (ROW.match, _table),
    (ITEM.match, _list),
)
