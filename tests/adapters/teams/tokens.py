"""What Microsoft gives out and signs: a server of tokens over TLS, a server of keys, and tokens as Teams shows them."""

import asyncio
import base64
import ipaddress
import json
import ssl
import time
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tests.adapters.teams.people import APP_ID, PASSWORD, Json

ISSUER = "https://api.botframework.com"
TOKEN_OF_BOT = "canary-token-of-the-bot"
"""What the tokens that are given out begin with."""


def new_key(size: int = 2048) -> rsa.RSAPrivateKey:
    """A key to sign with."""
    return rsa.generate_private_key(public_exponent=65537, key_size=size)


KEY, OTHER_KEY = new_key(), new_key()
"""Made once: to make one takes time."""


def token(
    service_url: str, *, key: Any = KEY, kid: str | None = "k1", algorithm: str = "RS256", **changes: Any
) -> str:  # fmt: skip
    """A token as the Bot Framework shows it with an activity from `service_url`. A claim that is None is not there."""
    now = int(time.time())
    claims = {
        "serviceurl": service_url, "nbf": now - 10, "exp": now + 3_600, "iss": ISSUER, "aud": APP_ID, **changes,
    }  # fmt: skip
    kept = {name: value for name, value in claims.items() if value is not None}
    # Not `jwt.encode`, which looks at the claims: here they may be wrong.
    headers = {} if kid is None else {"kid": kid}
    return jwt.PyJWS().encode(json.dumps(kept).encode(), key, algorithm=algorithm, headers=headers)


def raw_token(header: Json, claims: Json, signature: bytes = b"") -> str:
    """A token of any header and claims, signed with whatever is given."""
    parts = (json.dumps(header).encode(), json.dumps(claims).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def public_pem(key: rsa.RSAPrivateKey) -> bytes:
    """The public key, as text."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form)


def listed(key: rsa.RSAPrivateKey, kid: str, endorsements: Sequence[str] | None = ("msteams",)) -> Json:
    """A key as the list of keys has it."""
    found: Json = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    found |= {"kid": kid, "use": "sig"}
    return found if endorsements is None else found | {"endorsements": list(endorsements)}


class KeyServer:
    """Where keys are named and listed; what it plays is set on it while it runs."""

    def __init__(self) -> None:
        self.url = ""
        self.keys = [listed(KEY, "k1")]
        self.issuer = ISSUER
        self.document: Json = {}
        """Fields of the document that are others."""
        self.reads = 0
        self.status = 200
        self.body: bytes | None = None
        self.seconds = 0.0

    @property
    def openid_url(self) -> str:
        return f"{self.url}/v1/.well-known/openidconfiguration"

    async def describe(self, request: web.Request) -> web.Response:
        self.reads += 1
        await asyncio.sleep(self.seconds)
        if self.status != 200 or self.body is not None:
            return web.Response(status=self.status, body=self.body or b"", headers={"Location": self.openid_url})
        document = {"issuer": self.issuer, "jwks_uri": f"{self.url}/v1/.well-known/keys"}
        return web.json_response({**document, "id_token_signing_alg_values_supported": ["RS256"], **self.document})

    async def list(self, request: web.Request) -> web.Response:
        return web.json_response({"keys": self.keys})


@asynccontextmanager
async def key_server() -> AsyncIterator[KeyServer]:
    """A server of keys on loopback, until the end of the block."""
    server = KeyServer()
    app = web.Application()
    app.router.add_get("/v1/.well-known/openidconfiguration", server.describe)
    app.router.add_get("/v1/.well-known/keys", server.list)
    async with _served(app) as port:
        server.url = f"http://127.0.0.1:{port}"
        yield server


@dataclass(frozen=True)
class Answer:
    """What is answered to one who asks for a token."""

    status: int = 200
    body: Mapping[str, Any] | str = ""
    seconds: float = 0.0


class TokenServer:
    """Where tokens are given out, over TLS as msal wants it."""

    def __init__(self, authority: Path) -> None:
        self.url = ""
        self.authority = authority
        """The certificate that it is to be trusted by: REQUESTS_CA_BUNDLE."""
        self.given: list[str] = []
        """Tokens that were given out."""
        self.asked: list[Json] = []
        """The fields of those that asked, and the tenant."""
        self.seconds = 3_600
        """How long a token lasts."""
        self.discovery = 200
        self._answers: deque[Answer] = deque()

    def play(self, *answers: Answer) -> None:
        """The next who ask are answered so."""
        self._answers.extend(answers)

    async def discover(self, request: web.Request) -> web.Response:
        tenant = request.match_info["tenant"]
        if self.discovery != 200:
            return web.json_response({"error": "invalid_tenant", "error_description": tenant}, status=self.discovery)
        base = f"{self.url}/{tenant}"
        return web.json_response(
            {
                "issuer": f"{base}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
            }
        )

    async def give(self, request: web.Request) -> web.Response:
        fields = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append({**fields, "tenant": request.match_info["tenant"]})
        if self._answers:
            answer = self._answers.popleft()
            await asyncio.sleep(answer.seconds)
            if answer.body:
                text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
                return web.Response(status=answer.status, text=text, content_type="application/json")
        if fields.get("client_secret") != PASSWORD or fields.get("client_id") != APP_ID:
            said = f"AADSTS7000215: Invalid client secret provided: {fields.get('client_secret')}"
            return web.json_response({"error": "invalid_client", "error_description": said}, status=401)
        self.given.append(f"{TOKEN_OF_BOT}-{len(self.given) + 1}-{'x' * 40}")
        return web.json_response(
            {"token_type": "Bearer", "expires_in": self.seconds, "access_token": self.given[-1]}
        )  # fmt: skip


@asynccontextmanager
async def token_server(directory: Path) -> AsyncIterator[TokenServer]:
    """A server of tokens on loopback, until the end of the block."""
    certificate = _certificate(directory)
    server = TokenServer(certificate)
    app = web.Application()
    app.router.add_get("/{tenant}/v2.0/.well-known/openid-configuration", server.discover)
    app.router.add_post("/{tenant}/oauth2/v2.0/token", server.give)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, directory / "key.pem")
    async with _served(app, context) as port:
        server.url = f"https://127.0.0.1:{port}"
        yield server


@asynccontextmanager
async def _served(app: web.Application, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def _certificate(directory: Path) -> Path:
    """A certificate of this machine's loopback address, signed by itself; its key lies beside it."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(OTHER_KEY.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(OTHER_KEY, hashes.SHA256())
    )
    (directory / "key.pem").write_bytes(
        OTHER_KEY.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    path = directory / "certificate.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return path
