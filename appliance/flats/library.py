"""The library of darks and bias: whatever FITS files are in its folder, single frames and masters alike."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from appliance.flats.dark_kind import EXPOSURE_SECONDS, DarkKind

FOLDER = "library"
"""Within the folder for images."""
SUFFIXES = {".fits", ".fit", ".fts"}
BLOCK, CARD, MOST_BLOCKS = 2880, 80, 60
CARD_TEXT = re.compile(r"([A-Z0-9_-]{1,8}) *= *(?:'((?:[^']|'')*)'|([^/ ]+))")
MASTER_FRAMES = ("STACKCNT", "NCOMBINE", "IMGCOUNT", "NUMFRAME")  # how many a master was made of
MASTER = 10_000  # a master that does not tell: enough


@dataclass(frozen=True, slots=True)
class DarkFrame:
    """One file; `combined` of how many frames it is made (1: a single one)."""

    path: Path
    kind: DarkKind
    combined: int = 1


@dataclass(frozen=True, slots=True)
class Library:
    """What there is. `unread` are files that say too little or cannot be read."""

    frames: tuple[DarkFrame, ...] = ()
    unread: tuple[Path, ...] = ()

    def matching(self, wanted: DarkKind, within: float | None = None) -> list[DarkFrame]:
        """Those that are good for it, nearest exposure first, masters before single frames."""
        fit = [one for one in self.frames if wanted.fits(one.kind, within)]
        return sorted(
            fit, key=lambda one: (abs(one.kind.seconds - wanted.seconds), -one.combined, one.path.name)
        )

    def count(self, wanted: DarkKind) -> int:
        """How many frames are good for it, those in masters counted too."""
        return sum(one.combined for one in self.matching(wanted))

    def nearest(self, wanted: DarkKind, within: float = EXPOSURE_SECONDS) -> DarkFrame | None:
        """The best for it by exposure, at most so many seconds off; None when there is none."""
        return next(iter(self.matching(wanted, within)), None)

    def kinds(self) -> dict[DarkKind, tuple[int, int]]:
        """Single frames and masters of each kind, with temperatures in whole degrees."""
        found: dict[DarkKind, tuple[int, int]] = {}
        for one in self.frames:
            kind = _rounded(one.kind)
            singles, masters = found.get(kind, (0, 0))
            found[kind] = (singles + 1, masters) if one.combined == 1 else (singles, masters + 1)
        return dict(sorted(found.items(), key=lambda pair: (pair[0].frame, pair[0].label())))


def _rounded(kind: DarkKind) -> DarkKind:
    celsius = None if kind.celsius is None else float(round(kind.celsius))
    return DarkKind(
        kind.frame, kind.seconds, kind.binning, kind.gain, kind.offset, kind.readout_mode, celsius
    )


def read_library(folder: Path) -> Library:
    """Look through the folder, headers only; a missing folder is an empty library. It blocks: by a Worker."""
    frames, unread = [], []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in SUFFIXES or path.name.startswith("."):
            continue
        kind = _frame(path)
        if kind is None:
            unread.append(path)
        else:
            frames.append(kind)
    return Library(tuple(frames), tuple(unread))


def _frame(path: Path) -> DarkFrame | None:
    """None for what is neither dark nor bias, or no FITS file."""
    try:
        cards = dict(_cards(path))
    except OSError:
        return None
    words = cards.get("IMAGETYP", "").lower()
    frame = next((name for name in ("bias", "dark") if name in words), None)
    seconds = _number(cards, "EXPTIME", "EXPOSURE")
    if frame is None or (seconds is None and frame == "dark"):
        return None
    told = next((int(number) for name in MASTER_FRAMES if (number := _number(cards, name))), None)
    kind = DarkKind(
        "bias" if frame == "bias" else "dark", 0.0 if frame == "bias" else seconds or 0.0,
        int(_number(cards, "XBINNING") or 1), _whole(cards, "GAIN"), _whole(cards, "OFFSET"),
        cards.get("READOUTM", ""), _number(cards, "CCD-TEMP", "SET-TEMP"),
    )  # fmt: skip
    return DarkFrame(path, kind, max(1, told or (MASTER if "master" in words else 1)))


def _cards(path: Path) -> Iterator[tuple[str, str]]:
    """Of the first header; nothing for a file that is no FITS."""
    with path.open("rb") as file:
        for index in range(MOST_BLOCKS):
            block = file.read(BLOCK)
            if len(block) < BLOCK or (index == 0 and not block.startswith(b"SIMPLE  =")):
                return
            for start in range(0, BLOCK, CARD):
                card = block[start : start + CARD].decode("ascii", "replace")
                if card.startswith("END "):
                    return
                if found := CARD_TEXT.match(card):
                    yield found[1], (found[3] if found[2] is None else found[2]).strip()


def _number(cards: dict[str, str], *names: str) -> float | None:
    for name in names:
        try:
            return float(cards[name])
        except (KeyError, ValueError):
            continue
    return None


def _whole(cards: dict[str, str], name: str) -> int | None:
    number = _number(cards, name)
    return None if number is None else round(number)
