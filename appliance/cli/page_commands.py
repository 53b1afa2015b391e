"""What `nightbox page` understands; its own module is imported only when it runs."""

import argparse
from pathlib import Path


def add_page(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", epilog: str) -> None:
    """The command with its two ways."""
    page = commands.add_parser("page", help="ways into the phone page for who sits at the box", epilog=epilog)
    ways = page.add_subparsers(required=True, metavar="WHAT")
    forget = ways.add_parser(
        "reset-password", help="clear a forgotten password", epilog=epilog,
        description="Clear the page's password and log out every phone. The page then asks for a new one, and"
        " for the pairing code that the box shows and prints. A night that runs goes on.",
    )  # fmt: skip
    link = ways.add_parser(
        "link", help="print a link that opens the page once, on this machine", epilog=epilog,
        description="Print the link that opens the page once without its password, on this machine.",
    )  # fmt: skip
    for way, command in ((forget, _forget), (link, _link)):
        way.add_argument("--profile", type=Path, help="the rig's profile, for its folder and port")
        way.add_argument("--out", type=Path, help="the night's folder (default: the profile's, or ./night)")
        way.set_defaults(command=command)


def _forget(asked: argparse.Namespace) -> int:
    from appliance.cli.page import reset_password  # noqa: PLC0415

    return reset_password(asked.profile, asked.out)


def _link(asked: argparse.Namespace) -> int:
    from appliance.cli.page import print_link  # noqa: PLC0415

    return print_link(asked.profile, asked.out)
