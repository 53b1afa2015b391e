"""What fingers mean: pressed, twice, held, together."""

from hypothesis import given
from hypothesis import strategies as st

from appliance.surfaces.panel.buttons import DOUBLE_SECONDS, Gesture, Hold, Presses

HOLDS = (
    Hold(frozenset({"park"}), 1.0),
    Hold(frozenset({"stop", "park"}), 3.0),
    Hold(frozenset({"off"}), 3.0),
)


def meant(*edges: tuple[str, bool, float], until: float = 60.0) -> list[tuple[str, str, float]]:
    """Each gesture with its moment; the alarms are heeded as a panel does."""
    presses, found = Presses(HOLDS), list[tuple[str, str, float]]()

    def note(gestures: list[Gesture], at: float) -> None:
        found.extend((one.kind.value, "+".join(sorted(one.buttons)), at) for one in gestures)

    def heed(before: float) -> None:
        while (alarm := presses.alarm) is not None and alarm < before:
            note(presses.due(alarm), alarm)

    for button, pressed, at in edges:
        heed(at)
        note(presses.edge(button, pressed, at), at)
    heed(until)
    return found


def test_a_press_counts_when_the_finger_goes_down() -> None:
    assert meant(("start", True, 1.0), ("start", False, 1.2)) == [
        ("down", "start", 1.0),
        ("up", "start", 1.2),
    ]


def test_twice_is_told_from_two_presses() -> None:
    quick = meant(("stop", True, 1.0), ("stop", False, 1.1), ("stop", True, 1.4), ("stop", False, 1.5))
    assert [kind for kind, _, _ in quick] == ["down", "up", "twice", "up"]
    later = 1.0 + DOUBLE_SECONDS + 0.01
    slow = meant(("stop", True, 1.0), ("stop", False, 1.1), ("stop", True, later))
    assert [kind for kind, _, _ in slow] == ["down", "up", "down"]


def test_three_quick_presses_are_twice_and_once() -> None:
    edges = [("stop", pressed, 1.0 + 0.1 * n) for n, pressed in enumerate((True, False) * 3)]
    assert [kind for kind, _, _ in meant(*edges) if kind != "up"] == ["down", "twice", "down"]


def test_held_comes_once_at_its_time_and_not_for_less() -> None:
    assert ("held", "off", 4.0) in meant(("off", True, 1.0), ("off", False, 9.0))
    assert meant(("off", True, 1.0)).count(("held", "off", 4.0)) == 1
    assert "held" not in [kind for kind, _, _ in meant(("off", True, 1.0), ("off", False, 3.9))]


def test_two_together_are_held_from_when_both_are_down_and_are_not_the_one_alone() -> None:
    both = meant(("stop", True, 1.0), ("park", True, 1.5), ("park", False, 8.0), ("stop", False, 8.1))
    assert [one for one in both if one[0] == "held"] == [("held", "park+stop", 4.5)]


def test_a_third_finger_spoils_a_hold() -> None:
    found = meant(("park", True, 1.0), ("light", True, 1.5), until=30.0)
    assert "held" not in [kind for kind, _, _ in found]


def test_the_same_news_twice_means_nothing() -> None:
    assert meant(("park", False, 1.0)) == []
    found = meant(("start", True, 1.0), ("start", True, 1.1), ("start", False, 1.2), ("start", False, 1.3))
    assert [kind for kind, _, _ in found] == ["down", "up"]


@given(st.lists(st.tuples(st.sampled_from(["stop", "park", "off"]), st.booleans(), st.floats(0.01, 5.0))))
def test_every_button_that_went_down_comes_up_and_is_held_at_most_once_between(
    edges: list[tuple[str, bool, float]],
) -> None:
    at, timed = 0.0, []
    for button, pressed, later in edges:
        at += later
        timed.append((button, pressed, at))
    down: set[str] = set()
    held = False
    for kind, names, _ in meant(*timed, until=at + 60.0):
        if kind == "held":
            assert set(names.split("+")) == down
            assert not held
            held = True
            continue
        held = False
        assert (names in down) is (kind == "up")
        down = down - {names} if kind == "up" else down | {names}
