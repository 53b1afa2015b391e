"""What is about no single device: connecting the rig, a person's own words in log and headers."""

from pydantic import Field

from appliance.api import Arguments, Command
from appliance.box.devices.work import Work
from appliance.bus import Said
from appliance.errors import BadCommand
from appliance.imaging.header import MANY, check_keyword

MOST_KEYWORDS = 100
LONGEST_VALUE = 68  # characters that one card of a header holds
LONGEST_LINE = 1000
SCRIPT = "script"


class Kind(Arguments):
    """One kind of device, "" for all of them."""

    kind: str = ""


class Keyword(Arguments):
    """A FITS keyword; `value` "" takes it away, keyword "" all of them."""

    keyword: str = Field("", max_length=8)
    value: str = ""


class Line(Arguments):
    """What shall stand in the log; `source` says who speaks."""

    text: str
    source: str = Field(SCRIPT, max_length=30)


def other_commands(work: Work) -> list[Command]:
    """Connect, keyword, log."""
    night = work.hand.night

    async def connect(asked: Kind) -> str:
        if asked.kind and asked.kind not in night.rig.kinds:
            known = ", ".join(sorted(night.rig.kinds))
            raise BadCommand("kind", f"the profile has no {asked.kind!r}", advice=f"It has: {known}.")
        if asked.kind:
            await night.rig.bring(asked.kind)
        else:
            await night.rig.open()
        night.publish(night.rig.state())
        return "connected"

    async def keyword(asked: Keyword) -> str:
        name = asked.keyword.strip().upper()
        if not name:
            night.keywords.clear()
            return "cleared"
        check_keyword(name)
        value = " ".join(asked.value.split())[:LONGEST_VALUE]
        kept = [card for card in night.keywords if card[0] != name or (value and name in MANY)]
        if value and len(kept) >= MOST_KEYWORDS:
            raise BadCommand("keyword", f"there are {MOST_KEYWORDS} already", advice="Clear them first.")
        # Changed in place: the sequence's headers are made of the same list.
        night.keywords[:] = [*kept, (name, value)] if value else kept
        return value

    async def log(asked: Line) -> str:
        text = clean(asked.text)
        night.publish(Said(source=clean(asked.source), text=text))
        return text

    return [
        Command("connect", "Connect the rig, or one device of it.", Kind, connect),
        Command("keyword", "Write your own keyword into every header.", Keyword, keyword),
        Command("log", "Write a line into the log.", Line, log),
    ]


def clean(text: str) -> str:
    """One printable line: no line of the log looks like two, and every file can hold it."""
    whole = text.encode("utf-8", "replace").decode()
    return "".join(letter if letter.isprintable() else " " for letter in whole)[:LONGEST_LINE].strip()
