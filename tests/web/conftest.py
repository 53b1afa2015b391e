"""A box to ask, and Flask's client for it."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from tests.web.fake_box import Box


@pytest.fixture
def box() -> Iterator[Box]:
    made = Box()
    yield made
    made.close()


@pytest.fixture
def client(box: Box) -> FlaskClient:
    """Of a phone that is logged in."""
    return box.client()
