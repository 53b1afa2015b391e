"""One owner per device: safety, who it was lent to, a procedure, whoever came first; and how each ends."""

from dataclasses import dataclass, field

import pytest

from appliance.bus import Message, Said
from appliance.errors import BadCommand
from appliance.leases import By, House, Lease, Leases, LeasesState, Owned, Owner

EKOS, PHD2 = "192.168.1.20", "192.168.1.30"
NIGHT, SAFETY = Owner("Nightbox's sequence", By.PROCEDURE), Owner("the safety watch", By.SAFETY)


@dataclass
class Box:
    """What the box does with its devices, and what it is told."""

    guards: dict[str, Owner] = field(default_factory=dict)
    works: dict[str, Owner] = field(default_factory=dict)
    insists: bool = False
    rests: bool = False
    said: list[Message] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)
    taken: list[tuple[Lease, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        house = House(
            (("camera", "CCD"), ("mount", "Scope")), self.guards.get, self.works.get, lambda: self.insists,
            lambda: self.rests,
        )  # fmt: skip
        self.leases = Leases(house, self.said.append, self.holds.append)
        self.leases.taken.append(lambda lease, why: self.taken.append((lease, why)))
        for client in (EKOS, PHD2):
            self.leases.came(client)

    def shown(self) -> tuple[Owned, ...]:
        return next(one for one in reversed(self.said) if isinstance(one, LeasesState)).devices

    def sequence(self, runs: bool = True) -> None:
        self.works.clear()
        self.works.update({"CCD": NIGHT, "Scope": NIGHT} if runs else {})
        self.leases.refresh()


def test_the_first_client_gets_a_free_device_and_the_next_is_told_whose_it_is() -> None:
    box = Box()
    assert box.leases.claim("CCD", EKOS) is None
    assert box.leases.claim("CCD", EKOS) is None
    assert box.leases.claim("CCD", PHD2) == Owner(EKOS, By.CLIENT)
    assert box.leases.claim("Guide Camera", PHD2) is None, "one that no profile names"
    assert box.shown() == (
        Owned("CCD", EKOS, By.CLIENT, EKOS), Owned("Guide Camera", PHD2, By.CLIENT, PHD2),
    )  # fmt: skip


def test_what_a_procedure_has_no_client_may_command() -> None:
    box = Box()
    box.leases.claim("CCD", EKOS)
    box.sequence()
    assert box.leases.claim("CCD", EKOS) == NIGHT
    assert box.taken == [(Lease("CCD", EKOS, lent=False), "Nightbox's sequence needs it")]
    assert box.shown() == (
        Owned("CCD", NIGHT.name, By.PROCEDURE), Owned("Scope", NIGHT.name, By.PROCEDURE),
    )  # fmt: skip
    box.sequence(False)
    assert not box.shown()
    assert box.leases.claim("CCD", PHD2) is None


def test_a_lent_device_is_the_clients_once_the_sequence_rests() -> None:
    box = Box()
    box.sequence()
    assert box.leases.grant("camera", EKOS).waits
    assert box.holds == [f"CCD is lent to {EKOS}"]
    assert box.leases.claim("CCD", EKOS) == NIGHT
    box.rests = True
    box.leases.refresh()
    assert box.leases.claim("CCD", EKOS) is None
    assert box.leases.claim("CCD", PHD2) == Owner(EKOS, By.CLIENT)
    assert box.leases.claim("Scope", EKOS) == NIGHT, "only what was lent"
    assert box.shown()[0] == Owned("CCD", EKOS, By.CLIENT, EKOS, lent=True)
    assert box.leases.take_back("CCD") == "CCD"
    assert box.holds[-1] == ""
    assert box.taken == [(Lease("CCD", EKOS, lent=True), "it was taken back")]
    assert box.leases.claim("CCD", EKOS) == NIGHT


def test_a_persons_own_command_ends_a_lease() -> None:
    box = Box()
    box.leases.grant("Scope", EKOS)
    box.insists = True
    box.works["Scope"] = Owner("Nightbox's park", By.PROCEDURE)
    box.leases.refresh()
    assert box.taken[0][1] == "Nightbox's park needs it"
    assert box.leases.lent == ""


def test_safety_comes_first_and_gives_back_what_is_lent() -> None:
    box = Box()
    box.leases.grant("Scope", EKOS)
    box.guards["Scope"] = SAFETY
    assert box.leases.claim("Scope", EKOS) == SAFETY
    with pytest.raises(BadCommand, match="the safety watch has it"):
        box.leases.grant("mount", PHD2)
    del box.guards["Scope"]
    assert box.leases.claim("Scope", EKOS) is None


def test_leases_end_with_the_last_connection_of_their_client() -> None:
    box = Box()
    box.leases.came(EKOS)
    box.leases.grant("CCD", EKOS)
    box.leases.claim("Scope", EKOS)
    box.leases.gone(EKOS)
    assert box.leases.claim("Scope", PHD2) == Owner(EKOS, By.CLIENT)
    box.leases.gone(EKOS)
    assert box.leases.owner("CCD") is None
    assert box.leases.owner("Scope") is None
    assert box.holds == [f"CCD is lent to {EKOS}", ""]
    assert any(isinstance(one, Said) and "has gone" in one.text for one in box.said)
    assert box.taken == [], "nobody is there to be told"


def test_lending_names_what_is_wrong() -> None:
    box = Box()
    with pytest.raises(BadCommand, match="there is no device 'Focuser'") as wrong:
        box.leases.grant("Focuser", EKOS)
    assert wrong.value.advice == "There are: CCD, Scope."
    with pytest.raises(BadCommand, match="say which client"):
        box.leases.grant("camera")
    with pytest.raises(BadCommand, match=r"no client '10\.0\.0\.1'") as wrong:
        box.leases.grant("camera", "10.0.0.1")
    assert wrong.value.advice == f"Connected are: {EKOS}, {PHD2}."
    with pytest.raises(BadCommand, match="no client has CCD"):
        box.leases.take_back("camera")
    box.leases.gone(PHD2)
    assert box.leases.grant("camera").client == EKOS


def test_lent_to_another_it_is_taken_from_the_first() -> None:
    box = Box()
    box.leases.grant("camera", EKOS)
    box.leases.grant("camera", PHD2)
    assert [lease.client for lease, _ in box.taken] == [EKOS]
    assert box.leases.lent_to("CCD") == PHD2


def test_at_the_end_nobody_gets_anything() -> None:
    box = Box()
    box.leases.grant("camera", EKOS)
    box.leases.close("the end of the night")
    assert box.leases.claim("Guide Camera", EKOS) == Owner("the end of the night", By.SAFETY)
    box.leases.close("")
    assert box.leases.claim("Guide Camera", EKOS) is None, "the box lives on"
