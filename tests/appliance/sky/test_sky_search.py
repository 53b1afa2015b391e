"""What people type, mistype and mean."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.sky.catalogue import named
from appliance.sky.search import search


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Andromeda", "M 31"), ("m 31", "M 31"), ("NGC224", "M 31"), ("ngc 224", "M 31"),
        ("M31 galaxy", "M 31"),
        ("horshead", "B 33"), ("horse head", "B 33"), ("andromida", "M 31"), ("Plaiades", "M 45"),
        ("orian nebula", "M 42"), ("dumbel", "M 27"), ("nort america", "NGC 7000"), ("whirpool", "M 51"),
        ("rosetta", "NGC 2237"), ("elephants trunk", "IC 1396"), ("thors helmt", "NGC 2359"),
        ("caldwell20", "NGC 7000"), ("mesier 13", "M 13"), ("ncg 7000", "NGC 7000"), ("c 14", "C 14"),
        ("ic 434", "IC 434"), ("Vega", "Vega"), ("sirus", "Sirius"), ("betelguese", "Betelgeuse"),
        ("jupitr", "Jupiter"), ("moon", "Moon"), ("sun", "Sun"), ("47 tuc", "NGC 104"), ("VEIL", "NGC 6992"),
    ],
)  # fmt: skip
def test_the_first_is_what_was_meant(typed: str, meant: str) -> None:
    assert search(typed)[0].name == meant


def test_a_number_that_goes_on_is_offered_after_the_exact_one() -> None:
    names = [hit.name for hit in search("ngc 22", limit=5)]
    assert names[:2] == ["NGC 22", "NGC 220"]
    assert len(names) == len(set(names)) == 5


def test_a_word_that_many_share_gives_the_brightest() -> None:
    assert {hit.name for hit in search("galaxy", limit=4)} >= {"M 31", "M 33"}


@pytest.mark.parametrize("nothing", ["", "   ", "xyzzyqq", "?!", "ngc 99999"])
def test_nothing_is_made_up(nothing: str) -> None:
    assert search(nothing) == []


@settings(max_examples=30)
@given(st.text(max_size=40), st.integers(1, 20))
def test_whatever_is_typed_gets_an_answer(text: str, limit: int) -> None:
    found = search(text, limit)
    assert len(found) <= limit
    assert len({hit.name for hit in found}) == len(found)


LONG_NAMES = sorted(
    {name for name, row in named().values() if row[0].startswith("M ") and name.isascii() and len(name) > 9}
)


@settings(max_examples=30)
@given(st.sampled_from(LONG_NAMES), st.integers(1, 7), st.sampled_from("aeiorstln"))
def test_one_wrong_letter_is_forgiven(name: str, place: int, letter: str) -> None:
    if not name.replace(" ", "").isalpha():
        return
    wanted = search(name)[0].name
    wrong = name[:place] + letter + name[place + 1 :]
    assert wanted in [hit.name for hit in search(wrong)], wrong
