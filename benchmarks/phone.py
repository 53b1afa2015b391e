"""A phone with the page open, standard library only: it follows the box and fetches each new preview.

`python benchmarks/phone.py LINK`, until it is killed; a box prints the link for its own machine.
"""

import json
import sys
from http.cookiejar import CookieJar
from urllib.request import HTTPCookieProcessor, build_opener


def main(link: str) -> None:
    """Log in, then long-poll as the page does."""
    phone, url = build_opener(HTTPCookieProcessor(CookieJar())), link.partition("?")[0]
    phone.open(link).close()
    life, after = "", 0
    while True:
        with phone.open(f"{url}api/updates?life={life}&after={after}&within=10") as answer:
            told = json.load(answer)
        life = told["life"]
        after = max([after, *(update["id"] for update in told["updates"])])
        if any(update["message"]["type"] == "LastSub" for update in told["updates"]):
            with phone.open(f"{url}preview.jpg") as picture:
                picture.read()


if __name__ == "__main__":
    main(sys.argv[1])
