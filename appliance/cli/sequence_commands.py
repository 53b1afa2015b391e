"""What `nightbox sequence` understands; each command's own module is imported only when it runs."""

import argparse
from pathlib import Path


def add_sequence(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", epilog: str) -> None:
    """The command with its four ways."""
    sequence = commands.add_parser("sequence", help="check, show and import plans", epilog=epilog)
    ways = sequence.add_subparsers(required=True, metavar="WHAT")
    check = ways.add_parser(
        "check", help="say whether a plan can be run", epilog=epilog,
        description="Read PLAN and say the first thing that must be corrected, by name, with the remedy.",
    )  # fmt: skip
    show = ways.add_parser(
        "show", help="print a plan as it will be run", epilog=epilog,
        description="Print PLAN in its order, with templates filled in; with a profile, tonight's windows.",
    )  # fmt: skip
    for way, command in ((check, _check), (show, _show)):
        way.add_argument("plan", type=Path, metavar="PLAN", help="the plan (TOML)")
        way.add_argument("--profile", type=Path, help="the rig's profile: site, filters, tonight's sky")
        way.set_defaults(command=command)
    other = ways.add_parser(
        "import", help="make a plan from another program's file", epilog=epilog,
        description="Make a plan from a file of CCDciel, Ekos, NINA, Telescopius or Skychart; what could not"
        " be carried over is listed.",
    )  # fmt: skip
    other.add_argument("file", type=Path, metavar="FILE")
    other.add_argument("-o", "--out", type=Path, metavar="OUT", help="the plan's file (default: print it)")
    other.add_argument(
        "--zone", default="", metavar="+HH:MM", help="the zone of its clock times (default: UTC)"
    )
    other.set_defaults(command=_import)
    schema = ways.add_parser("schema", help="print the plan file's JSON schema", epilog=epilog)
    schema.set_defaults(command=_schema)


def _check(asked: argparse.Namespace) -> int:
    from appliance.cli.sequence import check_sequence  # noqa: PLC0415

    return check_sequence(asked.plan, asked.profile)


def _show(asked: argparse.Namespace) -> int:
    from appliance.cli.sequence import show_sequence  # noqa: PLC0415

    return show_sequence(asked.plan, asked.profile)


def _import(asked: argparse.Namespace) -> int:
    from appliance.cli.sequence import import_sequence  # noqa: PLC0415

    return import_sequence(asked.file, asked.out, asked.zone)


def _schema(_: argparse.Namespace) -> int:
    from appliance.cli.sequence import print_schema  # noqa: PLC0415

    return print_schema()
