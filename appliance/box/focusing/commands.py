"""How focus is set up, what was learned and what was done, for every surface."""

from typing import Any

from pydantic import Field

from appliance.api import Api, Arguments, Command
from appliance.box.box import Box
from appliance.box.focusing.changes import Changes
from appliance.box.focusing.dismissed import Dismissed
from appliance.box.focusing.history import one_run, page_of_runs
from appliance.box.focusing.overview import offered_by, overview
from appliance.errors import BadCommand
from appliance.focus.offers import Offer
from appliance.focus.past import learn
from appliance.focus.wizards import FocusWizard
from appliance.journal import FocusRun
from appliance.sequence.focus_method import scale_of
from appliance.surfaces.focus_log import as_csv, entries
from appliance.wire import plain

PLACES = "Give their places in the profile, such as focus.step."


class Page(Arguments):
    """`before`: the id of the oldest run that is known already, 0 for none."""

    before: int = Field(0, ge=0)
    count: int = Field(20, ge=1, le=100)


class One(Arguments):
    """By its id."""

    id: int = Field(ge=1)


class Values(Arguments):
    """By their places in the profile: {"focus.step": 90}."""

    values: dict[str, Any] = Field(min_length=1, max_length=50)


class Answered(Arguments):
    """`key` of an offer; `accept` False: it is not made again until runs say something else."""

    key: str = Field(max_length=200)
    accept: bool


def focus_commands(box: Box, api: Api) -> list[Command]:
    """None on a rig without a focuser."""
    if box.profile.focuser is None:
        return []
    changes, dismissed = Changes(box, api), Dismissed(box.folder)
    return [*_questions(box, dismissed), *_deeds(box, changes, dismissed)]


def _questions(box: Box, dismissed: Dismissed) -> list[Command]:
    async def all_of_it(_: Arguments) -> object:
        return plain(await overview(box, dismissed))

    async def history(asked: Page) -> object:
        return plain(await page_of_runs(box.journal, asked.before, asked.count))

    async def run(asked: One) -> object:
        return plain(await one_run(box.journal, asked.id))

    async def log(_: Arguments) -> str:
        return as_csv(await entries(box.journal))

    return [
        Command(
            "focus_overview",
            "How focus is set up, and what runs have taught.",
            Arguments,
            all_of_it,
            asks=True,
        ),
        Command("focus_history", "Past focus runs, the newest first.", Page, history, asks=True),
        Command("focus_run", "One past focus run with its V-curve.", One, run, asks=True),
        Command("focus_log", "All focus runs and moves of the focuser, as CSV.", Arguments, log, asks=True),
    ]


def _deeds(box: Box, changes: Changes, dismissed: Dismissed) -> list[Command]:
    async def change(asked: Values) -> dict[str, bool]:
        if wrong := [place for place in asked.values if not place.startswith("focus.")]:
            raise BadCommand("focus_change.values", f"{wrong[0]!r} is not about focus", advice=PLACES)
        kept = await changes.make("focus_change", asked.values)
        said = ", ".join(f"{place} = {value}" for place, value in asked.values.items())
        box.say(f"Focus is set up anew: {said}.")
        return {"kept": kept}

    async def answer(asked: Answered) -> dict[str, bool]:
        offer = await _offered(box, asked.key)
        if not asked.accept:
            await dismissed.add(offer)
            return {"kept": True}
        return await change(Values(values=wanted_by(offer, box.profile.focus.filters.offsets)))

    async def take_over(_: Arguments) -> dict[str, bool]:
        wizard = next((state for state in box.bus.states() if isinstance(state, FocusWizard)), None)
        if wizard is None or wizard.phase != "done" or not wizard.proposals:
            raise BadCommand("focus_take_over", "no wizard has proposed anything", advice="Run one first.")
        values: dict[str, object] = {f"{one.table}.{one.key}": one.value for one in wizard.proposals}
        kept = await changes.make("focus_take_over", values)
        box.say(f"Taken over from the {wizard.wizard}: {', '.join(values)}.")
        return {"kept": kept}

    return [
        Command("focus_change", "Change how the box focuses.", Values, change),
        Command("focus_offer", "Take over what runs have taught, or dismiss it.", Answered, answer),
        Command("focus_take_over", "Take over what the last focus wizard proposes.", Arguments, take_over),
    ]


async def _offered(box: Box, key: str) -> Offer:
    runs = await box.journal.read(FocusRun)
    known = learn(runs, runs[-1].filter if runs else "", scale_of(box.profile))
    found = [one for one in offered_by(known, box.profile.focus) if one.key == key]
    if not found:
        raise BadCommand("focus_offer.key", f"nothing is offered for {key!r} now", advice="Load it again.")
    return found[0]


def wanted_by(offer: Offer, offsets: dict[str, int]) -> dict[str, object]:
    """The values of the profile that accepting it changes."""
    if not offer.filter:
        return {offer.key: offer.set_to}
    table = {offer.against: offer.base, **offsets, offer.filter: round(offer.set_to)}
    return {"focus.filters.offsets": table}
