"""Lending devices to clients: what the box itself has at this moment, and what a person can ask for."""

from collections.abc import Callable, Set

from appliance.api import Arguments, Command
from appliance.box.devices.work import COOLER
from appliance.box.wanted import SEQUENCE
from appliance.bus import Publish
from appliance.jobs import Jobs
from appliance.leases import By, House, Leases, Owner
from appliance.profile import DeviceSection, Profile
from appliance.safety.interlock import Verdict
from appliance.safety.watch import Watch
from appliance.sequence.night import LENT, Gate

SAFETY = Owner("the safety watch", By.SAFETY)
# What these command in fact; they keep every other procedure from the whole rig.
WORK = {"park": {"mount"}, "roof": {"mount", "roof"}}
MADE_SAFE = frozenset({"mount", "roof", "cover"})
WATCHED = ("weather", "safety monitor", "park sensor", "power")


def reached(profile: Profile) -> tuple[tuple[str, str], ...]:
    """The profile's devices on the INDI server: kind and INDI's name of each; outputs are not among them."""
    one_each: dict[str, DeviceSection | None] = {
        "camera": profile.camera, "mount": profile.mount, "focuser": profile.focuser,
        "filter wheel": profile.filter_wheel, "rotator": profile.rotator, "roof": profile.roof,
        "cover": profile.cover, "flat panel": profile.flat_panel, "weather": profile.weather,
        "park sensor": profile.park_sensor, "power": profile.power_device, "GNSS": profile.gnss,
    }  # fmt: skip
    every = [*one_each.items(), *(("safety monitor", one) for one in profile.safety_monitor)]
    return tuple((kind, indi_name(one)) for kind, one in every if one is not None and one.driver == "indi")


def indi_name(section: DeviceSection) -> str:
    """What the device is called on the INDI server."""
    return str(section.setup.get("device", section.name))


def lending(
    profile: Profile, jobs: Jobs, gate: Gate, watch: Watch, publish: Publish, freed: Callable[[], object]
) -> Leases:
    """The box's leases, told of whatever may change them; `freed` is called when nothing is lent any more."""
    devices = reached(profile)
    kinds: dict[str, set[str]] = {}
    for kind, name in devices:
        kinds.setdefault(name, set()).add(kind)

    def guards(device: str) -> Owner | None:
        has = kinds.get(device, set())
        if has & set(WATCHED):
            return SAFETY
        acts = watch.verdict is Verdict.UNSAFE or (watch.verdict is Verdict.SAFE and not watch.may_run)
        return SAFETY if acts and has & MADE_SAFE else None

    def works(device: str) -> Owner | None:
        has = kinds.get(device, set())
        work = next((job for job in jobs.busy() if has & _commanded(jobs, job, has)), None)
        return None if work is None else Owner(f"Nightbox's {work}", By.PROCEDURE)

    def insists() -> bool:
        return any(job != SEQUENCE for job in jobs.busy())

    def hold(why: str) -> None:
        gate.hold(LENT, why)
        if not why:
            freed()

    house = House(devices, guards, works, insists, lambda: gate.at_rest)
    leases = Leases(house, publish, hold)
    jobs.changed = gate.rested = leases.refresh
    return leases


def _commanded(jobs: Jobs, job: str, every: Set[str]) -> Set[str]:
    """The kinds of devices that it commands; a cooler is the camera's to who comes from outside."""
    needs = WORK.get(job) or jobs.needs(job)
    return every if needs is None else {"camera" if kind == COOLER else kind for kind in needs}


class Lend(Arguments):
    """`device` by its kind or name; `client` as the page lists it, "" when only one is connected."""

    device: str
    client: str = ""


class TakeBack(Arguments):
    """`device` by its kind or name."""

    device: str


def lease_commands(leases: Leases) -> list[Command]:
    """For every surface."""

    async def grant(asked: Lend) -> str:
        owned = leases.grant(asked.device, asked.client)
        when = " when the night has come to its next sub" if owned.waits else ""
        return f"{owned.device} is lent to {owned.client}{when}"

    async def take_back(asked: TakeBack) -> str:
        return f"{leases.take_back(asked.device)} is back"

    return [
        Command("lease_grant", "Lend a device to a client until you take it back.", Lend, grant),
        Command("lease_take_back", "Take a device back from a client.", TakeBack, take_back),
    ]
