"""What goes wrong in a night that nobody described: drawn from a seed, the same on every machine."""

from math import exp, log
from random import Random

from appliance.rehearsal.fault_kinds import HABITS, strikable
from hardware.simulator.faults import Fault, FaultKind, Faults
from hardware.simulator.faulty import DEVICES

# A gust brings rain and shakes a plug: so often a fault follows the one before within so many seconds.
IN_COMPANY, COMPANY_SECONDS = 0.35, 240.0
SPITE = 0.5
FELT = 0.7
NEEDED_IN_RAIN = ("mount", "park sensor", "roof")
FAILURES = (FaultKind.DEVICE_LOST, FaultKind.SILENT, FaultKind.IGNORED)


def draw_faults(
    seed: int,
    begins: float,
    ends: float,
    mean: float = 3.0,
    devices: frozenset[str] = frozenset(DEVICES),
) -> Faults:
    """Faults that begin between two moments (UTC, seconds since 1970) or just after, in order.

    Their number is Poisson with this mean; kinds, durations and amounts follow `HABITS`; only what the
    rig's `devices` can suffer is drawn. Only `Random.random` is used, whose numbers Python promises to keep.
    """
    random = Random(seed)
    kinds = [kind for kind in HABITS if strikable(kind, devices)]
    drawn: list[Fault] = []
    for _ in range(_poisson(random, mean)):
        drawn.append(_one(random, kinds, _moment(random, begins, ends, drawn), devices))
        drawn += [*_spite(random, drawn[-1], devices), *_felt(random, drawn[-1])]
    return Faults(tuple(sorted(drawn, key=lambda fault: (fault.begins, fault.kind.value, fault.device))))


def _moment(random: Random, begins: float, ends: float, drawn: list[Fault]) -> float:
    """Anywhere in the night, or soon after the fault before: troubles come in company."""
    where, company = random.random(), random.random()
    if drawn and company < IN_COMPANY:
        return drawn[-1].begins + where * COMPANY_SECONDS
    return begins + where * max(0.0, ends - begins)


def _one(random: Random, kinds: list[FaultKind], moment: float, devices: frozenset[str]) -> Fault:
    kind = _weighted(random, kinds)
    habit, struck = HABITS[kind], strikable(kind, devices)
    device = struck[int(random.random() * len(struck))]
    minutes = _between(random, *habit.minutes[1:])
    amount = _between(random, *habit.amount[1:])
    sign = -1.0 if habit.both_ways and random.random() < 0.5 else 1.0
    # Rounded, so that a last digit of some machine's logarithm makes no other night.
    return Fault(kind, round(moment, 1), round(60 * minutes, 1), device, sign * round(amount, 2))


def _spite(random: Random, last: Fault, devices: frozenset[str]) -> list[Fault]:
    """Rain tests little when all that must then work does: often one of it fails just then."""
    if last.kind is not FaultKind.RAIN or random.random() > SPITE:
        return []
    kind = FAILURES[int(random.random() * len(FAILURES))]
    able = [device for device in NEEDED_IN_RAIN if device in strikable(kind, devices)]
    if not able:
        return []
    device = able[int(random.random() * len(able))]
    moment = last.begins - 30 + random.random() * 90
    return [Fault(kind, round(moment, 1), round(60 * _between(random, *HABITS[kind].minutes[1:]), 1), device)]


def _felt(random: Random, last: Fault) -> list[Fault]:
    """Only who starts looks at the machine's clock: what sets it wrong often restarts the box as well."""
    if last.kind is not FaultKind.CLOCK_JUMP or random.random() > FELT:
        return []
    moment = last.begins + random.random() * COMPANY_SECONDS
    seconds = 60 * _between(random, *HABITS[FaultKind.CRASH].minutes[1:])
    return [Fault(FaultKind.CRASH, round(moment, 1), round(seconds, 1), "", 1.0)]


def _weighted(random: Random, kinds: list[FaultKind]) -> FaultKind:
    left = random.random() * sum(HABITS[kind].weight for kind in kinds)
    for kind in kinds:
        left -= HABITS[kind].weight
        if left < 0:
            return kind
    return kinds[-1]


def _between(random: Random, least: float, most: float) -> float:
    """Log-uniform: short troubles are as frequent as long ones. Always draws, so that draws stay in step."""
    share = random.random()
    return exp(log(least) + share * (log(most) - log(least))) if least > 0 else 0.0


def _poisson(random: Random, mean: float) -> int:
    """How many: uniform numbers are multiplied until they fall below exp(-mean) (Knuth, TAOCP 3.4.1)."""
    count, product, floor = 0, random.random(), exp(-mean)
    while product > floor:
        count, product = count + 1, product * random.random()
    return count
