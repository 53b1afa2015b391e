"""What all tests share."""

import asyncio

# pytest-asyncio asks for the main thread's loop; without this it would make one that nobody closes,
# and the warning about it would fail the run.
asyncio.set_event_loop(None)

pytest_plugins = ["tests.virtual_time"]
