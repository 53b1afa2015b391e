"""The command line and the composition root: profile to rig to api to surfaces."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from appliance import __version__
from appliance.cli.exits import BAD_INPUT, FAILED, INTERRUPTED, OK
from appliance.cli.page_commands import add_page
from appliance.cli.sequence_commands import add_sequence
from appliance.errors import BadInput, NightboxError

WIZARDS = {
    "calibrate": "Find out what the profile should say of an unknown focuser",
    "learn": "Learn the V-curve by several whole sweeps",
    "backlash": "Measure the focuser's backlash",
}
WIZARD = "Ctrl-C puts the focuser back; begun again within an hour it goes on with what it has measured."
EPILOG = "Exit codes: 0 done, 1 failed, 2 the input must be corrected (nothing moved), 130 interrupted."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `nightbox` and return its exit code."""
    asked = _parser().parse_args(arguments)
    # Imported only now: `nightbox version` and --help should not wait for astronomy libraries.
    from appliance.cli.console import complain  # noqa: PLC0415

    command: Callable[[argparse.Namespace], int] = asked.command
    try:
        return command(asked)
    except NightboxError as error:
        complain(error.code, error.sentence, error.advice)
        return BAD_INPUT if isinstance(error, BadInput) else FAILED
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nightbox", description="Runs a whole astrophotography night alone.", epilog=EPILOG
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _run(commands)
    _indi_server(commands)
    _night(commands)
    _rehearse(commands)
    _devices(commands)
    _actions(commands)
    _frames(commands)
    _storm(commands)
    _focus(commands)
    _flats(commands)
    add_sequence(commands, EPILOG)
    add_page(commands, EPILOG)
    version = commands.add_parser("version", help="print the version", epilog=EPILOG)
    version.set_defaults(command=_version)
    return parser


def _run(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    run = commands.add_parser(
        "run", help="run a plan on a rig; goes on where it stopped", epilog=EPILOG,
        description="Run PLAN on the rig of --profile. A plan that was interrupted goes on where it stopped.",
    )  # fmt: skip
    run.add_argument(
        "plan",
        type=Path,
        nargs="?",
        metavar="PLAN",
        help="the plan (TOML; default: the last one, or the profile's)",
    )
    run.add_argument("--profile", type=Path, required=True, help="the rig's profile (TOML)")
    run.add_argument(
        "--out", type=Path, help="folder for everything of the night (default: the profile's, or ./night)"
    )
    run.add_argument("--wait", action="store_true", help="do not start by itself: wait for Start on the page")
    run.add_argument("--keep", action="store_true", help="stay with the page after the end, until Ctrl-C")
    run.add_argument(
        "--indi-socket", default=os.environ.get("NIGHTBOX_INDI_SOCKET", ""), metavar="SOCKET",
        help="the indiserver that `nightbox indi-server` keeps up (default: start one)",
    )  # fmt: skip
    run.add_argument(
        "--guarded", type=Path, metavar="FOLDER", help="give signs of life to the guardian that watches there"
    )
    run.add_argument(
        "--shutdown", action="store_true", help="switch the machine off at the end, once the rig is safe"
    )
    run.set_defaults(command=_run_plan)


def _indi_server(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    server = commands.add_parser(
        "indi-server", help="keep the profile's indiserver up for `nightbox run`", epilog=EPILOG,
        description="Run the indiserver with the drivers of PROFILE, started again when they end, until"
        " SIGTERM: it outlives the controller, so that the guardian can still reach mount and roof.",
    )  # fmt: skip
    server.add_argument("profile", type=Path, metavar="PROFILE", help="the rig's profile (TOML)")
    server.add_argument("--socket", required=True, help="the name of its Unix socket: an absolute path")
    server.add_argument(
        "--port", type=int, default=0, help="its TCP port (default: the profile's, or 7624, or 7625)"
    )
    server.add_argument(
        "--home", type=Path, default=Path("indi"), help="where drivers keep their settings (default: ./indi)"
    )
    server.set_defaults(command=_keep_indi_server)


def _night(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    night = commands.add_parser(
        "night", help="a small night on simulators, end to end", epilog=EPILOG,
        description="A small night end to end on INDI's simulators, or on the built-in one without INDI.",
    )  # fmt: skip
    night.add_argument(
        "--out", type=Path, default=Path("night"), help="folder for everything (default: ./night)"
    )
    night.add_argument("--target", help="what to take (default: what stands best now)")
    night.add_argument("--rig", choices=("auto", "indi", "simulator"), default="auto", help="default: auto")
    night.add_argument("--keep", action="store_true", help="stay with the page after the end, until Ctrl-C")
    night.set_defaults(command=_small_night)


def _rehearse(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    one = commands.add_parser(
        "rehearse", help="play tonight in seconds, and tell what to expect", epilog=EPILOG,
        description="Play tonight with PLAN on a simulated twin of the rig; print the timeline, the subs to"
        " expect and every problem that can be foreseen. Exit code 0: the plan is good, 1: it is not.",
    )  # fmt: skip
    one.add_argument("plan", type=Path, metavar="PLAN", help="the plan (TOML)")
    one.add_argument("--profile", type=Path, help="the rig's profile (default: the built-in simulated rig)")
    one.add_argument("--site", help='"lat,lon[,elevation]" or a known dark site (default: the profile\'s)')
    begins = one.add_mutually_exclusive_group()
    begins.add_argument("--date", help="the date of the evening, 2026-11-20 (default: tonight)")
    begins.add_argument("--at", metavar="UTC", help="begin at this very moment, 2026-11-20T21:30:00")
    one.add_argument("--weather", type=Path, metavar="FILE", help="tonight's weather (CSV)")
    one.add_argument("--faults", type=Path, metavar="FILE", help="what shall go wrong (TOML)")
    one.add_argument("--seed", type=int, default=1, help="another night of the same kind (default: 1)")
    one.add_argument("--html", type=Path, metavar="FILE", help="write the same as a page with a chart")
    one.add_argument("--pixels", action="store_true", help="real frames, measured and solved: takes minutes")
    one.add_argument("--json", action="store_true", help="print the result for another program")
    one.set_defaults(command=_rehearse_tonight)


def _devices(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    devices = commands.add_parser(
        "devices", help="list the devices that answer", epilog=EPILOG,
        description="List the devices that the profile's drivers find, and what each can do.",
    )  # fmt: skip
    devices.add_argument("--profile", type=Path, help="the rig's profile (default: INDI's simulators)")
    devices.add_argument("--search", action="store_true", help="look for Alpaca servers in this network too")
    devices.set_defaults(command=_list_devices)


def _actions(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    actions = commands.add_parser(
        "actions", help="show what is done when it becomes unsafe, and when the roof moves", epilog=EPILOG,
        description="Print the lists of actions of PROFILE in order, with delays, limits and what follows a"
        " failure. Nothing is done.",
    )  # fmt: skip
    actions.add_argument("profile", type=Path, metavar="PROFILE", help="the rig's profile (TOML)")
    actions.set_defaults(command=_list_actions)


def _frames(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    solve = commands.add_parser("solve", help="plate-solve a FITS file", epilog=EPILOG)
    solve.add_argument("file", type=Path, metavar="FILE")
    solve.add_argument("--near", metavar="NAME", help="look near this object or position first")
    solve.add_argument("--scale", type=_positive, help="arcsec per pixel (default: from the header)")
    solve.add_argument("--within", type=_positive, default=60.0, help="seconds allowed (default: 60)")
    solve.set_defaults(command=_solve)
    stars = commands.add_parser("stars", help="measure the stars of a FITS file", epilog=EPILOG)
    stars.add_argument("file", type=Path, metavar="FILE")
    stars.add_argument("--list", action="store_true", help="one line per star")
    stars.set_defaults(command=_stars)


def _storm(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    storm = commands.add_parser(
        "storm", help="many simulated nights with faults, to prove the box itself", epilog=EPILOG,
        description="Play NIGHTS rehearsed nights in which things go wrong, each from its seed, and hold the"
        " invariants. Failures are printed with the command that plays them again.",
    )  # fmt: skip
    storm.add_argument("nights", type=int, nargs="?", default=100, metavar="NIGHTS", help="default: 100")
    storm.add_argument("--first", type=int, default=1, metavar="SEED", help="the first seed (default: 1)")
    storm.add_argument("--seed", type=int, help="play this one night and print everything said in it")
    storm.add_argument("--pixels", action="store_true", help="real frames, real measuring and solving")
    storm.add_argument("--costs", action="store_true", help="play each night without faults too, for costs")
    storm.set_defaults(command=_play_storm)


def _focus(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    focus = commands.add_parser(
        "focus", help="the focuser's wizards, its log, and what past runs taught", epilog=EPILOG
    )
    ways = focus.add_subparsers(required=True, metavar="WHAT")
    for name, what in WIZARDS.items():
        one = ways.add_parser(name, help=what, epilog=EPILOG, description=f"{what}. {WIZARD}")
        one.add_argument("--profile", type=Path, required=True, help="the rig's profile (TOML)")
        one.add_argument(
            "--out", type=Path, help="folder for everything (default: the profile's, or ./night)"
        )
        one.add_argument("--target", help="open, unpark and go there first, and park afterwards")
        one.add_argument("--anew", action="store_true", help="forget what an interrupted one has measured")
        one.set_defaults(command=_focus_wizard, wizard=name)
    log = ways.add_parser("log", help="print every focus run and move of the focuser", epilog=EPILOG)
    log.add_argument("folder", type=Path, nargs="?", default=Path("night"), help="default: ./night")
    log.add_argument("--csv", action="store_true", help="for a spreadsheet")
    log.set_defaults(command=_focus_log)
    _past_focus(ways)


def _past_focus(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    again = kinds.add_parser(
        "replay", help="run a recorded focus run again, without a telescope", epilog=EPILOG,
        description="Run a focus run again on its recorded frames, by its own method or another, and compare."
        " Exit code 0: a focus was found, 1: none.",
    )  # fmt: skip
    again.add_argument(
        "package", type=Path, metavar="PACKAGE", help="a folder below `focus`, or its run.json"
    )
    again.add_argument("--method", help="another method than the recorded one (docs/focus.md)")
    again.set_defaults(command=_replay_focus)
    learned = kinds.add_parser(
        "learned", help="what past focus runs taught, with error bars", epilog=EPILOG,
        description="Print the V-curve, the filter offsets and the temperature coefficient that the runs of a"
        " journal agree on. Nothing is changed.",
    )  # fmt: skip
    learned.add_argument("journal", type=Path, metavar="JOURNAL", help="journal.sqlite, or its folder")
    learned.set_defaults(command=_show_learned)


def _flats(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    flats = commands.add_parser("flats", help="the flat wizard", epilog=EPILOG)
    wizard = flats.add_subparsers(required=True, metavar="WHAT").add_parser(
        "wizard", help="find exposure and brightness for each filter", epilog=EPILOG,
        description="Close the cover, light the panel, find what gives the wanted level in each filter, and"
        " print the item for a plan. Without a panel the exposures for the light there is.",
    )  # fmt: skip
    wizard.add_argument("--profile", type=Path, required=True, help="the rig's profile (TOML)")
    wizard.add_argument("--out", type=Path, help="folder for everything (default: the profile's, or ./night)")
    wizard.add_argument("--filters", default="", help="L,R,G (default: all of the wheel's)")
    wizard.add_argument("--adu", type=_positive, default=25_000.0, help="level as read out (default: 25000)")
    wizard.add_argument("--shortest", type=_positive, default=0.5, help="seconds (default: 0.5)")
    wizard.add_argument("--longest", type=_positive, default=20.0, help="seconds (default: 20)")
    wizard.add_argument("--brightness", type=_level, help="keep the panel at this level")
    wizard.add_argument("--leave-cover", action="store_true", help="the cover stays as it is: another light")
    wizard.set_defaults(command=_flat_wizard)
    darks = commands.add_parser("darks", help="the library of darks and bias", epilog=EPILOG)
    listed = darks.add_subparsers(required=True, metavar="WHAT").add_parser(
        "list", help="what the library has, and what a plan needs of it", epilog=EPILOG,
        description="List the library's darks and bias, and with PLAN those that its subs need. Exit code 1:"
        " something is missing.",
    )  # fmt: skip
    listed.add_argument("plan", type=Path, nargs="?", metavar="PLAN", help="the plan (TOML)")
    listed.add_argument("--profile", type=Path, required=True, help="the rig's profile (TOML)")
    listed.add_argument("--out", type=Path, help="the nights' folder (default: the profile's, or ./night)")
    listed.set_defaults(command=_list_darks)


def _level(text: str) -> int:
    if (value := int(text)) >= 1:
        return value
    raise argparse.ArgumentTypeError(f"{text} is not a level of 1 or more")


def _positive(text: str) -> float:
    if (value := float(text)) > 0:
        return value
    raise argparse.ArgumentTypeError(f"{text} is not above 0")


def _version(_: argparse.Namespace) -> int:
    sys.stdout.write(f"nightbox {__version__}\n")
    return OK


# Each command's own module is imported only when it runs: the command line answers at once.


def _run_plan(asked: argparse.Namespace) -> int:
    from appliance.cli.nights import outside_of, run_plan_file  # noqa: PLC0415

    outside = outside_of(asked.indi_socket, asked.guarded)
    return run_plan_file(
        asked.plan, asked.profile, asked.out, start=not asked.wait, keep=asked.keep, outside=outside,
        shutdown=asked.shutdown,
    )  # fmt: skip


def _keep_indi_server(asked: argparse.Namespace) -> int:
    from appliance.cli.indi_server import keep_indi_server  # noqa: PLC0415

    return keep_indi_server(asked.profile, asked.socket, asked.port, asked.home)


def _small_night(asked: argparse.Namespace) -> int:
    from appliance.cli.nights import small_night  # noqa: PLC0415

    return small_night(asked.out, asked.target, asked.rig, keep=asked.keep)


def _rehearse_tonight(asked: argparse.Namespace) -> int:
    from appliance.cli.rehearse import Wanted, rehearse_tonight  # noqa: PLC0415

    wanted = {name: value for name, value in vars(asked).items() if name != "command"}
    return rehearse_tonight(Wanted(**wanted))


def _list_devices(asked: argparse.Namespace) -> int:
    from appliance.cli.devices import list_devices  # noqa: PLC0415

    return list_devices(asked.profile, search=asked.search)


def _list_actions(asked: argparse.Namespace) -> int:
    from appliance.cli.actions import list_actions  # noqa: PLC0415

    return list_actions(asked.profile)


def _solve(asked: argparse.Namespace) -> int:
    from appliance.cli.frames import solve_file  # noqa: PLC0415

    return solve_file(asked.file, asked.near, asked.scale, asked.within)


def _stars(asked: argparse.Namespace) -> int:
    from appliance.cli.frames import measure_file  # noqa: PLC0415

    return measure_file(asked.file, every=asked.list)


def _focus_wizard(asked: argparse.Namespace) -> int:
    from appliance.cli.focus import run_wizard_at_terminal  # noqa: PLC0415

    return run_wizard_at_terminal(asked.wizard, asked.profile, asked.out, asked.target, anew=asked.anew)


def _focus_log(asked: argparse.Namespace) -> int:
    from appliance.cli.focus import print_focus_log  # noqa: PLC0415

    return print_focus_log(asked.folder, csv=asked.csv)


def _flat_wizard(asked: argparse.Namespace) -> int:
    from appliance.cli.flats import run_flat_wizard_at_terminal  # noqa: PLC0415

    filters = tuple(name.strip() for name in asked.filters.split(",") if name.strip())
    wanted = {
        "filters": filters, "target_adu": asked.adu, "shortest_seconds": asked.shortest,
        "longest_seconds": asked.longest, "brightness": asked.brightness, "cover": not asked.leave_cover,
    }  # fmt: skip
    return run_flat_wizard_at_terminal(asked.profile, asked.out, wanted)


def _list_darks(asked: argparse.Namespace) -> int:
    from appliance.cli.flats import list_darks  # noqa: PLC0415

    return list_darks(asked.profile, asked.plan, asked.out)


def _replay_focus(asked: argparse.Namespace) -> int:
    from appliance.cli.focusing import replay_focus  # noqa: PLC0415

    return replay_focus(asked.package, asked.method)


def _show_learned(asked: argparse.Namespace) -> int:
    from appliance.cli.focusing import show_learned  # noqa: PLC0415

    return show_learned(asked.journal)


def _play_storm(asked: argparse.Namespace) -> int:
    from appliance.cli.storm import replay, run_storm  # noqa: PLC0415

    if asked.seed is not None:
        return replay(asked.seed, pixels=asked.pixels)
    return run_storm(asked.nights, asked.first, pixels=asked.pixels, costs=asked.costs)
