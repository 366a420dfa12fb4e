"""For whoever watches the process: does it live, can it take questions, what does it count?

A probe comes by address and without a sign-in, so it is told nothing but yes or no and a code.
"""

import asyncio
import hmac

from fastapi import APIRouter
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.metrics import CONTENT_TYPE, Metrics
from bot.wiring import House
from core.errors import StoreFailed

_PATIENCE = 2.0
"""Seconds that the store has for its answer: less than the least that orchestrators wait."""


def probes(house: House, metrics: Metrics) -> APIRouter:
    """The routes /healthz, /readyz and, where there is a token for it, /metrics."""
    routes = APIRouter()
    token = house.settings.metrics_token

    @routes.get("/healthz")
    async def healthy() -> Response:
        return JSONResponse({"status": "ok"})

    @routes.get("/readyz")
    async def ready() -> Response:
        problem = await _problem(house)
        return JSONResponse({"status": problem or "ok"}, status_code=503 if problem else 200)

    if token is not None:
        expected = f"Bearer {token.get_secret_value()}".encode()

        @routes.get("/metrics")
        async def counted(request: Request) -> Response:
            given = request.headers.get("authorization", "").encode()
            if not hmac.compare_digest(given, expected):
                return Response(status_code=401, headers={"www-authenticate": "Bearer"})
            return Response(metrics.exposed(house.service.line), media_type=CONTENT_TYPE)

    return routes


async def _problem(house: House) -> str:
    """The code of why no question can be taken now; empty when one can."""
    try:
        async with asyncio.timeout(_PATIENCE), house.store.reading() as session:
            await session.execute(text("SELECT 1"))
    except TimeoutError:
        return "store.busy"
    except StoreFailed as failed:
        return failed.code
    return "question.busy" if house.service.line.is_full else ""
