"""What comes tonight, and when: dusk, each target, meridian flips, a focus run that is due, dawn."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from appliance.plan import Plan
from appliance.profile import Profile
from appliance.sequence.forecast import Stint
from appliance.sequence.messages import NextEvent, SequenceState
from appliance.sequence.settings import flip_settings
from appliance.sequence.tonight import Tonight
from appliance.sky.catalogue import Target
from appliance.sky.rise_set import transit_near
from hardware.devices import Site

SOURCE = "sequence"
WORKS = {"starting", "running", "waiting"}


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is known of the rest of the night. `complete`: the plan is, after the last of the stints.

    `focused` is when the last focus run ended (UTC), None before the first.
    """

    profile: Profile
    plan: Plan
    targets: tuple[Target, ...]
    site: Site
    sky: Tonight
    stints: Sequence[Stint]
    complete: bool
    focused: float | None = None


def flips(ahead: Ahead) -> Iterator[tuple[float, str]]:
    """When each meridian flip comes at the earliest, and of which target."""
    for stint in ahead.stints:
        settings = flip_settings(ahead.profile, ahead.plan.sky[stint.index])
        target = ahead.targets[stint.index]
        if not settings.enabled or settings.abort or not ahead.plan.sky[stint.index].move:
            continue
        transit = transit_near(target.position, ahead.site, (stint.begins + stint.ends) / 2)
        moment = transit + 60 * settings.after_minutes
        if stint.begins < transit and moment < stint.ends:
            yield moment, target.name


def coming(ahead: Ahead, now: float, *, works: bool) -> list[NextEvent]:
    """Everything from now to dawn, in order. `works` False: only dusk and dawn come by themselves."""
    found = list(_sky(ahead))
    if works:
        found += _work(ahead)
        found += [_event("flip", f"Meridian flip of {name}", at, name) for at, name in flips(ahead)]
        minutes = ahead.plan.focus_every_minutes
        if minutes and ahead.stints and ahead.focused is not None and ahead.profile.focuser is not None:
            found.append(_event("focus", "Focus run", ahead.focused + 60 * minutes))
    return sorted((one for one in found if one.at is not None and one.at > now), key=lambda one: one.at or 0)


def next_event(ahead: Ahead, state: SequenceState, now: float) -> NextEvent:
    """The first of them; while the sequence waits, the end of that."""
    if state.waiting and state.until is not None and state.until > now:
        return _event("wait", state.doing, state.until, state.target)
    every = coming(ahead, now, works=state.phase in WORKS)
    return every[0] if every else NextEvent(source=SOURCE)


def _sky(ahead: Ahead) -> Iterator[NextEvent]:
    dark = ahead.sky.dark
    if dark.seconds > 0:
        yield _event("dusk", "Dusk: it is dark enough", dark.begins)
        yield _event("dawn", "Dawn: the night ends", dark.ends)


def _work(ahead: Ahead) -> Iterator[NextEvent]:
    for stint in ahead.stints:
        name = ahead.targets[stint.index].name
        yield _event("target", f"{name} begins", stint.begins, name)
    if ahead.complete and ahead.stints:
        yield _event("done", "The plan is complete", ahead.stints[-1].ends)


def _event(kind: str, what: str, at: float, target: str = "") -> NextEvent:
    return NextEvent(source=SOURCE, kind=kind, what=what, target=target, at=at)
