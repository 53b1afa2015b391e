"""Plans of other programs, made ours. Nothing is dropped without a word: `Imported.left_out` has it."""

from appliance.errors import BadInput
from appliance.importing import ccdciel, ekos, ekos_queue, nina, nina_targets, skychart, telescopius
from appliance.importing.reading import Beside, Imported, Reading, checked_zone
from appliance.importing.xml import parsed

__all__ = ["Imported", "import_plan"]


def import_plan(text: str, name: str, zone: str = "", beside: Beside = lambda _: None) -> Imported:
    """A plan called `name` from the text of another program's file, recognised by what is in it.

    `zone` ("+01:00") is that of its clock times, `beside` gives the text of a file that it names, or None.
    BadInput for a file that is none of them, is damaged, or has nothing that a plan can have.
    """
    text = text.removeprefix("\ufeff")
    reading = Reading(name, beside, checked_zone(zone))
    start = text.lstrip()[:1]
    if start == "<":
        _xml(text, reading)
    elif start == "{":
        nina.read_sequence(text, reading)
    elif telescopius.is_telescopius(text):
        telescopius.read_csv(text, reading)
    elif skychart.is_mosaic(text):
        skychart.read_mosaic(text, reading)
    elif skychart.is_list(text):
        skychart.read_list(text, reading)
    else:
        raise BadInput(name, UNKNOWN)
    return reading.imported()


def _xml(text: str, reading: Reading) -> None:
    root = parsed(text, reading.name)
    match root.tag:
        case "SchedulerList":
            ekos.read_list(root, reading)
        case "SequenceQueue":
            ekos_queue.read_queue(root, reading)
        case "CONFIG" if root.find("Targets") is not None:
            ccdciel.read_targets(root, reading)
        case "CONFIG" if root.find("Steps") is not None:
            ccdciel.read_plan_file(root, reading)
        case tag if tag in nina_targets.ROOTS:
            nina_targets.read_target_set(root, reading)
        case tag:
            raise BadInput(reading.name, f"XML of {tag}: {UNKNOWN}")


UNKNOWN = (
    "it is no file of CCDciel (.targets, .plan), Ekos (.esl, .esq), NINA (.json, target set), Telescopius"
    " (.csv) or Skychart (observing list, .cdcc)"
)
