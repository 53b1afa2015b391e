"""A phone with the page open, standard library only: it follows the box and fetches each new preview.

`python benchmarks/phone.py URL`, until it is killed.
"""

import json
import sys
from urllib.request import urlopen


def main(url: str) -> None:
    """Long-poll as the page does."""
    life, after = "", 0
    while True:
        with urlopen(f"{url}api/updates?life={life}&after={after}&within=10") as answer:
            told = json.load(answer)
        life = told["life"]
        after = max([after, *(update["id"] for update in told["updates"])])
        if any(update["message"]["type"] == "LastSub" for update in told["updates"]):
            with urlopen(f"{url}preview.jpg") as picture:
                picture.read()


if __name__ == "__main__":
    main(sys.argv[1])
