"""Does this machine know the time? Asked of the kernel, which every time service tells."""

import ctypes
import sys

TIME_ERROR = 5  # adjtimex(2): the clock is not synchronised
ROOM = 512  # more than struct timex of any architecture; zeros ask and change nothing


def synchronised() -> bool:
    """True once a time service (NTP, GNSS, PPS) has set the clock; False where nobody can say."""
    if sys.platform != "linux":
        return False
    state = int(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(ROOM)))
    return 0 <= state != TIME_ERROR
