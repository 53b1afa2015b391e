"""The page's files under an address that changes with them: a phone loads each once, compressed."""

import gzip
import hashlib
import mimetypes
from functools import cache
from pathlib import Path

from flask import Flask, Response, request, send_from_directory

from web.i18n import FOREVER

FOLDER = Path(__file__).parent / "static"
SQUEEZED = ("text/html", "text/css", "text/javascript", "application/json", "image/svg+xml")
SMALL = 600  # bytes that are not worth compressing

# A system's own list may lack or bend these, and `nosniff` makes browsers take it at its word.
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("application/manifest+json", ".webmanifest")


@cache
def version(folder: Path = FOLDER) -> str:
    """Of all files together; imports between scripts are relative, and so stay within it."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(path.relative_to(folder).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def register_assets(app: Flask) -> None:
    """/static/<version>/<file> as endpoint "static", and compressed answers."""
    app.add_url_rule("/static/<version>/<path:filename>", "static", _static)
    app.url_defaults(_versioned)
    app.after_request(_squeeze)


def _static(version: str, filename: str) -> Response:  # noqa: ARG001 - any version is the present one
    answer = send_from_directory(FOLDER, filename, conditional=True)
    answer.headers["Cache-Control"] = FOREVER
    return answer


def _versioned(endpoint: str, values: dict[str, object]) -> None:
    if endpoint == "static":
        values.setdefault("version", version())


def _squeeze(answer: Response) -> Response:
    """1 Mbit/s is what is left of a Wi-Fi at the end of the garden."""
    if answer.mimetype not in SQUEEZED or (answer.is_streamed and not answer.direct_passthrough):
        return answer
    if "gzip" not in request.headers.get("Accept-Encoding", "") or answer.status_code != 200:
        return answer
    answer.direct_passthrough = False
    plain = answer.get_data()
    if len(plain) < SMALL:
        return answer
    answer.set_data(gzip.compress(plain, 6, mtime=0))
    answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    return answer
