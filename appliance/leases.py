"""Who may command a device: at most one at a time, and everybody sees who.

First safety, where it has the rig; then who a person has lent the device to; then a procedure of ours; then
the client that took it while it was free. A lease ends when the client goes, when it is taken back, and, if
nobody lent it, when a procedure of ours needs the device.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum

from appliance.bus import Publish, Said, State
from appliance.errors import BadCommand

SOURCE = "leases"


class By(Enum):
    """What sort of owner."""

    SAFETY = "safety"
    PROCEDURE = "procedure"
    CLIENT = "client"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who may command a device now; `name` is for a person."""

    name: str
    by: By


@dataclass(frozen=True, slots=True)
class Lease:
    """A client's right to command a device; `lent` by a person until it is taken back."""

    device: str
    client: str
    lent: bool


@dataclass(frozen=True, slots=True)
class Owned:
    """One device as the surfaces show it; `waits`: it is lent to `client`, and not free yet."""

    device: str
    owner: str
    by: By
    client: str = ""
    lent: bool = False
    waits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasesState(State):
    """Every device that somebody has, and the clients that are there."""

    devices: tuple[Owned, ...] = ()
    clients: tuple[str, ...] = ()


def _nobody(_: str) -> Owner | None:
    return None


@dataclass(frozen=True, slots=True)
class House:
    """What the box itself does with its devices.

    `devices` are those of the profile that a client can reach, by kind; `guards` tells what safety has now,
    `works` what a procedure has, None for neither. A person's own command (`insists`) ends a lease, the
    night waits for the lent device: `rests` while it does.
    """

    devices: tuple[tuple[str, str], ...] = ()
    guards: Callable[[str], Owner | None] = _nobody
    works: Callable[[str], Owner | None] = _nobody
    insists: Callable[[], bool] = lambda: False
    rests: Callable[[], bool] = lambda: True

    def named(self, text: str) -> str | None:
        """The device of that name or kind."""
        return next((name for kind, name in self.devices if text in {name, kind}), None)


Taken = Callable[[Lease, str], None]


@dataclass(slots=True, eq=False)
class Leases:
    """One per box. `taken` are told of each lease that ended while its client was there, and why.

    `hold` has the night wait, for a reason in plain words; with "" nothing of ours is lent any more.
    """

    house: House
    publish: Publish
    hold: Callable[[str], None] = lambda _: None
    taken: list[Taken] = field(default_factory=list)
    _leases: dict[str, Lease] = field(default_factory=dict)
    _clients: "Counter[str]" = field(default_factory=Counter)
    _closed: Owner | None = None
    _shown: LeasesState | None = None
    _held: str = ""

    def owner(self, device: str) -> Owner | None:
        """Who may command it now; None: whoever comes first."""
        if self._closed is not None:
            return self._closed
        if (guard := self.house.guards(device)) is not None:
            return guard
        lease, procedure = self._leases.get(device), self.house.works(device)
        if lease is not None and (procedure is None or (lease.lent and self.house.rests())):
            return Owner(lease.client, By.CLIENT)
        return procedure

    def claim(self, device: str, client: str) -> Owner | None:
        """May this client command it? None when it may, and a free device is then its; else whose it is."""
        owner = self.owner(device)
        if owner is None:
            self._leases[device] = Lease(device, client, lent=False)
            self.refresh()
        return None if owner in {None, Owner(client, By.CLIENT)} else owner

    def lent_to(self, device: str) -> str:
        """The client that a person has lent it to, "" for none."""
        lease = self._leases.get(device)
        return lease.client if lease is not None and lease.lent else ""

    @property
    def lent(self) -> str:
        """Which of the profile's devices are lent, in plain words; "" for none: no night has to wait."""
        ours = {name for _, name in self.house.devices}
        lent = [one for one in self._leases.values() if one.lent and one.device in ours]
        return "; ".join(f"{one.device} is lent to {one.client}" for one in lent)

    def grant(self, text: str, client: str = "") -> Owned:
        """Lend a device, by name or kind, to a client that is there; BadCommand when that cannot be."""
        device = self._known(text)
        client = self._chosen(client)
        guard = self.house.guards(device)
        if guard is not None:
            raise BadCommand("device", f"{device} is not to be lent: {guard.name} has it")
        self._end(device, "it was lent to somebody else", unless=client)
        self._leases[device] = Lease(device, client, lent=True)
        self._say(f"{device} is lent to {client} until it is taken back.")
        self.refresh()
        return next(one for one in self.state().devices if one.device == device)

    def take_back(self, text: str) -> str:
        """End a client's lease, lent or not; the device's name. BadCommand when there is none."""
        device = self._known(text)
        if device not in self._leases:
            raise BadCommand("device", f"no client has {device}", advice="Nothing needs to be done.")
        self._end(device, "it was taken back")
        self.refresh()
        return device

    def came(self, client: str) -> None:
        """A client has connected; it may do so several times at once."""
        self._clients[client] += 1
        self.refresh()

    def of(self, client: str) -> tuple[Lease, ...]:
        """What it has, or is to have."""
        return tuple(lease for lease in self._leases.values() if lease.client == client)

    def gone(self, client: str) -> None:
        """One of a client's connections has ended; with the last one its leases end."""
        self._clients[client] -= 1
        if self._clients[client] <= 0:
            del self._clients[client]
            for lease in self.of(client):
                del self._leases[lease.device]
                if lease.lent:
                    self._say(f"{lease.device} came back: {client} has gone.")
        self.refresh()

    def close(self, why: str) -> None:
        """The end: everything is taken back, and no client gets anything any more; with "" it may again."""
        self._closed = Owner(why, By.SAFETY) if why else None
        for device in list(self._leases) if why else ():
            self._end(device, why)
        self.refresh()

    def refresh(self) -> None:
        """Something of the box's own has changed, or of ours: leases may end, and the surfaces are told."""
        for device, lease in list(self._leases.items()):
            owner = self.house.works(device)
            if owner is not None and (not lease.lent or self.house.insists()):
                self._end(device, f"{owner.name} needs it")
        if self._held != self.lent:
            self._held = self.lent
            self.hold(self._held)
        state = self.state()
        if state != self._shown:
            self._shown = state
            self.publish(state)

    def state(self) -> LeasesState:
        """As the surfaces show it: the profile's devices first."""
        names = dict.fromkeys([*(name for _, name in self.house.devices), *self._leases])
        return LeasesState(
            source=SOURCE,
            devices=tuple(owned for name in names if (owned := self._owned(name)) is not None),
            clients=tuple(sorted(self._clients)),
        )

    def _owned(self, device: str) -> Owned | None:
        owner, lease = self.owner(device), self._leases.get(device)
        if owner is None:
            return None
        if lease is None:
            return Owned(device, owner.name, owner.by)
        waits = owner != Owner(lease.client, By.CLIENT)
        return Owned(device, owner.name, owner.by, lease.client, lease.lent, waits)

    def _end(self, device: str, why: str, unless: str = "") -> None:
        lease = self._leases.get(device)
        if lease is None or lease.client == unless:
            return
        del self._leases[device]
        self._say(f"{device} was taken back from {lease.client}: {why}.")
        for tell in self.taken:
            tell(lease, why)

    def _known(self, text: str) -> str:
        if (device := self.house.named(text) or (text if text in self._leases else None)) is None:
            known = _listed([name for _, name in self.house.devices])
            raise BadCommand("device", f"there is no device {text!r} to lend", advice=f"There are: {known}.")
        return device

    def _chosen(self, client: str) -> str:
        here = sorted(self._clients)
        if client in here:
            return client
        if not client and len(here) == 1:
            return here[0]
        problem = f"no client {client!r} is connected" if client else "say which client it is lent to"
        raise BadCommand("client", problem, advice=f"Connected are: {_listed(here)}.")

    def _say(self, text: str) -> None:
        self.publish(Said(source=SOURCE, text=text))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
