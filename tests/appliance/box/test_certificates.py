"""The box's own authority and certificate: what a phone that trusts it accepts, and what never."""

import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.box import certificates as module
from appliance.box.certificates import CA_DAYS, Certificates, certificates, fingerprint

NOW = datetime.now(UTC)  # what OpenSSL compares with
NAMES = ("nightbox", "Nightbox.local", "localhost", "box.lan")
ADDRESSES = ("127.0.0.1", "192.168.4.1", "fe80::1%wlan0", "8.8.8.8", "2001:db8::1", "nonsense")


def make(folder: Path, now: datetime = NOW, names: tuple[str, ...] = NAMES) -> tuple[Certificates, bool]:
    return certificates(folder, names, ADDRESSES, now)


def accepts(files: Certificates, name: str) -> bool:
    """Would a phone that trusts the authority go on? A whole handshake, in memory."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(files.chain, files.key)
    phone = ssl.create_default_context(cafile=str(files.authority))
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        phone.wrap_bio(back, there, server_hostname=name),
        server.wrap_bio(there, back, server_side=True),
    ]
    try:
        while ends:
            for end in list(ends):
                try:
                    end.do_handshake()
                    ends.remove(end)
                except ssl.SSLWantReadError:
                    pass
    except ssl.SSLCertVerificationError:
        return False
    return True


def test_a_phone_that_trusts_it_accepts_every_name_and_private_address(tmp_path: Path) -> None:
    files, made = make(tmp_path)
    assert made
    for name in ("nightbox", "nightbox.local", "box.lan", "127.0.0.1", "192.168.4.1", "fe80::1"):
        assert accepts(files, name), name
    for name in ("evil.example", "10.0.0.9", "8.8.8.8", "2001:db8::1"):
        assert not accepts(files, name), name


def test_its_key_forges_no_name_of_the_internet(tmp_path: Path) -> None:
    files, _ = make(tmp_path)
    authority = module._read(files.authority, tmp_path / "ca.key")
    assert authority
    for name in ("bank.example", "nightbox.example"):
        module._write(module._server(authority, frozenset({name}), frozenset(), NOW), files.chain, files.key)
        assert not accepts(files, name)


def test_it_is_made_once_and_kept_for_the_box_alone(tmp_path: Path) -> None:
    folder = tmp_path / ".page"
    files, _ = make(folder)
    before = fingerprint(files.authority), files.chain.read_bytes()
    assert len(before[0].split(":")) == 32
    assert make(folder) == (files, False)
    assert (fingerprint(files.authority), files.chain.read_bytes()) == before
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert sorted(path.name for path in folder.iterdir()) == ["ca.crt", "ca.key", "server.crt", "server.key"]


@pytest.mark.parametrize("days", [-3650, -338, 31, 3000])
def test_it_is_renewed_in_time_and_when_the_clock_was_wrong(tmp_path: Path, days: int) -> None:
    files, _ = make(tmp_path, NOW + timedelta(days=days))
    trusted = fingerprint(files.authority)
    assert make(tmp_path)[1]
    assert accepts(files, "nightbox.local")
    assert fingerprint(files.authority) == trusted  # no phone has to be given it again


@pytest.mark.parametrize("days", [-29, 0, 336])
def test_it_is_left_alone_while_it_is_good(tmp_path: Path, days: int) -> None:
    make(tmp_path)
    assert not make(tmp_path, NOW + timedelta(days=days))[1]


def test_another_address_brings_another_certificate(tmp_path: Path) -> None:
    files, _ = make(tmp_path)
    trusted = fingerprint(files.authority)
    assert certificates(tmp_path, NAMES, (*ADDRESSES, "10.1.1.1"), NOW) == (files, True)
    assert accepts(files, "10.1.1.1")
    assert certificates(tmp_path, NAMES, ADDRESSES, NOW) == (files, False)  # the network has gone again
    assert fingerprint(files.authority) == trusted


def test_a_name_that_it_may_not_speak_for_brings_another_authority(tmp_path: Path) -> None:
    files, _ = make(tmp_path)
    trusted = fingerprint(files.authority)
    make(tmp_path, names=(*NAMES, "other.local"))
    assert fingerprint(files.authority) == trusted
    make(tmp_path, names=(*NAMES, "obs.example"))
    assert fingerprint(files.authority) != trusted
    assert accepts(files, "obs.example")


@pytest.mark.parametrize("name", ["ca.crt", "ca.key", "server.crt", "server.key"])
@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_what_is_damaged_is_made_anew(tmp_path: Path, name: str, damage: bytes | None) -> None:
    files, _ = make(tmp_path)
    if damage is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(damage)
    assert make(tmp_path)[1]
    assert accepts(files, "nightbox.local")


def test_keys_that_do_not_belong_together_are_made_anew(tmp_path: Path) -> None:
    files, _ = make(tmp_path)
    other, _ = make(tmp_path / "other")
    files.key.write_bytes(other.key.read_bytes())
    assert make(tmp_path)[1]
    assert accepts(files, "nightbox.local")


def test_the_authority_outlives_the_box(tmp_path: Path) -> None:
    made = module._authority(frozenset(), datetime(1970, 1, 1, tzinfo=UTC)).certificate
    assert made.not_valid_before_utc <= datetime(2026, 1, 1, tzinfo=UTC) <= made.not_valid_after_utc
    assert made.not_valid_after_utc - datetime(2026, 1, 1, tzinfo=UTC) == timedelta(days=CA_DAYS)
