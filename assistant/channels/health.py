"""Whether the service is up, whether it is ready, and its measurements."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

router = APIRouter(tags=["health"])


@router.get("/health/live")
async def live() -> dict[str, str]:
    """The process answers."""
    return {"status": "live"}


@router.get("/health/ready")
async def ready(request: Request, response: Response) -> dict[str, str]:
    """200 once the model and the index are loaded, 503 until then."""
    if request.app.state.engine.ready:
        return {"status": "ready"}
    response.status_code = 503
    return {"status": "starting"}


@router.get("/metrics")
async def metrics() -> Response:
    """Measurements in the format of Prometheus."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
