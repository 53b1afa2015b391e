"""Phones with the page open, standard library only: they follow the box and fetch each new preview.

`python benchmarks/phone.py LINK [HOW-MANY]`, until it is killed; a box prints the link for its own machine.
Each listens to the stream of server-sent events, as the page does.
"""

import sys
from http.cookiejar import CookieJar
from threading import Thread
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener


def main(link: str, many: int = 1) -> None:
    """Log in once, then follow as so many phones."""
    phone, url = build_opener(HTTPCookieProcessor(CookieJar())), link.partition("?")[0]
    phone.open(link).close()
    threads = [Thread(target=follow, args=(phone, url, number)) for number in range(many)]
    for thread in threads:
        thread.start()


def follow(phone: OpenerDirector, url: str, number: int) -> None:
    """For ever; the preview is fetched whenever there is a new one."""
    while True:
        with phone.open(f"{url}api/events?page=phone{number}") as stream:
            for line in stream:
                if b'"LastSub"' in line:
                    with phone.open(f"{url}preview.jpg") as picture:
                        picture.read()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1)
