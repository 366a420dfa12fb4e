"""Secure lines: what the drivers have in common of them.

The line goes to a checked address, while the certificate is checked against the name that people gave. Certificates
of an authority are text, kept with the connection; a driver that takes nothing but a file is given one of its own.
"""

import os
import re
import ssl
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any
from weakref import finalize

from cryptography import x509

from core.engines.base import Target
from core.errors import BadConnection

MOST_BYTES = 64 * 1024
"""Of the certificates of an authority: more than any company's chain."""

_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----")
_CERTIFICATES = frozenset({"CERTIFICATE", "X509 CERTIFICATE"})

_CODES = (
    ("database.tls_wrong_name", r"hostname mismatch|IP address mismatch|does not match host ?name|name mismatch"),
    ("database.tls_expired", r"certificate has expired|certificate is not yet valid"),
    ("database.tls_not_trusted", r"certificate verify failed|CERTIFICATE_VERIFY_FAILED|self[- ]signed certificate"),
    (
        "database.tls_not_offered",
        r"does not support SSL|SSL is required but|does ?n[o']t support (?:SSL|it|encryption)|not support TLS",
    ),
)
"""By what OpenSSL and the drivers say of it. First fit first."""


def checked_ca(pem: str) -> str:
    """The certificates as they are kept: as they were given, without what surrounds them. Empty for empty ones.

    Raises `BadConnection`: connection.ca_too_long (`most` bytes), connection.ca_has_key for a private key among them,
    connection.ca_unreadable.
    """
    text = pem.strip()
    if not text:
        return ""
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise BadConnection("connection.ca_too_long", most=MOST_BYTES)
    kinds = set(_BLOCK.findall(text))
    if any("PRIVATE KEY" in kind for kind in kinds):
        raise BadConnection("connection.ca_has_key")
    if not kinds or not kinds <= _CERTIFICATES:
        raise BadConnection("connection.ca_unreadable")
    try:
        x509.load_pem_x509_certificates(text.encode("ascii"))
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=text)
    except (ValueError, ssl.SSLError):
        raise BadConnection("connection.ca_unreadable") from None
    return text + "\n"


def code_of(text: str) -> str:
    """The code of what a driver says of a line that could not be secured."""
    return next((code for code, pattern in _CODES if re.search(pattern, text, re.IGNORECASE)), "database.tls")


class NamedContext(ssl.SSLContext):
    """Checks a server's certificate against a name of ours, whatever name or address the driver knows it by."""

    name = ""

    def wrap_socket(self, sock: Any, *args: Any, **kwargs: Any) -> ssl.SSLSocket:
        """As `ssl.SSLContext` does, with that name."""
        if self.name:
            self.check_hostname = True  # a driver that checks names by itself turns it off
            kwargs["server_hostname"] = self.name
        return super().wrap_socket(sock, *args, **kwargs)


def context(target: Target) -> ssl.SSLContext:
    """How a line to this target is secured, for a driver that asks Python to."""
    made = NamedContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if target.tls != "verify":
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
        return made
    made.name = target.host.removesuffix(".")
    if target.tls_ca:
        made.load_verify_locations(cadata=target.tls_ca)
    else:
        made.load_default_certs()
    return made


class CaFile:
    """The certificates of an authority as a file that only we may read, until it is removed or forgotten."""

    def __init__(self, pem: str) -> None:
        number, path = tempfile.mkstemp(prefix="colloquery-ca-", suffix=".pem")
        self.path = Path(path)
        self._remove = finalize(self, _removed, path)
        with os.fdopen(number, "w", encoding="ascii") as file:
            file.write(pem)

    def remove(self) -> None:
        """Remove it. Safe to be called again."""
        self._remove()


def _removed(path: str) -> None:
    with suppress(OSError):
        Path(path).unlink()


def trusted_file() -> str:
    """The file of the authorities that this machine trusts; "system" leaves it to the driver's own OpenSSL."""
    return ssl.get_default_verify_paths().cafile or "system"
