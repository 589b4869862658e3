"""Certificates made for one test run: an authority, and leaves that are good or wrong in one way each."""

import datetime
import ipaddress
import ssl
import warnings
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# Resolves to loopback everywhere, which makes it a host name that needs no setting up.
HOST = "localhost"


@dataclass
class Leaf:
    """A certificate with its key, as a server uses them."""

    chain: Path
    key: Path

    def server_context(self, version: ssl.TLSVersion | None = None) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if version:
            context.set_ciphers("ALL:@SECLEVEL=0")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # Offering what is out of date is the point.
                context.minimum_version = context.maximum_version = version
        context.load_cert_chain(self.chain, self.key)
        return context


class Authority:
    """An authority and the leaves it signs."""

    def __init__(self, folder: Path, name: str):
        self._folder = folder
        self._name = name
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = (self._builder(self._subject, self._key.public_key(), -1, 30)
                       .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
                       .sign(self._key, hashes.SHA256()))
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def _builder(self, subject: x509.Name, public_key, from_day: int, to_day: int) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.timezone.utc)
        return (x509.CertificateBuilder().subject_name(subject).issuer_name(self._subject).public_key(public_key)
                .serial_number(x509.random_serial_number())
                .not_valid_before(now + datetime.timedelta(days=from_day))
                .not_valid_after(now + datetime.timedelta(days=to_day)))

    def leaf(self, label: str, host: str = HOST, from_day: int = -1, to_day: int = 30) -> Leaf:
        key = ec.generate_private_key(ec.SECP256R1())
        names: list[x509.GeneralName] = [x509.DNSName(host)]
        if host == HOST:
            names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
        certificate = (self._builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]), key.public_key(), from_day, to_day)
                       .add_extension(x509.SubjectAlternativeName(names), critical=False)
                       .sign(self._key, hashes.SHA256()))
        return self._write(label, certificate, key)

    def _write(self, label: str, certificate: x509.Certificate, key) -> Leaf:
        chain, key_file = self._folder / f"{self._name}-{label}.pem", self._folder / f"{self._name}-{label}.key"
        chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                               serialization.NoEncryption()))
        return Leaf(chain, key_file)


class Certificates:
    """Everything the TLS tests need."""

    def __init__(self, folder: Path):
        self.trusted = Authority(folder, "trusted-authority")
        stranger = Authority(folder, "unknown-authority")
        self.good = self.trusted.leaf("good")
        self.expired = self.trusted.leaf("expired", from_day=-30, to_day=-1)
        self.not_yet_valid = self.trusted.leaf("early", from_day=2)
        self.wrong_host = self.trusted.leaf("wrong-host", host="elsewhere.test")
        self.unknown_authority = stranger.leaf("unknown")
        # An authority that serves with its own certificate is what a self-signed server is.
        own = Authority(folder, "self-signed")
        key_file = folder / "self-signed.key"
        key_file.write_bytes(own._key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                                    serialization.NoEncryption()))
        self.self_signed = Leaf(own.file, key_file)
