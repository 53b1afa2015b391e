"""Flask's signed cookie, on a box whose clock may be years behind until a phone sets it.

No moment of the box's clock is in it: a cookie that "expires" in the box's year would be thrown away by the
phone at once, and one signed before the clock was set would be too old after it. So it has an age in the
phone's own time, and ends earlier when the box takes another secret.
"""

import hashlib
import secrets
from collections.abc import Callable
from typing import Any

from flask import Flask, Request, Response, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeSerializer
from typing_extensions import override
from werkzeug.http import dump_cookie

LIFE = 90 * 86400  # seconds since the page was last loaded
NAME = "nightbox"
# Over TLS it has a name of its own: browsers let a plain page neither read nor replace it.
SECURE_NAME = "__Host-nightbox"
IN, TOKEN = "in", "token"


class Sessions(SecureCookieSessionInterface):
    """`secret` is asked anew for each request: with another one all sessions have ended."""

    salt = "nightbox page"
    digest_method = staticmethod(hashlib.sha256)

    def __init__(self, secret: Callable[[], str]) -> None:
        self._secret = secret

    @override
    def get_cookie_name(self, app: Flask) -> str:
        return SECURE_NAME if request.is_secure else NAME

    @override
    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        name = SECURE_NAME if request.is_secure else NAME
        try:
            return self.session_class(self.serializer_now().loads(request.cookies.get(name, "")))
        except BadSignature:
            return self.session_class()

    @override
    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session.accessed:
            response.vary.add("Cookie")
        if not session.modified:
            return
        name, secure = self.get_cookie_name(app), request.is_secure
        if session:
            value = self.serializer_now().dumps(dict(session))
            cookie = dump_cookie(
                name, value, max_age=LIFE, secure=secure, httponly=True, samesite="Strict", sync_expires=False
            )
            response.headers.add("Set-Cookie", cookie)
        else:
            response.delete_cookie(name, secure=secure, httponly=True, samesite="Strict")

    def serializer_now(self) -> URLSafeSerializer:
        """Signs with the secret of this moment."""
        keywords = {"key_derivation": "hmac", "digest_method": self.digest_method}
        return URLSafeSerializer(self._secret(), self.salt, signer_kwargs=keywords)


def new_session(*, signed_in: bool) -> dict[str, Any]:
    """What a session holds; a new token each time, so that none from before is of use."""
    return {IN: signed_in, TOKEN: secrets.token_urlsafe(16)}


def sign_in() -> None:
    """This phone is in from now on."""
    session.clear()
    session.update(new_session(signed_in=True))


def is_signed_in() -> bool:
    """Is this phone in?"""
    return session.get(IN) is True


def token() -> str:
    """What this phone's pages send with everything that changes something."""
    if not session.get(TOKEN):
        session.update(new_session(signed_in=False))
    return str(session[TOKEN])


def renew() -> None:
    """A page was loaded: the phone keeps the cookie for another while."""
    if is_signed_in():
        session.modified = True


def sign_out() -> None:
    """This phone is out."""
    session.clear()
