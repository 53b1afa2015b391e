"""The command line and the composition root: profile to rig to api to surfaces."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from appliance import __version__
from appliance.cli.exits import BAD_INPUT, FAILED, INTERRUPTED, OK
from appliance.errors import BadInput, NightboxError

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
    _night(commands)
    _devices(commands)
    _frames(commands)
    version = commands.add_parser("version", help="print the version", epilog=EPILOG)
    version.set_defaults(command=_version)
    return parser


def _run(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    run = commands.add_parser(
        "run", help="run a plan on a rig; goes on where it stopped", epilog=EPILOG,
        description="Run PLAN on the rig of --profile. A plan that was interrupted goes on where it stopped.",
    )  # fmt: skip
    run.add_argument("plan", type=Path, metavar="PLAN", help="the plan (TOML)")
    run.add_argument("--profile", type=Path, required=True, help="the rig's profile (TOML)")
    run.add_argument(
        "--out", type=Path, help="folder for everything of the night (default: the profile's, or ./night)"
    )
    run.add_argument("--wait", action="store_true", help="do not start by itself: wait for Start on the page")
    run.add_argument("--keep", action="store_true", help="stay with the page after the end, until Ctrl-C")
    run.set_defaults(command=_run_plan)


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


def _devices(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    devices = commands.add_parser(
        "devices", help="list the devices that answer", epilog=EPILOG,
        description="List the devices that the profile's drivers find, and what each can do.",
    )  # fmt: skip
    devices.add_argument("--profile", type=Path, help="the rig's profile (default: INDI's simulators)")
    devices.set_defaults(command=_list_devices)


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


def _positive(text: str) -> float:
    if (value := float(text)) > 0:
        return value
    raise argparse.ArgumentTypeError(f"{text} is not above 0")


def _version(_: argparse.Namespace) -> int:
    sys.stdout.write(f"nightbox {__version__}\n")
    return OK


# Each command's own module is imported only when it runs: the command line answers at once.


def _run_plan(asked: argparse.Namespace) -> int:
    from appliance.cli.nights import run_plan_file  # noqa: PLC0415

    return run_plan_file(asked.plan, asked.profile, asked.out, start=not asked.wait, keep=asked.keep)


def _small_night(asked: argparse.Namespace) -> int:
    from appliance.cli.nights import small_night  # noqa: PLC0415

    return small_night(asked.out, asked.target, asked.rig, keep=asked.keep)


def _list_devices(asked: argparse.Namespace) -> int:
    from appliance.cli.devices import list_devices  # noqa: PLC0415

    return list_devices(asked.profile)


def _solve(asked: argparse.Namespace) -> int:
    from appliance.cli.frames import solve_file  # noqa: PLC0415

    return solve_file(asked.file, asked.near, asked.scale, asked.within)


def _stars(asked: argparse.Namespace) -> int:
    from appliance.cli.frames import measure_file  # noqa: PLC0415

    return measure_file(asked.file, every=asked.list)
