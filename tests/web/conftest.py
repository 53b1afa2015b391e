"""A box to ask, Flask's client for it, and a browser."""

import shutil
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect

from tests.web import wifi
from tests.web.fake_box import Box

PATIENCE = 60_000  # ms: a browser on a machine that has much else to do


@pytest.fixture(autouse=True)
def patient() -> None:
    """Whatever a test before has set."""
    expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Not for longer: its loop would run beside those of other tests."""
    if not shutil.which("chromium"):
        pytest.fail("Chromium is not installed: apt install chromium.")
    with wifi.browser() as made:
        yield made


@pytest.fixture
def box() -> Iterator[Box]:
    made = Box()
    yield made
    made.close()


@pytest.fixture
def client(box: Box) -> FlaskClient:
    """Of a phone that is logged in."""
    return box.client()
