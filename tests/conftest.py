"""What all tests share."""

import asyncio
import signal

# pytest-asyncio asks for the main thread's loop; without this it would make one that nobody closes,
# and the warning about it would fail the run.
asyncio.set_event_loop(None)

pytest_plugins = ["tests.virtual_time"]

# A runner in the background of a shell has Ctrl-C ignored, and children inherit that: the tests press it.
signal.signal(signal.SIGINT, signal.default_int_handler)
