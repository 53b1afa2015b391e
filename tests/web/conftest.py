"""A box to ask, and Flask's client for it."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect

from tests.web.fake_box import Box

PATIENCE = 60_000  # ms: a browser on a machine that has much else to do


@pytest.fixture(autouse=True)
def patient() -> None:
    """Whatever a test before has set."""
    expect.set_options(timeout=PATIENCE)


@pytest.fixture
def box() -> Iterator[Box]:
    made = Box()
    yield made
    made.close()


@pytest.fixture
def client(box: Box) -> FlaskClient:
    """Of a phone that is logged in."""
    return box.client()
