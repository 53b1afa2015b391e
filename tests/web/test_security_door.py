"""Coming in: the first password, the login, patience with guesses, sessions and their end."""

from collections.abc import Iterator
from typing import Any

import pytest

from appliance.api import Access
from appliance.bus import Said
from appliance.errors import DiskFull
from tests.web.fake_box import PASSWORD, Box, Memory
from tests.web.visitors import HTML, Clock, post, token_of, visitor
from web.security.passwords import hashed, is_right
from web.security.settings import Security

NEW = "saturn rings"


class Door:
    """A box with a clock of its own, and what it has announced."""

    def __init__(self, password: bool) -> None:
        self.clock, self.codes = Clock(), list[str]()
        keeper = Memory() if password else Memory("")
        announce = self.codes.append
        self.box = Box(keeper=keeper, clock=self.clock, announce=announce, hashing="scrypt:1024:8:1")


@pytest.fixture
def first() -> Iterator[Door]:
    door = Door(password=False)
    yield door
    door.box.close()


@pytest.fixture
def later() -> Iterator[Door]:
    door = Door(password=True)
    yield door
    door.box.close()


def get_in(client: Any, password: str = PASSWORD) -> Any:
    return post(client, "/login", password=password)


def is_in(client: Any) -> bool:
    return bool(client.get("/api/status").status_code == 200)


def test_the_first_phone_pairs_and_the_second_logs_in(first: Door) -> None:
    phone = visitor(first.box)
    answer = phone.get("/", headers=HTML)
    assert answer.headers["Location"] == "/pair?next=/"
    page = phone.get("/pair", headers=HTML).text
    (code,) = first.codes
    assert code not in page
    assert first.box.api.pairing_code() == code
    answer = post(phone, "/pair", code=f"{code[:3]} {code[3:]}", password=NEW)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert is_in(phone)
    assert first.box.api.pairing_code() == ""
    assert NEW not in first.box.keeper.access.password
    second = visitor(first.box, "192.168.4.8")
    assert second.get("/pair", headers=HTML).headers["Location"] == "/login?next=/"
    assert get_in(second, NEW).status_code == 303
    assert is_in(second)
    assert is_in(phone)
    assert first.codes == [code]


def test_a_wrong_code_and_a_short_password_are_told_apart(first: Door) -> None:
    phone = visitor(first.box)
    phone.get("/pair")
    wrong = "000000" if first.codes[0] != "000000" else "111111"
    answer = post(phone, "/pair", code=wrong, password=NEW)
    assert answer.status_code == 403
    assert "That is not the pairing code." in answer.text
    assert "display" in answer.text
    answer = post(phone, "/pair", code=first.codes[0], password="seven77")
    assert answer.status_code == 400
    assert "at least 8 characters" in answer.text
    assert not first.box.keeper.access.password
    answer = post(phone, "/pair", code=first.codes[0], password="x" * 201)
    assert answer.status_code == 400
    assert post(phone, "/pair", code=first.codes[0], password="x" * 200).status_code == 303


def test_a_code_lives_an_hour_and_bears_five_tries(first: Door) -> None:
    api = first.box.api
    code = api.pairing_code()
    first.clock.now += 3599
    assert api.pairing_code() == code
    first.clock.now += 2
    second = api.pairing_code()
    assert second != code
    phone = visitor(first.box)
    assert post(phone, "/pair", code=code, password=NEW).status_code == 403
    for number in range(4):
        assert (
            post(visitor(first.box, f"10.0.0.{number}"), "/pair", code=code, password=NEW).status_code == 403
        )
    third = api.pairing_code()
    assert third != second
    assert post(visitor(first.box, "10.0.1.1"), "/pair", code=second, password=NEW).status_code == 403
    assert first.codes == [code, second, third]
    assert post(visitor(first.box, "10.0.1.2"), "/pair", code=third, password=NEW).status_code == 303


def test_nobody_pairs_with_a_box_that_has_a_password(later: Door) -> None:
    phone = visitor(later.box)
    token = token_of(phone, "/login")
    answer = phone.post("/pair", data={"token": token, "code": "123456", "password": NEW})
    assert answer.status_code == 403
    assert not is_in(phone)
    assert later.codes == []
    assert later.box.api.pairing_code() == ""


def test_a_password_that_cannot_be_kept_is_not_set(first: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Access) -> None:
        raise DiskFull("The disk is full.")

    code = first.box.api.pairing_code()
    monkeypatch.setattr(first.box.keeper, "write", full)
    phone = visitor(first.box)
    answer = post(phone, "/pair", code=code, password=NEW)
    assert answer.status_code == 507
    assert "The disk is full." in answer.text
    assert not is_in(phone)
    monkeypatch.undo()
    assert post(phone, "/pair", code=code, password=NEW).status_code == 303


def test_five_wrong_passwords_then_a_wait_that_doubles(later: Door) -> None:
    phone = visitor(later.box)
    for _ in range(5):
        assert get_in(phone, "wrong").status_code == 403
    answer = get_in(phone)
    assert answer.status_code == 429
    assert "Too many wrong tries. Wait 30 s." in answer.text
    assert answer.headers["Retry-After"] == "30"
    later.clock.now += 29.5
    assert "Wait 1 s." in get_in(phone).text
    later.clock.now += 0.5
    assert get_in(phone, "wrong").status_code == 403
    assert "Wait 60 s." in get_in(phone).text
    other = visitor(later.box, "192.168.4.8")
    assert get_in(other).status_code == 303
    later.clock.now += 60
    assert get_in(phone).status_code == 303
    phone = visitor(later.box)
    assert get_in(phone, "wrong").status_code == 403  # forgiven: it counts from the beginning again


def test_guesses_from_many_addresses_are_slowed_and_the_owner_is_not(later: Door) -> None:
    owner = visitor(later.box, "192.168.4.2")
    assert get_in(owner).status_code == 303
    for number in range(20):
        assert get_in(visitor(later.box, f"10.0.0.{number}"), "wrong").status_code == 403
    assert get_in(visitor(later.box, "10.0.1.1"), "wrong").status_code == 429
    assert get_in(visitor(later.box, "192.168.4.2")).status_code == 303
    later.clock.now += 30
    assert get_in(visitor(later.box, "10.0.1.1"), "wrong").status_code == 403
    assert get_in(visitor(later.box, "10.0.1.2"), "wrong").status_code == 429


def test_the_cookie_is_the_phones_alone_and_knows_no_date(later: Door) -> None:
    """A box whose clock is years behind must not hand out cookies that expired long ago."""
    cookie = get_in(visitor(later.box)).headers.getlist("Set-Cookie")[-1]
    assert cookie.startswith("nightbox=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/", f"Max-Age={90 * 86400}"} <= set(cookie.split("; "))
    assert "expires" not in cookie.lower()


def test_a_login_gives_a_new_token(later: Door) -> None:
    phone = visitor(later.box)
    before = token_of(phone, "/login")
    assert get_in(phone).status_code == 303
    assert token_of(phone, "/more/access") != before


@pytest.mark.parametrize("cookie", ["", "x", "eyJpbiI6dHJ1ZX0.sigsigsig", "." * 3000])
def test_a_made_up_cookie_opens_nothing(later: Door, cookie: str) -> None:
    phone = visitor(later.box)
    phone.set_cookie("nightbox", cookie)
    assert not is_in(phone)


def test_who_goes_out_is_out_and_the_others_stay(later: Door) -> None:
    mine, other = visitor(later.box), visitor(later.box, "192.168.4.8")
    assert get_in(mine).status_code == get_in(other).status_code == 303
    answer = post(mine, "/logout", "/more/access")
    assert answer.headers["Location"] == "/login"
    assert not is_in(mine)
    assert is_in(other)


def test_all_phones_are_logged_out_at_once(later: Door) -> None:
    mine, other = visitor(later.box), visitor(later.box, "192.168.4.8")
    assert get_in(mine).status_code == get_in(other).status_code == 303
    assert post(mine, "/logout-all", "/more/access").status_code == 303
    assert not is_in(mine)
    assert not is_in(other)
    assert get_in(other).status_code == 303


def test_another_password_logs_the_others_out(later: Door) -> None:
    mine, other = visitor(later.box), visitor(later.box, "192.168.4.8")
    assert get_in(mine).status_code == get_in(other).status_code == 303
    assert post(mine, "/more/access/password", "/more/access", old="wrong", password=NEW).status_code == 403
    assert (
        post(mine, "/more/access/password", "/more/access", old=PASSWORD, password="short").status_code == 400
    )
    assert post(mine, "/more/access/password", "/more/access", old=PASSWORD, password=NEW).status_code == 303
    assert is_in(mine)
    assert not is_in(other)
    assert get_in(other).status_code == 403
    assert get_in(other, NEW).status_code == 303


def test_a_forgotten_password_takes_everybody_out(later: Door) -> None:
    mine = visitor(later.box)
    assert get_in(mine).status_code == 303
    later.box.keeper.write(Access(secret="another"))
    assert not is_in(mine)
    assert mine.get("/", headers=HTML).headers["Location"] == "/pair?next=/"
    code = later.box.api.pairing_code()
    assert post(mine, "/pair", code=code, password=NEW).status_code == 303


def test_the_printed_link_opens_once_and_on_this_machine_only(later: Door) -> None:
    key = later.box.keeper.access.key
    assert not is_in(visitor(later.box))
    for address in ("192.168.4.7", "127.0.0.2"):
        stranger = visitor(later.box, address)
        assert stranger.get(f"/?key={key}").headers["Location"] == "/"
        assert not is_in(stranger)
    here = visitor(later.box, "127.0.0.1")
    assert here.get("/?key=wrong").status_code == 303
    assert not is_in(here)
    answer = here.get(f"/?key={key}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert is_in(here)
    again = visitor(later.box, "127.0.0.1")
    again.get(f"/?key={key}")
    assert not is_in(again)
    again.get("/?key=")
    assert not is_in(again)


def test_who_came_by_the_link_sets_the_first_password(first: Door) -> None:
    here = visitor(first.box, "127.0.0.1")
    here.get(f"/?key={first.box.keeper.access.key}")
    assert post(here, "/more/access/password", "/more/access", password=NEW).status_code == 303
    assert is_in(here)
    assert get_in(visitor(first.box), NEW).status_code == 303


@pytest.mark.parametrize(
    ("wanted", "where"),
    [
        ("/more/files?x=1", "/more/files?x=1"),
        ("//evil.example", "/"),
        ("http://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\tx", "/"),
        ("evil", "/"),
    ],
)
def test_a_login_leads_to_a_page_of_the_box_only(later: Door, wanted: str, where: str) -> None:
    phone = visitor(later.box)
    assert post(phone, "/login", password=PASSWORD, next=wanted).headers["Location"] == where


def test_an_open_box_asks_nobody_but_for_the_token() -> None:
    box = Box(keeper=Memory(""), paired=False)
    try:
        phone = visitor(box)
        page = phone.get("/", headers=HTML)
        assert page.status_code == 200
        assert phone.get("/login", headers=HTML).headers["Location"] == "/"
        press = {"json": {"id": "a"}, "headers": {"X-Nightbox": "1"}}
        assert phone.post("/api/command/start", **press).status_code == 403
        token = page.text.split('name="nightbox-token" content="')[1].split('"')[0]
        press["headers"]["X-Nightbox-Token"] = token
        assert phone.post("/api/command/start", **press).status_code == 200
        assert box.api.pairing_code() == ""
    finally:
        box.close()


def test_a_form_that_is_too_old_leads_back(later: Door) -> None:
    phone = visitor(later.box)
    answer = phone.post("/login", data={"password": PASSWORD, "token": "old"}, headers=HTML)
    assert answer.status_code == 403
    assert "Back to the page" in answer.text
    assert not is_in(phone)


def test_pages_with_forms_say_so_and_are_not_kept(later: Door) -> None:
    answer = visitor(later.box).get("/login")
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_page_renews_the_cookie_and_static_files_leave_it_alone(box: Box) -> None:
    client = box.client()
    assert "Set-Cookie" in client.get("/").headers
    assert "Set-Cookie" not in client.get("/api/status").headers
    file = client.get("/static/0/parts.css")
    assert "Set-Cookie" not in file.headers
    assert "Cookie" not in file.headers.get("Vary", "")
    file.close()


def test_a_password_is_kept_as_scrypt_of_full_cost(first: Door) -> None:
    kept = hashed(NEW, Security(first.box.keeper).hashing)
    assert kept.startswith("scrypt:32768:8:1$")
    assert is_right(NEW, kept)
    assert not is_right("another", kept)
    assert not is_right(NEW, "")


def test_a_stream_ends_with_the_session_that_opened_it(box: Box) -> None:
    client = box.client()
    told = iter(client.get("/api/events").response)
    assert b"snapshot" in bytes(next(told))  # type: ignore[arg-type]
    box.publish(Said(source="t", text="one"))
    assert b"news" in bytes(next(told))  # type: ignore[arg-type]
    assert post(client, "/logout-all", "/more/access").status_code == 303
    assert list(told) == []
