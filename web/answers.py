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
from web.security.refusals import LogIn, TurnedAway, Wait, WrongName

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
    (LogIn, 401),
    (Wait, 429),
    (WrongName, 421),
    (TurnedAway, 403),
)


def problem(code: str, sentence: str, advice: str, status: int) -> Response:
    """One error as the page shows it."""
    answer = jsonify(code=code, sentence=sentence, advice=advice)
    answer.status_code = status
    return answer


def register_errors(app: Flask) -> None:
    """Make every error leave the app as JSON; nothing is hidden, bugs are logged with their trace."""
    app.register_error_handler(NightboxError, problem_of)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _bug)


def status_of(error: NightboxError) -> int:
    """The HTTP status that fits."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def problem_of(error: NightboxError) -> Response:
    """This error as the page shows it."""
    return problem(error.code, error.sentence, error.advice, status_of(error))


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    return problem(f"http.{status}", error.description or error.name, "Load the page again.", status)


def _bug(error: Exception) -> Response:
    # Called inside the handler of the raised error, so its trace is in the log.
    current_app.logger.exception("a request failed")
    sentence = f"Nightbox made a mistake of its own: {type(error).__name__}: {error}"
    return problem("page.bug", sentence, "Please report it with tonight's log.", 500)
