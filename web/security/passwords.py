"""Passwords: what is accepted, and how they are kept."""

from werkzeug.security import check_password_hash, generate_password_hash

from appliance.errors import BadCommand

SHORTEST, LONGEST = 8, 200


def check_new(password: str) -> None:
    """BadCommand for one that is too short, or too long to be hashed in good time."""
    if len(password) < SHORTEST:
        raise BadCommand("password", f"it must have at least {SHORTEST} characters", advice=LONGER)
    if len(password) > LONGEST:
        raise BadCommand(
            "password", f"it may have at most {LONGEST} characters", advice="Take a shorter one."
        )


LONGER = "Take a longer one: three words are easy to remember and hard to guess."


def hashed(password: str, method: str) -> str:
    """As it is kept: salted, and slow and costly to try; by "scrypt" it takes some 0.1 s and 32 MB."""
    return generate_password_hash(password, method)


def is_right(password: str, kept: str) -> bool:
    """As slow as `hashed`; False without a kept one."""
    return len(password) <= LONGEST and check_password_hash(kept, password)
