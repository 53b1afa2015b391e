"""Which template a sentence came from, and the same sentence from the translated template. Pure.

Templates are compared part by part with str methods, in time that grows with the sentence's length only:
a gap ends at the first place where what follows it stands. Of those that fit, the one with most letters wins.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

GAP = re.compile(r"\{(\d+)\}")
HEAD = 3  # characters by which templates are found; shorter beginnings are tried for every sentence
LONGEST = 1500  # characters; what is longer is a file's content, no sentence
MOST_PIECES = 25  # every second is a joint
LEAST_LETTERS = 4
DEEPEST = 3  # sentences within sentences: a step, why it was done, and what that says
# Sentences that were put together: "one; another", "One. Another.", "Mount: it is parked".
JOINTS = re.compile(r"(; |(?<=[.!?…]) (?=\S)|: )")
ENDS = (" …", ".", "…")
SENTENCE_ENDS = re.compile(r"[.!?] [A-ZÀ-Ž“{]|; ")
BRACKETS = (("(", ")"), ("“", "”"))
IN_BRACKETS = re.compile(r"\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Template:
    """One sentence: `parts` stand around its gaps; `said` is the translation, with the same gaps."""

    parts: tuple[str, ...]
    said: str
    gaps: tuple[int, ...]
    longest: str
    letters: int

    def gaps_of(self, text: str) -> list[str] | None:
        """What stands in the gaps of this sentence, None when it is not of this template."""
        first, *middle, last = self.parts
        if not (text.startswith(first) and text.endswith(last)) or len(text) < len(first) + len(last):
            return None
        found, at, end = [], len(first), len(text) - len(last)
        for part in middle:
            there = text.find(part, at, end)
            if there < 0:
                return None
            found.append(text[at:there])
            at = there + len(part)
        found.append(text[at:end])
        return found if self._may_be(found) else None

    def _may_be(self, found: list[str]) -> bool:
        """Several sentences stand only at the end or in brackets, and no gap begins with somebody's label."""
        if not all(found):
            return False
        for gap, before, after in zip(found, self.parts, self.parts[1:], strict=False):
            enclosed = any(before.endswith(left) and after.startswith(right) for left, right in BRACKETS)
            # Such as in: Not yet safe, and why, and “Trying again.”
            listed = before.endswith(": ") and after.startswith(".")
            if after and not enclosed and not listed and _ends_inside(IN_BRACKETS.sub("", gap), after):
                return False
        after = self.parts[1]
        return bool(self.parts[0]) or after.startswith(":") or ": " not in found[0] + after[:1]


def _ends_inside(gap: str, after: str) -> bool:
    """Whether a sentence ends in this gap, or with it."""
    return any(end.start() < len(gap) for end in SENTENCE_ENDS.finditer(gap + after[:2]))


@dataclass(frozen=True, slots=True)
class Sentences:
    """The translated sentences of one language, without what they end with; `stop` is its full stop.

    Templates are kept by the first letters that a sentence of them has, each time with those that begin
    with a gap: they may fit anywhere.
    """

    whole: dict[str, str] = field(default_factory=dict)
    by_head: dict[str, list[Template]] = field(default_factory=dict)
    anywhere: list[Template] = field(default_factory=list)
    stop: str = "."

    def say(self, text: str) -> str:
        """The text in this language, as far as it is known; the very same where nothing of it is."""
        return text if len(text) > LONGEST or "\n" in text else self._said(text, DEEPEST)

    def _said(self, text: str, deep: int) -> str:
        if not deep or " " not in text.rstrip(" …"):
            return self._exact(text) or text  # most often a name, a number, a code
        return self._one(text, deep) or self._one_begun(text, deep) or self._pieces(text, deep)

    def _one(self, text: str, deep: int) -> str | None:
        """As one sentence, whatever it ends with, and with its gaps."""
        if (said := self._exact(text)) is not None:
            return said
        bare, end = _bare(text)
        for template in self._candidates(bare):
            if (found := template.gaps_of(bare)) is not None:
                filled = _filled(template, [self._said(gap, deep - 1) for gap in found])
                return f"{filled}{self.stop if end == '.' else end}"
        return None

    def _exact(self, text: str) -> str | None:
        bare, end = _bare(text)
        said = self.whole.get(bare)
        return None if said is None else f"{said}{self.stop if end == '.' else end}"

    def _one_begun(self, text: str, deep: int) -> str | None:
        """As one that was made the beginning of a sentence: "sub 3 of 20" is "Sub 3 of 20" there."""
        said = self._one(text[0].lower() + text[1:], deep) if text[0].isupper() else None
        return said and said[0].upper() + said[1:]

    def _pieces(self, text: str, deep: int) -> str:
        """From the left, each time the longest run of pieces that is known."""
        pieces = JOINTS.split(text)
        return text if len(pieces) == 1 or len(pieces) > MOST_PIECES else "".join(self._runs(pieces, deep))

    def _runs(self, pieces: list[str], deep: int) -> Iterator[str]:
        at = 0
        while at < len(pieces):
            for end in range(len(pieces), at, -2):
                said = None if end - at == len(pieces) else self._one("".join(pieces[at:end]), deep)
                if said is not None:
                    yield said
                    break
            else:
                end = at + 1
                yield pieces[at]
            yield from pieces[end : end + 1]
            at = end + 1

    def _candidates(self, text: str) -> Iterator[Template]:
        """Those that may fit, the one with most letters of its own first."""
        return (one for one in self.by_head.get(text[:HEAD], self.anywhere) if one.longest in text)


def sentences(catalogue: Mapping[str, str]) -> Sentences:
    """From templates and their translations."""
    stop = "。" if any(said.endswith("。") for said in catalogue.values()) else "."
    made = Sentences(stop=stop)
    for text, said in catalogue.items():
        bare, end = _bare(text)
        short = said.removesuffix(stop if end == "." else end)
        if GAP.search(text):
            _add(made, _template(bare, short))
        else:
            made.whole[bare] = short
    made.anywhere.sort(key=_most_letters)
    for found in made.by_head.values():
        found.extend(made.anywhere)
        found.sort(key=_most_letters)
    return made


def _bare(text: str) -> tuple[str, str]:
    """A text without what it ends with, and that."""
    end = next((one for one in ENDS if text.endswith(one)), "")
    return text.removesuffix(end), end


def _most_letters(template: Template) -> tuple[int, int]:
    return -template.letters, -sum(map(len, template.parts))


def _add(made: Sentences, template: Template) -> None:
    if template.letters < LEAST_LETTERS:
        return
    head = template.parts[0]
    if len(head) < HEAD:
        made.anywhere.append(template)
    else:
        made.by_head.setdefault(head[:HEAD], []).append(template)


def _template(text: str, said: str) -> Template:
    pieces = GAP.split(text)
    parts, gaps = tuple(pieces[::2]), tuple(map(int, pieces[1::2]))
    letters = sum(one.isalpha() for part in parts for one in part)
    return Template(parts, said, gaps, max(parts, key=len), letters)


def _filled(template: Template, found: Iterable[str]) -> str:
    by_number = dict(zip(template.gaps, found, strict=True))
    return GAP.sub(lambda gap: by_number.get(int(gap[1]), gap[0]), template.said)
