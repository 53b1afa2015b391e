"""More: a list of sections, each with a page of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template

from appliance.api import Api
from web.bridge import Bridge


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of /more: `slug` is its address below it, `title` and `help` (one line) are marked with N_.

    `icon` is one of templates/icons.html; `screen` makes its blueprint, whose view for GET /more/<slug> is
    the endpoint "<slug>.index" and renders with `tab="more"`.
    """

    slug: str
    title: str
    help: str
    icon: str
    screen: Callable[[Api, Bridge], Blueprint]


def more(sections: Sequence[Section]) -> Blueprint:
    """/more."""
    routes = Blueprint("more", __name__)

    @routes.get("/more")
    def index() -> str:
        return render_template("more.html", tab="more", sections=sections)

    return routes
