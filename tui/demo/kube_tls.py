"""A certificate authority of our own, so that https and client certificates can be tried."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class KubeCerts:
    """Files of an authority, of a server and of one client, in a folder."""

    folder: Path

    @property
    def authority(self) -> Path:
        return self.folder / "ca.crt"

    @property
    def client(self) -> Path:
        return self.folder / "client.crt"

    @property
    def client_key(self) -> Path:
        return self.folder / "client.key"

    def context(self) -> ssl.SSLContext:
        """For the server; a client may bring a certificate and need not."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(self.authority))
        context.load_cert_chain(self.folder / "server.crt", self.folder / "server.key")
        context.verify_mode = ssl.CERT_OPTIONAL
        return context


def make_certs(folder: Path, user: str = "admin") -> KubeCerts:
    """Make all files anew; `user` is whom the client certificate names."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _sign("kubernetes", authority_key, "kubernetes", authority_key, True)
    _write(folder, "ca", authority, authority_key)
    for name, subject in (("server", "kube-apiserver"), ("client", user)):
        key = ec.generate_private_key(ec.SECP256R1())
        _write(folder, name, _sign(subject, key, "kubernetes", authority_key, False), key)
    return KubeCerts(folder)


def _sign(
    subject: str, key: ec.EllipticCurvePrivateKey, issuer: str, issuer_key: ec.EllipticCurvePrivateKey, authority: bool
) -> x509.Certificate:
    # certificates of the far past and the far future: a clock that jumps is not what is tried with them
    now = datetime.now(UTC)
    names = [x509.DNSName("localhost"), x509.DNSName("kubernetes"), x509.IPAddress(ip_address("127.0.0.1"))]
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if authority:
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        builder = builder.add_extension(usage, critical=True)
    else:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _write(folder: Path, name: str, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
    (folder / f"{name}.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / f"{name}.key"
    path.touch(mode=0o600)
    path.write_bytes(secret)
