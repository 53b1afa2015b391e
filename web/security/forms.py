"""Pages with a form: the one place where a page may send one."""

from flask import Response, current_app, make_response, render_template

from appliance.errors import NightboxError
from web.answers import status_of
from web.security.passwords import LONGEST, SHORTEST
from web.security.refusals import Wait

POLICY = "WITH_FORMS"  # in the app's config: the content security policy of such a page
LIMITS = {"shortest": SHORTEST, "longest": LONGEST}


def form_page(template: str, refused: NightboxError | None = None, **more: object) -> Response:
    """Rendered, with what was wrong with the last try and its status; nobody keeps a copy."""
    answer = make_response(render_template(template, refused=refused, **LIMITS, **more))
    answer.status_code = status_of(refused) if refused else 200
    answer.headers["Content-Security-Policy"] = current_app.config[POLICY]
    answer.headers["Cache-Control"] = "no-store"
    if isinstance(refused, Wait):
        answer.headers["Retry-After"] = str(refused.seconds)
    return answer
