"""The night's side of the gate for subs: what is remembered of earlier ones, and what a flaw asks for."""

from appliance.journal import Sub, SubState
from appliance.plan.keys import key_parts
from appliance.sequence.known import Established
from appliance.sequence.night import Night
from appliance.sequence.quality import Flaw, Look, QualitySettings, Verdict
from appliance.sequence.subs import Judge, Taken
from appliance.sky.windows import DAY


def quality_settings(night: Night) -> QualitySettings:
    """The profile's [quality]."""
    section = night.profile.quality
    return QualitySettings(
        learn=section.learn_subs,
        fewest_stars_percent=section.fewest_stars_percent,
        hfr_percent=section.hfr_percent,
        elongation_percent=section.elongation_percent,
        background_percent=section.background_percent,
        offset_arcsec=section.offset_arcsec,
        retakes=section.retakes if section.action == "retake" else 0,
    )


async def judge_for(night: Night, known: Established, taken: Taken) -> Judge | None:
    """The gate for one sub, with what this night has taught of its kind; None where none is wanted."""
    wanted = taken.wanted
    if night.profile.quality.action == "off" or wanted.step.frame != "light":
        return None
    key, history, settings = key_parts(wanted.key)[0], known.history, quality_settings(night)
    if key not in history.good:
        history.good[key] = await _remembered(night, wanted.key, settings.learn)
    return lambda look: history.judge(key, look, settings)


async def _remembered(night: Night, key: str, most: int) -> list[Look]:
    """The first good subs of this kind in this night, from before a restart."""
    subs = await night.journal.read(Sub, run=night.run, step_key=key, state=SubState.SAVED)
    tonight = night.observer.unix() - DAY / 2
    good = [sub for sub in subs if (sub.started or 0) > tonight and not sub.flaws and sub.hfr is not None]
    return [Look(sub.stars, sub.hfr, sub.elongation, sub.background, sub.error_arcsec) for sub in good[:most]]


def follow_up(night: Night, known: Established, verdict: Verdict) -> None:
    """What the flaws ask for: a focus run, another centring."""
    section = night.profile.quality
    if Flaw.OFFSET in verdict.flaws and section.recentre:
        known.centred = None
    if Flaw.HFR in verdict.flaws and section.refocus and night.profile.focuser is not None:
        known.refocus.ask("quality", f"the last sub is marked: {verdict.flaws[Flaw.HFR]}")
