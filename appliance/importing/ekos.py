"""Ekos' .esl, a scheduler list: targets with conditions, each naming the .esq of its exposures."""

from pathlib import PurePosixPath
from typing import Any
from xml.etree.ElementTree import Element

from appliance.importing.ekos_queue import queue
from appliance.importing.left import Fields
from appliance.importing.reading import Reading, offset
from appliance.importing.xml import element, flat, parsed

LISTS = frozenset({"StartupCondition", "CompletionCondition", "Constraints", "Steps"})
PROCEDURES = frozenset({"Job", "StartupProcedure", "ShutdownProcedure", "SchedulerAlgorithm"})
# What the box does by its profile in every night, whatever the plan says.
BY_ITSELF = frozenset({"UnparkDome", "UnparkCap", "ParkCap", "EnforceWeather", "EnforceArtificialHorizon"})


def read_list(root: Element, reading: Reading) -> None:
    """An .esl file; the queues that it names are looked for beside it."""
    whole = Fields(flat(root, PROCEDURES), "Scheduler", reading.left)
    whole.known("@version")
    whole.rest({"Profile": "Default"})
    jobs = [job for job in root if job.tag == "Job"]
    for number, job in enumerate(jobs, 1):
        _job(job, f"Job {number}", reading)
    if jobs and all("EnforceTwilight" in _named(job, "Constraints") for job in jobs):
        reading.options["night"] = "astronomical"
    _start(_named(root, "StartupProcedure"), reading)
    _end(_named(root, "ShutdownProcedure"), reading)


def _named(parent: Element, group: str) -> dict[str, str]:
    """What stands in a list of words, each with its value."""
    return {(one.text or "").strip(): one.get("value", "") for one in element(parent, group)}


def _job(job: Element, place: str, reading: Reading) -> None:
    fields = Fields(flat(job, LISTS), place, reading.left)
    name = fields.text("Name")
    fields.place = place = f"{place} ({name})"
    fields.known("Priority", "@lead")
    ra, dec = fields.number("Coordinates/J2000RA"), fields.number("Coordinates/J2000DE")
    values: dict[str, Any] = {"name": name, "ra_deg": round(15 * ra, 6) % 360, "dec_deg": dec}
    angle = fields.number("PositionAngle", -1.0)
    if angle >= 0:
        values["position_angle_deg"] = angle % 360
    values |= _begin(_named(job, "StartupCondition"), place, reading)
    values |= _finish(_named(job, "CompletionCondition"), place, reading)
    values |= _constraints(_named(job, "Constraints"), place, reading)
    values |= _pipeline(_named(job, "Steps"), place, reading)
    if not values.get("move", True):
        del values["ra_deg"], values["dec_deg"]
    file = PurePosixPath(fields.text("Sequence")).name
    fields.rest()
    text = reading.beside(file) if file else None
    if text is None:
        reading.left.add(place, f"its exposures are in {file}, which is not beside the file")
        reading.target(values, place, ())
        return
    if file not in reading.queues:
        reading.queues[file] = queue(parsed(text, file), file, reading)
    steps = reading.queues[file]
    if steps:
        reading.target(values, place, steps, file.removesuffix(".esq"))
    else:
        reading.left.add(place, f"{file} has no exposures of the sky: the target is left out")


def _begin(named: dict[str, str], place: str, reading: Reading) -> dict[str, Any]:
    fields = Fields(named, place, reading.left)
    for word, value in named.items():
        match word:
            case "At":
                return {"begin": _at(value, place, reading)}
            case "Culmination":
                return {"begin": offset("meridian", fields.number(word))}
            case "ASAP" | "":
                continue
            case _:
                reading.left.add(place, f"startup condition {word} {value}".strip())
    return {}


def _finish(named: dict[str, str], place: str, reading: Reading) -> dict[str, Any]:
    fields = Fields(named, place, reading.left)
    for word, value in named.items():
        match word:
            case "Repeat":
                return {"repeat": fields.whole(word, 1)}
            case "Loop":
                return {"repeat": 0}
            case "At":
                return {"repeat": 0, "end": _at(value, place, reading)}
            case "Sequence" | "":
                continue
            case _:
                reading.left.add(place, f"completion condition {word} {value}".strip())
    return {}


def _at(value: str, place: str, reading: Reading) -> str:
    date, _, clock = value.partition("T")
    reading.left.add(
        place, f"the date {date} of {value}: a plan begins and ends every night at the same time"
    )
    return reading.clock(clock, place)


def _constraints(named: dict[str, str], place: str, reading: Reading) -> dict[str, Any]:
    values: dict[str, Any] = {}
    fields = Fields(named, place, reading.left)
    for word, value in named.items():
        if word == "MinimumAltitude":
            values["min_altitude_deg"] = fields.number(word)
        elif word not in {"EnforceTwilight", *BY_ITSELF}:
            reading.left.add(place, f"constraint {word} {value}".strip())
    if "EnforceTwilight" not in named:
        reading.left.add(place, "may be taken by day: a plan's night is the same for all, see its `night`")
    return values


def _pipeline(named: dict[str, str], place: str, reading: Reading) -> dict[str, Any]:
    if "Guide" not in named:
        reading.left.add(place, "is taken without guiding: the profile says whether there is guiding")
    return {"move": "Track" in named, "focus_first": "Focus" in named, "centre": "Align" in named}


def _start(named: dict[str, str], reading: Reading) -> None:
    reading.options["unpark"] = "UnparkMount" in named
    _script(named.pop("StartupScript", ""), "start", reading)
    _unknown(named, {"UnparkMount"}, "Startup", reading)


def _end(named: dict[str, str], reading: Reading) -> None:
    reading.options |= {
        "park_at_end": "ParkMount" in named, "close_roof_at_end": "ParkDome" in named,
        "warm_at_end": "WarmCCD" in named,
    }  # fmt: skip
    _script(named.pop("ShutdownScript", ""), "end", reading)
    _unknown(named, {"ParkMount", "ParkDome", "WarmCCD"}, "Shutdown", reading)


def _script(file: str, when: str, reading: Reading) -> None:
    if file:
        reading.options.setdefault("script", {})[when] = {"file": file}


def _unknown(named: dict[str, str], known: set[str], place: str, reading: Reading) -> None:
    for word, value in named.items():
        if word and word not in known | BY_ITSELF:
            reading.left.add(place, f"{word} {value}".strip())
