"""The gate for subs: what counts as usual, and what is too far from it."""

from dataclasses import replace

import pytest

from appliance.sequence.quality import Flaw, History, Look, QualitySettings

SETTINGS = QualitySettings(elongation_percent=40.0)
GOOD = Look(stars=100, hfr=2.0, elongation=1.1, background=500.0, error_arcsec=5.0)


def learned(*looks: Look, settings: QualitySettings = SETTINGS) -> History:
    history = History()
    for look in looks or (GOOD,) * 5:
        assert not history.judge("a", look, settings).flaws
    return history


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ({"stars": 39}, Flaw.STARS),
        ({"stars": 0, "hfr": None, "elongation": None}, Flaw.STARS),
        ({"hfr": 3.1}, Flaw.HFR),
        ({"elongation": 1.6}, Flaw.ELONGATION),
        ({"background": 1001.0}, Flaw.BACKGROUND),
        ({"error_arcsec": 301.0}, Flaw.OFFSET),
    ],
)
def test_each_flaw_is_seen(change: dict[str, float | None], flaw: Flaw) -> None:
    verdict = learned().judge("a", replace(GOOD, **change), SETTINGS)  # type: ignore[arg-type]
    assert verdict.mark == flaw.value
    assert verdict.words
    assert not verdict.again


@pytest.mark.parametrize(
    "change",
    [
        {"stars": 41},
        {"hfr": 2.9},
        {"elongation": 1.5},
        {"background": 999.0},
        {"error_arcsec": 299.0},
        {"error_arcsec": None, "background": None, "elongation": None},
        {"stars": 300, "hfr": 1.0},
    ],
)
def test_within_the_limits_it_is_good(change: dict[str, float | None]) -> None:
    assert not learned().judge("a", replace(GOOD, **change), SETTINGS).flaws  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "off",
    [
        {"fewest_stars_percent": 0.0},
        {"hfr_percent": 0.0},
        {"elongation_percent": 0.0},
        {"background_percent": 0.0},
        {"offset_arcsec": 0.0},
    ],
)
def test_what_is_off_is_not_looked_at(off: dict[str, float]) -> None:
    worst = Look(stars=1, hfr=9.0, elongation=3.0, background=9000.0, error_arcsec=900.0)
    all_flaws = learned().judge("a", worst, SETTINGS).flaws
    assert len(learned().judge("a", worst, replace(SETTINGS, **off)).flaws) == len(all_flaws) - 1 == 4  # type: ignore[arg-type]


def test_nothing_is_usual_before_three() -> None:
    history = learned(GOOD, GOOD)
    assert not history.judge("a", replace(GOOD, hfr=9.0), SETTINGS).flaws
    assert history.judge("b", replace(GOOD, error_arcsec=400.0), SETTINGS).mark == "offset"


def test_only_the_first_good_ones_teach() -> None:
    history = learned()
    for hfr in (2.2, 2.4, 2.6, 2.8):  # slowly out of focus: not usual because of that
        assert not history.judge("a", replace(GOOD, hfr=hfr), SETTINGS).flaws
    assert history.judge("a", replace(GOOD, hfr=3.1), SETTINGS).mark == "hfr"
    assert len(history.good["a"]) == SETTINGS.learn


def test_a_flawed_one_among_the_first_teaches_nothing() -> None:
    history = learned(GOOD, GOOD, GOOD)
    assert history.judge("a", replace(GOOD, stars=10), SETTINGS).mark == "stars"
    assert len(history.good["a"]) == 3


def test_each_kind_has_its_own_history() -> None:
    history = learned()
    assert not history.judge("b", replace(GOOD, stars=10, hfr=4.0), SETTINGS).flaws


def test_so_many_in_a_row_are_taken_again_and_then_none_until_a_good_one() -> None:
    settings = replace(SETTINGS, retakes=2)
    history, bad = learned(settings=settings), replace(GOOD, stars=10)
    assert [history.judge("a", bad, settings).again for _ in range(4)] == [True, True, False, False]
    history.judge("a", GOOD, settings)
    assert history.judge("a", bad, settings).again
