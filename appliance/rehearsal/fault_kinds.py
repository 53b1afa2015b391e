"""How each kind of fault usually goes: what a faults file may leave out, and what a seed draws from.

Minutes and amounts are a nuisance's usual ones, not its worst: a night must be able to get through. The
units of the amounts are those of hardware.simulator.faults.Fault.
"""

from dataclasses import dataclass

from hardware.simulator.faults import FaultKind as Kind
from hardware.simulator.faulty import DEVICES

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Habit:
    """One kind of fault.

    `weight`: how often it is drawn, against the others. `minutes` and `amount`: (usual, least, most).
    `needs`: it is drawn when the rig has any of these devices, () is always. `strikes`: the devices that
    a person may name, the first when none is named; () for a fault that is nobody's. `both_ways`: the
    amount is as often negative.
    """

    weight: float
    minutes: tuple[float, float, float]
    amount: tuple[float, float, float] = (0.0, 0.0, 0.0)
    needs: tuple[str, ...] = ()
    strikes: tuple[str, ...] = ()
    both_ways: bool = False


_OBEDIENT = ("mount", "focuser", "filter wheel", "rotator", "roof", "cover", "flat panel", "camera")
_OUTDOORS = ("weather", "safety")

HABITS: dict[Kind, Habit] = {
    Kind.DEVICE_LOST: Habit(3, (2, 0.2, 15), strikes=DEVICES),
    Kind.SILENT: Habit(2, (2, 0.2, 10), strikes=DEVICES),
    # its amount: what heals it before its time, from connecting anew (1) to restarting the server (4)
    Kind.STUCK: Habit(2, (30, 5, 120), (2, 1, 4), strikes=DEVICES),
    Kind.IGNORED: Habit(2, (2, 0.5, 6), strikes=_OBEDIENT),
    Kind.LOST_FRAME: Habit(2, (5, 0.5, 10), needs=("camera",)),
    Kind.TRUNCATED_FRAME: Habit(1, (5, 0.5, 10), needs=("camera",)),
    Kind.WRONG_PIER_SIDE: Habit(1, (60, 10, 240), needs=("mount",)),
    Kind.NO_FLIP: Habit(1, (60, 10, 120), needs=("mount",)),
    Kind.TRACKING_OFF: Habit(1, (5, 0.5, 15), needs=("mount",)),
    Kind.FOCUSER_SLIP: Habit(1, (0, 0, 0), (150, 20, 400), needs=("focuser",), both_ways=True),
    Kind.STAR_POOR: Habit(1, (30, 5, 60)),
    Kind.GUIDE_STAR_LOST: Habit(1, (5, 0.5, 30), needs=("guider",)),
    Kind.CLOUDS: Habit(3, (20, 3, 90), (3, 0.5, 6)),
    # some last beyond dawn
    Kind.RAIN: Habit(4, (20, 3, 480), (1, 0.2, 5), needs=_OUTDOORS),
    Kind.WIND: Habit(1, (20, 3, 240), (15, 8, 22), needs=_OUTDOORS),
    Kind.MAINS_LOST: Habit(1, (30, 0.5, 180), needs=("power",)),
    Kind.BATTERY_LOW: Habit(1, (120, 30, 300), (10, 3, 20), needs=("power",)),
    # its amount: from 1/2 on so full that the journal cannot be written either
    Kind.DISK_FULL: Habit(1, (10, 1, 60), (0, 0.1, 1.9)),
    Kind.SLOW_DISK: Habit(1, (30, 2, 120), (10, 1, 40)),
    Kind.SOLVER_FAILS: Habit(2, (10, 2, 40), (10, 2, 60)),
    Kind.CLIENT_GONE: Habit(1, (10, 1, 120)),
    Kind.CLOCK_JUMP: Habit(1, (0, 0, 0), (60, 2, 7200), both_ways=True),
    # its amount: so many turns of the event loop the controller still makes, to die at any of them; below 0
    # it dies within the next save of a sub, at one of its stages
    Kind.CRASH: Habit(6, (1, 1 / 3, 10), (0, 1, 300), both_ways=True),
}


def strikable(kind: Kind, devices: frozenset[str] = frozenset(DEVICES)) -> tuple[str, ...]:
    """Which of these devices the fault can strike, in a fixed order; ("",) for a fault that is nobody's."""
    habit = HABITS[kind]
    if habit.strikes:
        return tuple(device for device in habit.strikes if device in devices)
    return ("",) if not habit.needs or devices.intersection(habit.needs) else ()
