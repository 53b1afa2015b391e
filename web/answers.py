"""How errors look to the phone: JSON with code, sentence and advice, and a fitting HTTP status."""

from flask import Flask, Response, current_app, jsonify
from werkzeug.exceptions import HTTPException

from appliance.errors import (
    BadInput,
    DeviceError,
    DeviceLost,
    DeviceMissing,
    NightboxError,
    ProcedureFailed,
    StorageFailed,
)
from web.bridge import BoxSlow, BoxStopping

# The first kind that fits wins.
STATUS: tuple[tuple[type[NightboxError], int], ...] = (
    (BadInput, 400),
    (DeviceLost, 503),
    (DeviceMissing, 503),
    (DeviceError, 409),
    (ProcedureFailed, 409),
    (StorageFailed, 507),
    (BoxSlow, 503),
    (BoxStopping, 503),
)


def problem(code: str, sentence: str, advice: str, status: int) -> Response:
    """One error as the page shows it."""
    answer = jsonify(code=code, sentence=sentence, advice=advice)
    answer.status_code = status
    return answer


def register_errors(app: Flask) -> None:
    """Make every error leave the app as JSON; nothing is hidden, bugs are logged with their trace."""
    app.register_error_handler(NightboxError, _nightbox)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _bug)


def _nightbox(error: NightboxError) -> Response:
    status = next((status for kind, status in STATUS if isinstance(error, kind)), 500)
    return problem(error.code, error.sentence, error.advice, status)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    return problem(f"http.{status}", error.description or error.name, "Load the page again.", status)


def _bug(error: Exception) -> Response:
    # Called inside the handler of the raised error, so its trace is in the log.
    current_app.logger.exception("a request failed")
    sentence = f"Nightbox made a mistake of its own: {type(error).__name__}: {error}"
    return problem("page.bug", sentence, "Please report it with tonight's log.", 500)
