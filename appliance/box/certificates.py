"""A certificate authority of the box's own, and the certificate by which phones that trust it know the box.

The authority may only speak for names and addresses of private networks: should its key be stolen, nobody's
bank can be forged with it.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from appliance.imaging.atomic import new_file, translated

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

CA_DAYS = 20 * 365
# Phones refuse certificates that live longer than 825 days. A month back: clocks differ.
BEFORE, AFTER, RENEW = timedelta(days=30), timedelta(days=397), timedelta(days=60)
ENDS = ("local", "lan", "home.arpa", "internal", "localhost")  # of names that are nobody's on the Internet
PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8",
                 "100.64.0.0/10", "fc00::/7", "fe80::/10", "::1/128")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files: `authority` is the one that phones are given, `chain` and `key` are the server's."""

    authority: Path
    chain: Path
    key: Path


@dataclass(frozen=True, slots=True)
class _Signed:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def certificates(
    folder: Path, names: Iterable[str], addresses: Iterable[str], now: datetime
) -> tuple[Certificates, bool]:
    """Those in this folder, made or renewed where they must be; and whether they were. Blocks.

    Names that the authority may not speak for bring a new authority, which phones have to be given again;
    addresses that are not private are left out. Raises StorageFailed.
    """
    files = Certificates(folder / "ca.crt", folder / "server.crt", folder / "server.key")
    wanted = frozenset(name.lower() for name in names)
    private = frozenset(found for text in addresses if (found := _private(text)) is not None)
    with translated(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = _read(files.authority, folder / "ca.key")
    if authority is None or not _may_speak_for(authority.certificate, wanted):
        authority = _authority(wanted, now)
        _write(authority, files.authority, folder / "ca.key")
    server = _read(files.chain, files.key)
    if server is not None and _good(server.certificate, authority.certificate, wanted, private, now):
        return files, False
    _write(_server(authority, wanted, private, now), files.chain, files.key)
    return files, True


def fingerprint(certificate: Path) -> str:
    """SHA-256, as phones show it."""
    read = x509.load_pem_x509_certificate(certificate.read_bytes()).fingerprint(hashes.SHA256())
    return read.hex(":").upper()


def _private(text: str) -> Address | None:
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return found if any(found in network for network in PRIVATE) else None


def _authority(names: frozenset[str], now: datetime) -> _Signed:
    own = sorted({*ENDS, *(name for name in names if not _ends_well(name))})
    subtrees: list[x509.GeneralName] = [x509.DNSName(name) for name in own]
    subtrees += [x509.IPAddress(network) for network in PRIVATE]
    key = ec.generate_private_key(ec.SECP256R1())
    name = _named("Nightbox of this telescope")
    usage = _usage(signs_certificates=True)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))  # whatever the clock of a box says at first
        .not_valid_after(max(now, datetime(2026, 1, 1, tzinfo=UTC)) + timedelta(days=CA_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.NameConstraints(subtrees, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return _Signed(key, made)


def _server(
    authority: _Signed, names: frozenset[str], addresses: frozenset[Address], now: datetime
) -> _Signed:
    key = ec.generate_private_key(ec.SECP256R1())
    sans: list[x509.GeneralName] = [x509.DNSName(name) for name in sorted(names)]
    sans += [x509.IPAddress(address) for address in sorted(addresses, key=str)]
    issuer = authority.certificate
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    server_use = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    made = (
        x509.CertificateBuilder(
            issuer.subject, _named("Nightbox"), key.public_key(), x509.random_serial_number()
        )
        .not_valid_before(now - BEFORE)
        .not_valid_after(now + AFTER)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(server_use, critical=False)
        .add_extension(x509.SubjectAlternativeName(sans), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(issuer_key, critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return _Signed(key, made)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates, key_cert_sign=signs_certificates,
        crl_sign=signs_certificates, content_commitment=False, key_encipherment=False,
        data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _ends_well(name: str) -> bool:
    return any(name == end or name.endswith(f".{end}") for end in ENDS)


def _may_speak_for(authority: x509.Certificate, names: frozenset[str]) -> bool:
    allowed = authority.extensions.get_extension_for_class(x509.NameConstraints).value.permitted_subtrees
    own = {tree.value for tree in allowed or () if isinstance(tree, x509.DNSName)}
    return all(name in own or any(name.endswith(f".{end}") for end in own) for name in names)


def _good(
    server: x509.Certificate,
    authority: x509.Certificate,
    names: frozenset[str],
    addresses: frozenset[Address],
    now: datetime,
) -> bool:
    """Signed by this authority, for all of these, and neither too old nor of another time."""
    try:
        server.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    sans = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    has = names <= set(sans.get_values_for_type(x509.DNSName))
    has &= addresses <= set(sans.get_values_for_type(x509.IPAddress))
    return has and server.not_valid_before_utc <= now <= server.not_valid_after_utc - RENEW


def _read(certificate: Path, key: Path) -> _Signed | None:
    """None for what is missing or damaged: it is made anew."""
    try:
        read = x509.load_pem_x509_certificate(certificate.read_bytes())
        private = serialization.load_pem_private_key(key.read_bytes(), None)
    except (OSError, ValueError, TypeError):
        return None
    fits = isinstance(private, ec.EllipticCurvePrivateKey) and private.public_key() == read.public_key()
    return _Signed(private, read) if fits and isinstance(private, ec.EllipticCurvePrivateKey) else None


def _write(signed: _Signed, certificate: Path, key: Path) -> None:
    # The key first: a certificate whose key is not beside it is made anew at the next start.
    pem = serialization.Encoding.PEM
    kinds = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    for path, text in (
        (key, signed.key.private_bytes(pem, *kinds)),
        (certificate, signed.certificate.public_bytes(pem)),
    ):
        with new_file(path, replace=True, private=True) as file:
            file.write(text)
