"""How much, how long, how many: nobody outside can make the box wait, or grow."""

MOST_CLIENTS = 64
LONGEST = 64 * 1024  # bytes of one request, whatever speaks it
LONGEST_HEAD = 16 * 1024  # bytes of an HTTP request before its body
MOST_HEADERS = 100
HALF_SECONDS = 30.0  # from the first byte of a request to its last
IDLE_SECONDS = 3600.0  # between requests
SEND_SECONDS = 20.0  # for a client to take its answer
GREETING_SECONDS = 1.0  # who says nothing for so long is a person at a terminal
WRONG_SECONDS = 1.0  # before a wrong token is told: guessing takes for ever
SPARED_SECONDS = 5.0  # when there are too many clients, the one idle for longest goes, if it was for so long
