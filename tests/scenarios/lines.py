"""HTTP to servers on this machine."""

import ssl
from typing import Any

import httpx

_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Nothing here is encrypted: a client that reads the machine's authorities first takes longer than most scenarios."""


def client(base_url: str = "", **more: Any) -> httpx.AsyncClient:
    """A client that keeps its line open."""
    return httpx.AsyncClient(base_url=base_url, timeout=30, trust_env=False, verify=_NO_TLS, **more)
